import { shownValue } from '../shown-value.ts'
/** What is said of what came in the place of a cache. */
export function notCache(given: unknown): TypeError {
  // Whatever came is looked at.
  const { values, calls, commit, gc } = (given ?? {}) as {
    values?: unknown
    calls?: unknown
    commit?: unknown
    gc?: unknown
  }
  const hasParts = values !== undefined && calls !== undefined
  if (hasParts && typeof commit === 'function') {
    return new TypeError('expected a cache; got a store: wrap it: createCache(store)')
  }
  if (hasParts && typeof gc === 'function') {
    return new TypeError(
      'expected a cache made by createCache; two copies of @riposte/core may be installed: run "npm ls @riposte/core"',
    )
  }
  return new TypeError(`expected a cache made by createCache; got ${shownValue(given)}`)
}
