import type { MaybePromise } from '../flow.ts'
import type { Backend, Entry, PutMode, SyncBackend } from './backend.ts'
import type { CallEntry, CallIndex, SyncCallIndex } from './call-index.ts'
import type { Lease, Leases, SyncLeases } from './leases.ts'

export interface Batch {
  /** Put with `keep`, children before parents. */
  readonly values: readonly Entry[]
  /** Put with `mode`, after all values. */
  readonly calls: readonly CallEntry[]
  readonly mode: Exclude<PutMode, 'keep'>
  /** Ended as done, by an engine that can do it in the same transaction: see `BatchResult.released`. */
  readonly releases?: readonly Lease[] | undefined
}

/** For each entry of a batch, what `put` returned. */
export interface BatchResult {
  readonly values: readonly (Uint8Array | undefined)[]
  readonly calls: readonly (Uint8Array | undefined)[]
  /** Whether the leases of the batch were ended, as far as they were held. If not, it is the caller's to release them. */
  readonly released?: boolean | undefined
}

/** What one engine offers. Closing it closes both of its backends. */
export interface Store {
  /** For people: the kind of store and its location, such as `sqlite:.cache/riposte.db`. */
  readonly label: string
  readonly values: Backend
  readonly calls: Backend | CallIndex
  /** Writes values, then records: in one transaction where the engine has one, so that both or none are seen. */
  commit(batch: Batch): MaybePromise<BatchResult>
  /** Named digests, changed by compare and swap, where the engine can. They keep what they name from the sweep. */
  readonly refs: Refs | undefined
  /** Keys that one holder at a time has, where the engine can: so that processes do not do the same work at once. */
  readonly leases: Leases | undefined
  /** Whether every write is refused. Wrappers of one store say what it says. */
  readonly readOnly?: boolean | undefined
  /**
   * Of a store that also shows what it cannot change: the part that takes its writes, which is what upkeep (`gc`, `limit`,
   * `fsck`, `redigest`, `stats`) is about. Left out: the whole store.
   */
  readonly writable?: Store | undefined
  close(): MaybePromise<void>
}

/** A store that answers now. */
export interface SyncStore extends Store {
  readonly values: SyncBackend
  readonly calls: SyncBackend | SyncCallIndex
  commit(batch: Batch): BatchResult
  readonly refs: SyncRefs | undefined
  readonly leases: SyncLeases | undefined
  close(): void
}

export interface NamedRef {
  /** Any non-empty string. */
  readonly name: string
  /** A digest. */
  readonly value: string
}

/** Names for digests. */
export interface Refs {
  read(name: string): MaybePromise<string | undefined>
  /** Sets `name` to `next` if it holds `expected`; `undefined` means absent. Says whether it did. Atomic among all users of the store. */
  swap(name: string, expected: string | undefined, next: string | undefined): MaybePromise<boolean>
  /** Ascending by name (code points). */
  list(options?: { readonly prefix?: string }): Iterable<NamedRef> | AsyncIterable<NamedRef>
}

export interface SyncRefs extends Refs {
  read(name: string): string | undefined
  swap(name: string, expected: string | undefined, next: string | undefined): boolean
  list(options?: { readonly prefix?: string }): Iterable<NamedRef>
}
