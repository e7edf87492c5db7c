import type { MaybePromise } from '../flow.ts'
import type { Touched } from '../ports/backend.ts'
import type { Holder } from '../ports/leases.ts'

/** What is kept of the last holding of a key. */
export interface LeaseTerms {
  readonly epoch: number
  readonly token: string
  readonly holder: Holder
  readonly ttlMs: number
  /** The last epoch that was released as failed, 0 if none. If it is this one, nobody holds the key. */
  readonly failed: number
}

export interface LeaseRow extends LeaseTerms {
  /** When it was last written, on the store's clock. */
  readonly renewed: Touched
}

/** What tells one state of a holding from all others. */
export type LeaseMark = Pick<LeaseTerms, 'token' | 'failed'>

/**
 * What a store keeps leases in. `leasesOver` makes `Leases` of it, so that all stores take, renew and forget alike.
 * Keys are strings that are not empty.
 */
export interface LeaseTable {
  /** Whether other processes can have the same table. */
  readonly shared: boolean
  read(key: string): MaybePromise<LeaseRow | undefined>
  /**
   * Puts `to` where `from` stands, in one step; `undefined` means none. Says whether it did: not if something else
   * stands there, by `token` and `failed`. The time of the row is the store's, and is set anew even if `to` is equal to `from`.
   */
  swap(key: string, from: LeaseMark | undefined, to: LeaseTerms | undefined): MaybePromise<boolean>
  /** Removes the rows of which `isStale` says so, unless another takes their place meanwhile. */
  forget(isStale: (row: LeaseRow, now: Touched) => boolean): MaybePromise<void>
  /** The clock that `renewed` is read from. */
  now(): MaybePromise<Touched>
}

/** A table that answers now. */
export interface SyncLeaseTable extends LeaseTable {
  read(key: string): LeaseRow | undefined
  swap(key: string, from: LeaseMark | undefined, to: LeaseTerms | undefined): boolean
  forget(isStale: (row: LeaseRow, now: Touched) => boolean): void
  now(): Touched
}
