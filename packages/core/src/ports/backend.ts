import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'

/** Milliseconds since 1970 on a store's own clock; may have a fraction. */
export type Touched = number

/** Sealed bytes and the key they stand under. */
export interface Entry {
  readonly key: Digest
  readonly bytes: Uint8Array
}

export interface EntryInfo {
  readonly key: Digest
  /** Bytes of the entry as stored. */
  readonly size: number
  /** When the entry was last written or touched. */
  readonly touched: Touched
}

/**
 * What becomes of an entry that stands under the key already:
 * - `keep`: it stays and its age is refreshed. Among racing writers any one's bytes may end up standing.
 * - `absent`: it stays as it is, its age too. Of racing writers exactly one wins.
 * - `replace`: it is overwritten, in one step: a reader sees the old or the new bytes, never parts.
 */
export type PutMode = 'keep' | 'absent' | 'replace'

/** At least this many first bytes of an entry that stayed are returned by `put`, fewer only if it is shorter. */
export const PREFIX_BYTES = 40

export interface Removal {
  readonly key: Digest
  /** Remove only if the entry's `touched` is still exactly this. Left out: remove in any case. */
  readonly touched?: Touched | undefined
}

export interface ListOptions {
  /** Only keys that begin with these lower-case hex digits. */
  readonly prefix?: string | undefined
  /** Only keys greater than this. */
  readonly after?: Digest | undefined
}

/**
 * Keeps sealed bytes by key. Batches only: one is a batch of one; an empty batch does nothing.
 *
 * Methods never call each other. They neither keep nor change the arrays and bytes they are given, nor transfer their
 * memory, which may hold other entries too: `bytes` is a view. What they return belongs to the caller, who does not
 * write into it. Absence is `undefined` or `false`; they throw (or reject) only when they fail: a `RiposteError` with
 * code `ERR_BACKEND`, `ERR_NOT_A_STORE`, `ERR_REJECTED` or `ERR_CLOSED`.
 */
export interface Backend {
  /**
   * The bytes under each key, in order; `undefined` where there are none.
   *
   * @param options.upTo - at least this many first bytes are enough (all, if the entry is shorter); more may be
   *   returned
   */
  get(keys: readonly Digest[], options?: { readonly upTo?: number }): MaybePromise<readonly (Uint8Array | undefined)[]>
  /**
   * Writes entries, each whole or not at all. For each: the first bytes of what stood there and stays, `undefined`
   * where the given entry was written.
   */
  put(entries: readonly Entry[], mode: PutMode): MaybePromise<readonly (Uint8Array | undefined)[]>
  /** Sets the age of what is there to now; says for each key whether it is there. */
  touch(keys: readonly Digest[]): MaybePromise<readonly boolean[]>
  has(keys: readonly Digest[]): MaybePromise<readonly boolean[]>
  /** Removes entries; returns how many were there and went. */
  delete(removals: readonly Removal[]): MaybePromise<number>
  /**
   * Ascending by key. What is written or removed meanwhile may or may not appear; everything else appears once. May be
   * left early.
   */
  list(options?: ListOptions): Iterable<EntryInfo> | AsyncIterable<EntryInfo>
  /** The store's own clock, the one that `touched` is read from. */
  now(): MaybePromise<Touched>
  /** Ends the use of the backend: later calls fail with `ERR_CLOSED`. A second `close` does nothing. */
  close(): MaybePromise<void>
}

/** A backend that answers now. */
export interface SyncBackend extends Backend {
  get(keys: readonly Digest[], options?: { readonly upTo?: number }): readonly (Uint8Array | undefined)[]
  put(entries: readonly Entry[], mode: PutMode): readonly (Uint8Array | undefined)[]
  touch(keys: readonly Digest[]): readonly boolean[]
  has(keys: readonly Digest[]): readonly boolean[]
  delete(removals: readonly Removal[]): number
  list(options?: ListOptions): Iterable<EntryInfo>
  now(): Touched
  close(): void
}
