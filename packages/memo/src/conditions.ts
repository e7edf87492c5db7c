import { type CallDigest, type Digest, digest, digestOf } from '@riposte/core'
import { codeDigestOf, writtenAs } from './source.ts'
import type { AnyFunction } from './types/functions.ts'

type Dependency = Digest | CallDigest | { readonly [digestOf]: () => Digest }

/** What a function's calls depend on beside their arguments. */
export interface ConditionOptions {
  readonly env?: readonly unknown[] | undefined
  readonly deps?: readonly Dependency[] | undefined
  readonly code?: 'warn' | 'body' | 'ignore' | undefined
}

/** A condition, and what it stands for. */
export interface Condition {
  readonly kind: 'env' | 'deps' | 'code'
  readonly digest: Digest
}

/**
 * What `env`, `deps` and `code` add to a call's key. Each alone changes it, and none is taken for another.
 *
 * @throws {TypeError} when source text is asked for and the function has none
 */
export function conditionsOf(fn: AnyFunction, { env = [], deps = [], code }: ConditionOptions): readonly Condition[] {
  const conditions: Condition[] = []
  if (env.length > 0) conditions.push({ kind: 'env', digest: digest({ env }) })
  if (deps.length > 0) {
    const digests = deps.map(dep => (typeof dep === 'string' ? dep : dep[digestOf]()))
    conditions.push({ kind: 'deps', digest: digest({ deps: digests }) })
  }
  if (code === 'body') conditions.push({ kind: 'code', digest: ownCode(fn) })
  return conditions
}

function ownCode(fn: AnyFunction): Digest {
  const code = codeDigestOf(fn)
  if (code !== undefined) return code
  throw new TypeError(
    `expected a function with source text for { code: 'body' }, got ${writtenAs(fn)}; memoize the function that was bound, ` +
      'or change the version when it changes',
  )
}
