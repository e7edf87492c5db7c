import type { CopyOptions, CopyResult } from '../cache/copy.ts'
import type { Cache } from '../cache/types.ts'
import type { MaybePromise } from '../flow.ts'
import type { SortKey } from '../matching/sort-keys.ts'

export type { SortKey } from '../matching/sort-keys.ts'

export type Direction = 'asc' | 'desc'

/** What every record can be ordered by: a field, or metadata by JSON Pointer (RFC 6901), such as `/tags/project`. */
export type OrderField = 'digest' | 'namespace' | 'name' | 'version' | 'startedAt' | 'durationMs' | MetadataPointer

/** Where metadata stands, by JSON Pointer (RFC 6901): `/` and a namespace, then `/` and a key, as deep as it goes. */
export type MetadataPointer = `/${string}`

export interface TableOptions<P extends MetadataPointer = MetadataPointer> {
  /** Scalars in the metadata that get a column each, named by the pointer. */
  readonly metadata?: readonly P[]
}

export interface PageOptions {
  /** Calls on the page, from 1. */
  readonly size: number
  /** The `next` of the page before. Left out: the first page. */
  readonly after?: string | undefined
}

export interface Page<C> {
  readonly calls: readonly C[]
  /** For the page after this one; `undefined` on the last. It stays good while calls come and go. */
  readonly next: string | undefined
}

/** A call in short, for `console.table`. */
export interface TableRow {
  /** The first digits of its digest, as many as tell it from all other calls now there. */
  readonly call: string
  /** With its namespace, if it has one: `namespace/name`. */
  readonly name: string
  /** Not there where no call of the table has one; so it is with the next two. */
  readonly version?: string | number | undefined
  readonly args: string
  /** ISO 8601, in UTC. */
  readonly started?: string | undefined
  /** Rounded to thousandths, as all milliseconds of the runtime in a table are. */
  readonly durationMs?: number | undefined
  readonly result: string
}

/**
 * Records that match a template, ascending by digest unless ordered. Nothing is read before items are asked for, and each
 * pass reads anew: calls that come or go meanwhile may or may not appear, all others appear once.
 */
export interface Query<C> extends AsyncIterable<C> {
  take(count: number): Query<C>
  skip(count: number): Query<C>
  filter(keep: (call: C) => MaybePromise<boolean>): Query<C>
  /** The first call for each key. Keys that are objects are compared by what they hold. */
  unique(key: (call: C) => unknown): Query<C>
  /**
   * Ordered by a field; equals by digest, and last, in either direction, calls that lack it. A store with an index gives
   * them one after the other; over any other all are held at once, unless `take` follows: then only that many.
   */
  orderBy(field: OrderField, direction?: Direction): Query<C>
  /** Ordered by what `key` gives, as `orderBy`. */
  sortedBy(key: (call: C) => MaybePromise<SortKey>, direction?: Direction): Query<C>
  map<U>(change: (call: C) => MaybePromise<U>): AsyncIterable<U> & { toArray(): Promise<U[]> }
  toArray(): Promise<C[]>
  first(): Promise<C | undefined>
  /** The one match. @throws {RangeError} when there is none, or more than one */
  only(): Promise<C>
  count(): Promise<number>
  /** The match that started last, by its runtime metadata; of undated ones, none. */
  latest(): Promise<C | undefined>
  /** The match that started first; of undated ones, none. */
  oldest(): Promise<C | undefined>
  /** Some of the calls, and where to go on: with a cursor, so that a page is the same whatever came before it since. */
  page(options: PageOptions): Promise<Page<C>>
  /** All calls by key, in the order in which their keys came. Keys that are objects are compared by what they hold; the first stands for them. */
  groupBy<K>(key: (call: C) => MaybePromise<K>): Promise<ReadonlyMap<K, readonly C[]>>
  /** All calls in short. Reads no value that does not travel inside its record. */
  toTable<const P extends MetadataPointer = never>(
    options?: TableOptions<P>,
  ): Promise<(TableRow & { readonly [K in P]: SortKey })[]>
  /** Copies the calls, with all values that they need, into another cache; what is there already is skipped. */
  copyTo(other: Cache, options?: CopyOptions): Promise<CopyResult>
  /** Removes the matching records, not their values; returns how many went. */
  evict(): Promise<number>
}
