import { type CallDigest, type Digest, digest, digestOf } from '@riposte/core'
import type { Identity } from './types/memoized.ts'

type Dependency = Digest | CallDigest | { readonly [digestOf]: () => Digest }

/** What `env` and `deps` add to a call's key. Either alone changes it, and neither is taken for the other. */
export function conditionsOf(env: readonly unknown[] = [], deps: readonly Dependency[] = []): readonly Digest[] {
  return [
    ...(env.length === 0 ? [] : [digest({ env })]),
    ...(deps.length === 0 ? [] : [digest({ deps: deps.map(dep => (typeof dep === 'string' ? dep : dep[digestOf]())) })]),
  ]
}

/** The digest of a memoized function: that of its identity and conditions, not of its source. */
export function functionDigest({ namespace, name, version }: Identity, conditions: readonly Digest[]): Digest {
  return digest({ memoized: { namespace, name, version, conditions } })
}
