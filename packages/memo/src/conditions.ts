import { type CallDigest, type Digest, digest, digestOf } from '@riposte/core'

type Dependency = Digest | CallDigest | { readonly [digestOf]: () => Digest }

/** What `env` and `deps` add to a call's key. Either alone changes it, and neither is taken for the other. */
export function conditionsOf(env: readonly unknown[] = [], deps: readonly Dependency[] = []): readonly Digest[] {
  return [
    ...(env.length === 0 ? [] : [digest({ env })]),
    ...(deps.length === 0
      ? []
      : [digest({ deps: deps.map(dep => (typeof dep === 'string' ? dep : dep[digestOf]())) })]),
  ]
}
