import type { Digest } from '../digest/address.ts'
import type { WorkOptions } from '../inside/work-options.ts'
import type { Leftover } from '../ports/leftovers.ts'
import type { QuarantineSink } from './quarantine.ts'

export interface FsckOptions extends WorkOptions<FsckProgress> {
  /**
   * Removes entries that are corrupt or hold another value than their key says, and records that can no longer be answered;
   * each is kept aside first.
   */
  readonly repair?: boolean
  /**
   * Where what `repair` removes is kept aside: in the store unless given, as pinned values that `cache.quarantined()` lists.
   * A function takes each entry instead, before it is removed, to write it to a file perhaps; `false` keeps nothing.
   */
  readonly quarantine?: QuarantineSink | boolean
}

export interface FsckProgress {
  /** `values` and `calls`: each entry is read; `links`: headers are read; `reach`: what records and pins reach is marked. */
  readonly phase: 'values' | 'links' | 'calls' | 'reach'
  readonly done: number
}

/**
 * - `corrupt`: the bytes are not those that were sealed under the key.
 * - `misplaced`: sealed, but another value, or another call, than the key says. Of calls, `redigest` files them anew.
 * - `unreadable`: sealed, but nothing that this runtime can build: written on a later one, or made up.
 * - `unserved`: listed, and not given to who reads it: under `signed()` nobody who holds one of the keys wrote it as it is;
 *   in a database that was damaged, its bytes may be gone. Putting it again heals that.
 * - `unknown format`: written by a later version of this library.
 * - `dangling`: it needs `to`, which is not there, or is corrupt or misplaced.
 * - `unanswerable`: the result of a call is not there whole.
 */
export type FsckKind =
  | 'corrupt'
  | 'misplaced'
  | 'unreadable'
  | 'unserved'
  | 'unknown format'
  | 'dangling'
  | 'unanswerable'

/** Something that is not as it should be. Flat, so that `console.table` shows a list of them. */
export interface FsckProblem {
  readonly kind: FsckKind
  readonly in: 'values' | 'calls' | 'refs'
  /** The entry's key; of refs, the name. */
  readonly key: string
  /** Of a dangling link, and of a result that is gone: where it leads. */
  readonly to: string | undefined
  /** Bytes of the entry. */
  readonly size: number
  readonly reason: string
  /** Whether `repair` removed it. What was used or written anew meanwhile stays. */
  readonly removed: boolean
  /** The value that holds what was removed, where the store keeps it aside. */
  readonly quarantined: Digest | undefined
}

/** What there is, and what of it was not as it should be when the look at everything ended. */
export interface FsckReport {
  /** Whether there were no problems. Orphans and leftovers are none. */
  readonly sound: boolean
  readonly values: { readonly entries: number; readonly bytes: number }
  readonly calls: { readonly entries: number; readonly bytes: number }
  /** Values that no call record, pin or named ref reaches: `gc` removes them when they are older than its grace period. */
  readonly orphans: {
    readonly entries: number
    readonly bytes: number
    /** Of the first thousand, ascending. */
    readonly keys: readonly Digest[]
  }
  /** What crashed writers left beside the entries, where the store can say; `repair` clears it away. */
  readonly leftovers: readonly Leftover[]
  /** Values whose digest could not be computed again, since a part that must be seen for it is not there. */
  readonly unverified: number
  readonly problems: readonly FsckProblem[]
}
