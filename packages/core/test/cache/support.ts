/** Stores with something about them, and caches over them, for the tests of values, calls and caches. */
import {
  type CacheOptions,
  type CacheWarning,
  type CallEntry,
  type CallTerms,
  compareInOrder,
  createCache,
  type Digest,
  intercept,
  matchesTerms,
  type Operation,
  placeInOrder,
  RiposteError,
  type Store,
  type SyncCallIndex,
  type SyncStore,
} from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

/** A cache that keeps its warnings. */
export function warnedCache<S extends Store>(store: S, options: CacheOptions = {}) {
  const warnings: CacheWarning[] = []
  return { cache: createCache(store, { ...options, onWarning: warning => warnings.push(warning) }), warnings }
}

/** A store that answers later. */
export function laterStore(inner: Store = testStore()): Store {
  return intercept(inner, async (_operation, next) => next())
}

/** A store whose calls can be searched: the index is a table of terms. */
export function indexedStore(): SyncStore {
  const inner = testStore()
  const terms = new Map<Digest, CallTerms>()
  const note = (entries: readonly Partial<CallEntry>[], stayed: readonly (Uint8Array | undefined)[]): void => {
    entries.forEach((entry, i) => {
      if (stayed[i] === undefined && entry.key !== undefined && entry.terms !== undefined)
        terms.set(entry.key, entry.terms)
    })
  }
  const calls: SyncCallIndex = {
    ...inner.calls,
    put(entries, mode) {
      const stayed = inner.calls.put(entries, mode)
      note(entries, stayed)
      return stayed
    },
    find: ({ where, order, after, limit }) => {
      const found = [...inner.calls.list()].flatMap(({ key }) => {
        const known = terms.get(key)
        const [bytes] = inner.calls.get([key])
        if (known === undefined || bytes === undefined || !matchesTerms(known, where)) return []
        return [{ bytes, ...placeInOrder(key, known, order) }]
      })
      const wanted = found.filter(entry => after === undefined || compareInOrder(entry, after, order) > 0)
      return wanted.sort((a, b) => compareInOrder(a, b, order)).slice(0, limit)
    },
  }
  return {
    ...inner,
    calls,
    commit(batch) {
      const result = inner.commit(batch)
      note(batch.calls, result.calls)
      return result
    },
  }
}

/** A store that fails on operations of which `fails` says so. */
export function failingStore(inner: SyncStore, fails: (operation: Operation) => boolean): SyncStore {
  return intercept(inner, (operation, next) => {
    if (fails(operation)) {
      throw new RiposteError('ERR_BACKEND', `${operation.name} failed`, { operation: operation.name })
    }
    return next()
  })
}

/** A store that tells of every operation before it runs. */
export function watchedStore(inner: SyncStore, seen: (operation: Operation) => void): SyncStore {
  return intercept(inner, (operation, next) => {
    seen(operation)
    return next()
  })
}

/** Puts changed bytes in the place of an entry. */
export function damage(store: SyncStore, backend: 'values' | 'calls', key: string, at = -1): void {
  const [bytes] = store[backend].get([key as Digest])
  const changed = bytes!.slice()
  const place = at < 0 ? changed.length + at : at
  changed[place] = changed[place]! ^ 0x01
  store[backend].put([{ key: key as Digest, bytes: changed }], 'replace')
}

export function keysIn(store: SyncStore, backend: 'values' | 'calls' = 'values'): readonly Digest[] {
  return Array.from(store[backend].list(), ({ key }) => key)
}

/** The bytes of a value as they stand in a store, and when they were last written or touched. */
export function standing(store: SyncStore, key: Digest) {
  const [bytes] = store.values.get([key])
  const [listed] = [...store.values.list({ prefix: key })]
  return { bytes, listed }
}

/** Waits until the clock of a store has moved on, so that what comes next is younger. */
export async function aTickOf(store: SyncStore): Promise<void> {
  const before = store.calls.now()
  while (store.calls.now() <= before) await new Promise(setImmediate)
}

/** An object too large to be inline, with its properties in this order. */
export function large(order: 'ab' | 'ba', size = 6000): { readonly a: string; readonly b: string } {
  const a = 'a'.repeat(size / 2)
  const b = 'b'.repeat(size / 2)
  return order === 'ab' ? { a, b } : { b, a }
}

export const identity = { namespace: '', name: 'slow', version: undefined, conditions: [] } as const
