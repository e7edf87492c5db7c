import {
  type Cache,
  type CacheOptions,
  type CacheWarning,
  createCache,
  intercept,
  type Store,
  type SyncStore,
} from '@riposte/core'
import { testStore } from '../../core/test/support/test-store.ts'

export { answeringLater } from '../../core/test/support/answering-later.ts'

export interface WatchedCache<S extends Store> {
  readonly cache: Cache<S>
  readonly warnings: CacheWarning[]
}

/** A cache that keeps what it was warned of. */
export function watched(): WatchedCache<SyncStore>
export function watched<S extends Store>(store: S, options?: CacheOptions): WatchedCache<S>
export function watched(store: Store = testStore(), options: CacheOptions = {}): WatchedCache<Store> {
  const warnings: CacheWarning[] = []
  return { cache: createCache(store, { ...options, onWarning: warning => warnings.push(warning) }), warnings }
}

/** The same store, failing at operations of these names for as long as `failing.on`. */
export function failingAt(store: Store, names: readonly string[], failing: { on: boolean } = { on: true }): Store {
  return intercept(store, (operation, next) => {
    if (failing.on && names.includes(operation.name)) throw new Error(`no ${operation.name} today`)
    return next()
  })
}

/** A promise, and what settles it. */
export function deferred<T>(): {
  readonly promise: Promise<T>
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
} {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}

/** Lets everything go on that can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 5; i += 1) await new Promise(setImmediate)
}
