import { type Digest, isDigest } from '../digest/address.ts'
import { shownValue } from '../shown-value.ts'

/** Fewer digits are too easily met by chance to stand for a key. */
export const MIN_PREFIX = 4
const HEX = /^[0-9a-f]*$/

/** What a text can mean as a key. */
export type KeyText =
  | { readonly kind: 'full'; readonly key: Digest }
  | { readonly kind: 'prefix'; readonly prefix: string }
  /** It stands for no key, and why. */
  | { readonly kind: 'none'; readonly reason: string }

/**
 * Reads a key or prefix. Upper-case digits count as lower-case ones.
 *
 * @throws {TypeError} when it is not text
 */
export function readKey(text: string): KeyText {
  if (typeof text !== 'string') {
    throw new TypeError(`expected a key or its first digits as a string; got ${described(text)}`)
  }
  const lower = text.toLowerCase()
  if (isDigest(lower)) return { kind: 'full', key: lower }
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
  if (!HEX.test(lower) || lower.length > 64) return { kind: 'none', reason: `${shown} is not up to 64 hex digits` }
  if (lower.length < MIN_PREFIX) {
    return { kind: 'none', reason: `the prefix ${shown} is too short: give ${MIN_PREFIX} digits or more` }
  }
  return { kind: 'prefix', prefix: lower }
}

/** A prefix for a listing, of any length; `undefined` when no key can begin with it. */
export function listPrefix(text: string): string | undefined {
  if (typeof text !== 'string') throw new TypeError(`expected a prefix as a string; got ${described(text)}`)
  const lower = text.toLowerCase()
  return HEX.test(lower) && lower.length <= 64 ? lower : undefined
}

/** How many first digits two keys share. */
export function sharedDigits(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length += 1
  return length
}

function described(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'digest' in value)
    return 'an object with a digest: pass its .digest'
  return shownValue(value)
}
