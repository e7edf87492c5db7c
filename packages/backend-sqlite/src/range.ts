import type { Fragment } from './database.ts'

/** A range of an index over calls `c`, each of which has a `key`. */
export interface Range {
  /** The table as `c`. */
  readonly from: string
  /** The id of a call in it. */
  readonly id: string
  readonly where: Fragment
  /** Whether the index gives the calls of this range in the order of their keys. */
  readonly keyed: boolean
  /** What may be counted in its place: as good as the same, and sooner. */
  readonly counted?: Pick<Range, 'from' | 'where'>
}
