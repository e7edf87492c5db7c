import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { Backend, Removal, SyncBackend, Touched } from './backend.ts'

/** So many of the last evictions are remembered at most, and half as many at least; those before are forgotten. */
export const EVICTIONS_KEPT = 10_000

/** Milliseconds after which an eviction is forgotten in any case: 30 days. */
export const EVICTIONS_KEPT_FOR: number = 30 * 86_400_000

/**
 * What took an entry away: somebody who named it (`evict`), a bound that it did not fit within (`limit`), or that what
 * it refers to is gone (`result`).
 */
export type EvictionCause = 'evict' | 'limit' | 'result'

/** The trace of an entry that was evicted. */
export interface Eviction {
  readonly cause: EvictionCause
  /** For people: of the store's own clock, or of the process that evicted, whichever costs nothing to ask. */
  readonly at: Touched
}

/**
 * A backend that remembers what was evicted from it: by key only, within the bounds above. A trace is a hint. It may be
 * lost, other users of the store may see it a moment later, it may outlive an entry that is put anew, and what becomes
 * of it never fails an eviction.
 */
export interface EvictingBackend extends Backend {
  /** As `delete`; leaves a trace of each entry that was there and went. */
  evict(removals: readonly Removal[], cause: EvictionCause): MaybePromise<number>
  /** The last eviction of each key, in order; `undefined` where none is remembered. */
  evictions(keys: readonly Digest[]): MaybePromise<readonly (Eviction | undefined)[]>
}

export interface SyncEvictingBackend extends SyncBackend {
  evict(removals: readonly Removal[], cause: EvictionCause): number
  evictions(keys: readonly Digest[]): readonly (Eviction | undefined)[]
}

export function isEvicting(backend: Backend): backend is EvictingBackend {
  return 'evict' in backend
}

/** Removes entries, and has the backend remember it if it can. Returns how many went. */
export function evictEntries(
  backend: Backend,
  removals: readonly Removal[],
  cause: EvictionCause,
): MaybePromise<number> {
  return isEvicting(backend) ? backend.evict(removals, cause) : backend.delete(removals)
}

/**
 * For wrappers that neither see nor change what an eviction is about: what the inner one offers, to be spread into the
 * outer one.
 */
export function evictionsOf(inner: Backend): Partial<Pick<EvictingBackend, 'evict' | 'evictions'>> {
  if (!isEvicting(inner)) return {}
  return { evict: (removals, cause) => inner.evict(removals, cause), evictions: keys => inner.evictions(keys) }
}
