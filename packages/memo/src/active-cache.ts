/** Which cache a call uses. The state here belongs to the process, as the functions that set it say. */
import type { Cache } from '@riposte/core'
import { engineOf } from '@riposte/core/engine'
import { checkBody, createScope, type Scope } from './scope.ts'

/** A cache, or a function that is asked for it at every call. */
export type CacheSource = Cache | (() => Cache | undefined)

interface Layer<T> {
  readonly value: T
}

const overrides: Layer<Cache>[] = []
const defaults: Layer<CacheSource | undefined>[] = []
const scopes: Scope<Cache> = /* @__PURE__ */ createScope()

/**
 * Runs `body`; every memoized call that starts in it, or in what it awaits or starts, uses `cache`.
 * Above the option `cache` and the default, below `overrideCache`.
 */
export function withCache<T>(cache: Cache, body: () => T): T {
  engineOf(cache)
  checkBody(body, 'withCache(cache, () => work())')
  return scopes.run(cache, body)
}

/** Makes every memoized call of the process use `cache`, whatever else names one, until disposed: for tests. */
export function overrideCache(cache: Cache): Disposable {
  engineOf(cache)
  return push(overrides, cache)
}

/**
 * Names the cache for calls that no option and no `withCache` names one for, until disposed. A function is asked at
 * every call, so that it may open the cache at the first.
 */
export function setDefaultCache(cache: CacheSource | undefined): Disposable {
  if (cache !== undefined && typeof cache !== 'function') engineOf(cache)
  return push(defaults, cache)
}

/** The cache for a call now. `option` and `fallback` are the function's own. */
export function activeCache(option: CacheSource | undefined, fallback: (() => Cache) | undefined): Cache | undefined {
  const override = overrides.length === 0 ? undefined : overrides.at(-1)?.value
  return override ?? scopes.get() ?? ask(option) ?? defaultCache(fallback)
}

function defaultCache(fallback: (() => Cache) | undefined): Cache | undefined {
  return ask(defaults.at(-1)?.value) ?? fallback?.()
}

function ask(source: CacheSource | undefined): Cache | undefined {
  return typeof source === 'function' ? source() : source
}

/** Layers may be disposed in any order; the one that was pushed last of those left counts. */
function push<T>(layers: Layer<T>[], value: T): Disposable {
  const layer = { value }
  layers.push(layer)
  return {
    [Symbol.dispose]() {
      const at = layers.indexOf(layer)
      if (at >= 0) layers.splice(at, 1)
    },
  }
}
