import { type MemoDefaults, type Memoizer, memoizer as memoizerWithoutDefault } from '@riposte/memo'
import { defaultCache } from './default-cache.ts'

/** `memoize` of `@riposte/memo`, with `defaultCache()` for calls that nothing else names a cache for. */
export const memoize: Memoizer = /* @__PURE__ */ memoizerWithoutDefault({ fallback: defaultCache })

/** `memoize` with some options given before. */
export function memoizer(defaults: MemoDefaults): Memoizer {
  return memoizerWithoutDefault({ fallback: defaultCache, ...defaults })
}
