import { chain } from '../flow.ts'
import type { Backend } from '../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../ports/call-index.ts'
import { evictionsOf } from '../ports/evicting.ts'
import type { Store, SyncStore } from '../ports/store.ts'
import { labelled } from '../stores/labelled.ts'

/**
 * Lets every call be computed anew: a record that is asked for is not there, and one that is written takes the place of
 * the one that stands. So memoized functions that call each other all compute again, and what they store is new. Values
 * pass, and so does all that looks after the store: listings, first bytes, ages, removals.
 *
 * A query scans by reading records, so it finds some only where the store's records can be searched. A cache over it
 * still answers from its own memory for a while; `createCache(refreshing(store), { hot: false })` does not. Nobody
 * waits for another process's result: it has no leases.
 */
export function refreshing(inner: SyncStore): SyncStore
export function refreshing(inner: Store): Store
export function refreshing(inner: Store): Store {
  return labelled({
    label: `refreshing(${inner.label})`,
    values: inner.values,
    calls: missing(inner.calls),
    refs: inner.refs,
    leases: undefined,
    readOnly: inner.readOnly,
    writable: inner.writable && refreshing(inner.writable),
    commit: ({ values, calls }) => inner.commit({ values, calls, mode: 'replace' }),
    close: () => inner.close(),
  })
}

function missing(inner: Backend | CallIndex): Backend | CallIndex {
  const backend: Backend = {
    get(keys, options) {
      // First bytes are read by the sweep, which must not miss what a record needs.
      if (options?.upTo !== undefined) return inner.get(keys, options)
      return chain(inner.get([]), () => keys.map(() => undefined))
    },
    put: entries => inner.put(entries, 'replace'),
    touch: keys => inner.touch(keys),
    has: keys => chain(inner.has([]), () => keys.map(() => false)),
    delete: removals => inner.delete(removals),
    list: options => inner.list(options),
    now: () => inner.now(),
    close: () => inner.close(),
  }
  // The spreads are of the literal above, which names every member.
  const evicting = { ...backend, ...evictionsOf(inner) }
  if (!isCallIndex(inner)) return evicting
  return { ...evicting, find: options => inner.find(options) }
}
