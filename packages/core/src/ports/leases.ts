import type { MaybePromise } from '../flow.ts'
import type { Touched } from './backend.ts'

/** A thread of a process, told so that others can ask whether it lives. */
export interface Holder {
  /** Where `pid` means something: 1 to 100 letters, digits, `.`, `_` and `-`. */
  readonly host: string
  readonly pid: number
  /** When the process started, so that a later one with its `pid` is another; empty where the host does not say. Up to 64 letters, digits, `_` and `-`. */
  readonly started: string
  /**
   * Which thread of the process, so that others of it are others; empty for the main one, which lives as long as the
   * process. Up to 64 letters, digits, `_` and `-`.
   */
  readonly thread: string
}

/** One holding of a key. A later one of the same key has another `token`. */
export interface Lease {
  readonly key: string
  /** Rises each time the key is taken over from a holder that failed, died or let its time pass; 1 where it was free. */
  readonly epoch: number
  /** Sixteen hex digits at random, which tell apart holdings that have the same epoch because the key was free between them. */
  readonly token: string
}

/** A lease as others see it. */
export interface HeldLease extends Lease {
  readonly holder: Holder
  /** When it expires if it is not renewed, on the store's clock. */
  readonly until: Touched
}

/**
 * How a key stands:
 * - `free`: nobody holds it. It was never taken, was released as done, or ended so long ago that it is forgotten.
 * - `held`
 * - `failed`: its holder released it as failed, and nobody has taken it since.
 * - `lost`: its holder has died, or let its time pass, and nobody has taken it since.
 */
export type LeaseState =
  | { readonly state: 'free' }
  | {
      readonly state: 'held' | 'failed' | 'lost'
      readonly lease: HeldLease
      /** The last epoch that was released as failed, 0 if none: so whoever waited for an earlier one learns of it though another has begun. */
      readonly failed: number
    }

/** The lease that was taken, or the one that stands in the way. */
export type Taking =
  | { readonly held: Lease; readonly heldBy?: undefined }
  | { readonly held?: undefined; readonly heldBy: HeldLease }

export interface TakeOptions {
  /** How long the lease lasts unless it is renewed, in whole milliseconds. Counts only for who cannot ask whether the holder lives. */
  readonly ttlMs: number
  /** Who takes it: `thisHolder()`. */
  readonly holder: Holder
}

/** What became of the work that a lease was taken for. Those who wait for work that failed need not wait for the next to try. */
export type LeaseOutcome = 'done' | 'failed'

/**
 * Keys that one holder at a time has, among all users of the store, so that work is done once. They save work and
 * guard nothing: a lease may be lost while its holder is at work, and then two do the same. No method waits for another holder.
 *
 * Life is asked of the system where it can be: on the holder's own host a dead holder is replaced at once, a living one
 * never, however long ago its time has passed. Elsewhere the time counts, on the store's clock; and so it does for worker
 * threads of a living process where the system does not tell of them (Linux does).
 */
export interface Leases {
  /** Whether holders of other processes can be met here. Where they cannot, who works in one process need not take any. */
  readonly shared: boolean
  /** Takes a key (any string that is not empty) that nobody holds, or whose holder has failed, died or let its time pass. */
  take(key: string, options: TakeOptions): MaybePromise<Taking>
  /** Begins the lease's time anew. Says whether it is still held; if not, changes nothing. */
  renew(lease: Lease): MaybePromise<boolean>
  /** Ends a lease. Says whether it was still held; if not, changes nothing. */
  release(lease: Lease, outcome: LeaseOutcome): MaybePromise<boolean>
  look(key: string): MaybePromise<LeaseState>
}

export interface SyncLeases extends Leases {
  take(key: string, options: TakeOptions): Taking
  renew(lease: Lease): boolean
  release(lease: Lease, outcome: LeaseOutcome): boolean
  look(key: string): LeaseState
}
