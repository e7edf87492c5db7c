/** The functions that memoize, with `defaultCache()` for calls that nothing else names a cache for. */
import {
  type MemoDefaults,
  type MemoizedDecorator,
  type MemoizeMethod,
  type Memoizer,
  type MemoizeSync,
  memoizer as memoizerWithoutDefault,
} from '@riposte/memo'
import { defaultCache } from './default-cache.ts'

/** `memoize` of `@riposte/memo`, with the default cache. */
export const memoize: Memoizer = /* @__PURE__ */ memoizerWithoutDefault({ fallback: defaultCache })

// Not wrapped: what calls these is where a function is defined.

/** `memoizeSync` of `@riposte/memo`, with the default cache. */
export const memoizeSync: MemoizeSync = memoize.sync

/** `memoizeMethod` of `@riposte/memo`, with the default cache. */
export const memoizeMethod: MemoizeMethod = memoize.method

/** The decorator `memoized` of `@riposte/memo`, with the default cache. */
export const memoized: MemoizedDecorator = memoize.decorator

/** `memoize` and its other forms, with some options given before. */
export function memoizer(defaults: MemoDefaults): Memoizer {
  return memoizerWithoutDefault({ fallback: defaultCache, ...defaults })
}
