/** The source text of functions, and what stands for it. */
import { type Digest, digest } from '@riposte/core'
import type { AnyFunction } from './types/functions.ts'

/** What the language writes of a function, whether it has source text or not. */
export function writtenAs(fn: AnyFunction): string {
  return Function.prototype.toString.call(fn)
}

/** The digest of a function's source text; `undefined` where it has none: it was bound, or is built in. */
export function codeDigestOf(fn: AnyFunction): Digest | undefined {
  const code = writtenAs(fn)
  // So the language writes functions without source text, and no others.
  return /\{\s*\[native code\]\s*\}\s*$/.test(code) ? undefined : digest({ code })
}

/** Digits of six bytes. */
const DIGITS = 12

/**
 * The first six bytes of the digest of a function's source text as a number, to be kept on the records that it computes. It
 * is compared with that of one other text at a time, and looked up nowhere: that an edit gives the same one has a chance of
 * 1 in 2^48, and would cost a warning. Taken when it is first asked for.
 */
export function sourceOf(fn: AnyFunction): () => number | undefined {
  let taken: { readonly source: number | undefined } | undefined
  return () => {
    taken ??= { source: firstBytes(codeDigestOf(fn)) }
    return taken.source
  }
}

function firstBytes(digits: Digest | undefined): number | undefined {
  return digits === undefined ? undefined : Number.parseInt(digits.slice(0, DIGITS), 16)
}
