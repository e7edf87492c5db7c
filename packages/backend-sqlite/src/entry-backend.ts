import {
  type BegunEntry,
  type Entry,
  type EntryInfo,
  isRiposteError,
  type ListOptions,
  type PutMode,
  type Removal,
  type Summary,
  type SyncSummarizingBackend,
  type SyncSurveyingBackend,
  type SyncTidyingBackend,
} from '@riposte/core'
import type { Micros } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Sql } from './database.ts'
import { type EntryTable, type Gone, type KeyRemoval, PAGE, type Written } from './entry-table.ts'
import { closedError } from './failure.ts'
import { blobOfKey, keyRange, nextKey } from './keys.ts'
import { portions, REMOVALS } from './portions.ts'
import type { Totals } from './totals.ts'

/** What of the ports for backends this one has. */
export type SyncEntryBackend = SyncSummarizingBackend & SyncTidyingBackend & SyncSurveyingBackend

/** A backend, and what a store needs beside it to put its entries in a transaction with others. */
export interface EntryBackend {
  readonly backend: SyncEntryBackend
  /** Puts entries in the transaction that has begun. */
  putWithin(sql: Sql, entries: readonly Prepared[], mode: PutMode): readonly (Uint8Array | undefined)[]
  /**
   * As `delete` of the backend. What went is told in the same transaction: should that fail, entries go without it.
   */
  remove(removals: readonly Removal[], went: Went): number
  /** @throws {RiposteError} `ERR_CLOSED` after `close` */
  check(): void
}

/** Told the keys of entries that were removed. */
type Went = (sql: Sql, keys: readonly Uint8Array[]) => void

/** An entry and its key as a blob. */
export interface Prepared {
  readonly key: Uint8Array
  readonly entry: Entry
}

export interface EntryBackendOptions {
  readonly clock: () => Micros
  readonly totals: Totals
  /** Called after an entry was written, in the same transaction. */
  readonly wrote?: (sql: Sql, written: Written, prepared: Prepared) => void
  /** Called once, by `close`. */
  readonly closed: () => void
}

/** Ids of bytes that are sorted at once, at most: 8 MB. The more, the fewer times a page is written. */
const SORTED = 500_000

export function entryBackend(connection: Connection, table: EntryTable, options: EntryBackendOptions): EntryBackend {
  const { clock, totals, wrote } = options
  let isClosed = false

  function check(): void {
    if (isClosed) throw closedError(connection.location)
    connection.check()
  }

  function putWithin(sql: Sql, entries: readonly Prepared[], mode: PutMode): (Uint8Array | undefined)[] {
    return entries.map(prepared => {
      const outcome = table.put(sql, prepared.key, prepared.entry.bytes, mode, clock())
      if ('prefix' in outcome) return outcome.prefix
      if (!outcome.replaced) totals.added(sql, outcome.id)
      wrote?.(sql, outcome, prepared)
      return undefined
    })
  }

  /** Several reads in one transaction take the lock once (2.7 µs a key against 3.6); for one it is no gain. */
  function read<T>(operation: string, count: number, body: (sql: Sql) => T): T {
    return count > 1 ? connection.read(operation, body) : connection.look(operation, body)
  }

  function walk(listOptions: ListOptions = {}): Iterable<BegunEntry> {
    check()
    const range = keyRange(listOptions)
    return range === undefined ? [] : walkRange(...range)
  }

  function* walkRange(first: Uint8Array, last: Uint8Array): Iterable<BegunEntry> {
    for (let from = first; ; ) {
      check()
      const page = connection.look('list', sql => table.page(sql, from, last))
      yield* page
      const end = page.at(-1)
      if (end === undefined || page.length < PAGE) return
      from = nextKey(end.key)
    }
  }

  function remove(removals: readonly Removal[], later: boolean, went?: Went): number {
    check()
    let removed = 0
    const blobs = removals.map(({ key, touched }) => ({ key: blobOfKey(key), touched }))
    for (const portion of portions(blobs, () => 0, REMOVALS)) {
      removed += went === undefined ? removePortion(portion, later) : removeTelling(portion, went)
    }
    return removed
  }

  function removePortion(removals: readonly KeyRemoval[], later: boolean, went?: Went): number {
    return connection.write('delete', sql => removeWithin(sql, removals, later, went))
  }

  function removeTelling(removals: readonly KeyRemoval[], went: Went): number {
    let told = false
    try {
      return removePortion(removals, false, (sql, keys) => {
        told = true
        went(sql, keys)
      })
    } catch (error) {
      if (!told) throw error
      return removePortion(removals, false)
    }
  }

  function removeWithin(sql: Sql, removals: readonly KeyRemoval[], later: boolean, went: Went | undefined): number {
    const gone = table.delete(sql, removals)
    if (gone.length === 0) return 0
    // Bytes that are not in the totals yet are counted: they go at once.
    const upto = totals.removed(sql, gone)
    const isLater = ({ id }: Gone): boolean => later && id <= upto
    const idOf = ({ id }: Gone): number => id
    table.removeBytes(sql, gone.filter(one => !isLater(one)).map(idOf))
    table.note(sql, gone.filter(isLater).map(idOf))
    went?.(
      sql,
      gone.map(({ key }) => key),
    )
    return gone.length
  }

  function* tidy(): Iterable<undefined> {
    for (let isMore = true; isMore; ) {
      const pages: Float64Array[] = []
      let last = 0
      for (let count = 0; isMore && count < SORTED; ) {
        check()
        const notes = connection.look('tidy', sql => table.notes(sql, last))
        pages.push(notes.ids)
        count += notes.ids.length
        last = notes.last
        isMore = notes.isMore
        if (isMore) yield
      }
      const ids = flat(pages).sort()
      for (let at = 0; at < ids.length; at += REMOVALS) {
        check()
        connection.write('tidy', sql => table.removeBytes(sql, Array.from(ids.subarray(at, at + REMOVALS))))
        yield
      }
      if (last > 0) connection.write('tidy', sql => table.dropNotes(sql, last))
    }
  }

  function summarize(): Summary {
    const found = connection.read('summary', sql => totals.read(sql))
    if (found.entries === 0 || (found.oldest !== undefined && found.newest !== undefined)) return found
    try {
      const ages = connection.write('summary', sql => {
        const read = totals.readAges(sql)
        totals.noteAges(sql, read)
        return read
      })
      return { ...found, ...ages }
    } catch (error) {
      if (!isRiposteError(error, 'ERR_REJECTED')) throw error
      // Read-only: looked through each time.
      return { ...found, ...connection.look('summary', totals.readAges) }
    }
  }

  const backend: SyncEntryBackend = {
    get(keys, { upTo } = {}) {
      check()
      const blobs = keys.map(blobOfKey)
      return read('get', blobs.length, sql => blobs.map(key => table.get(sql, key, upTo)))
    },
    put(entries, mode) {
      check()
      const found: (Uint8Array | undefined)[] = []
      for (const portion of portions(prepared(entries), ({ entry }) => entry.bytes.length)) {
        found.push(...connection.write('put', sql => putWithin(sql, portion, mode)))
      }
      return found
    },
    touch(keys) {
      check()
      const found: boolean[] = []
      for (const portion of portions(keys.map(blobOfKey))) {
        found.push(...connection.write('touch', sql => portion.map(key => table.touch(sql, key, clock()))))
      }
      return found
    },
    has(keys) {
      check()
      const blobs = keys.map(blobOfKey)
      return read('has', blobs.length, sql => blobs.map(key => table.has(sql, key)))
    },
    delete: removals => remove(removals, false),
    deleteMany: removals => remove(removals, true),
    tidy() {
      check()
      return tidy()
    },
    list: listOptions => plain(walk(listOptions)),
    survey: walk,
    summarize() {
      check()
      return summarize()
    },
    now() {
      check()
      return clock() / 1000
    },
    close() {
      if (isClosed) return
      isClosed = true
      options.closed()
    },
  }
  return { backend, check, putWithin, remove: (removals, went) => remove(removals, false, went) }
}

/** @throws {TypeError} for a key that is none */
export function prepared(entries: readonly Entry[]): readonly Prepared[] {
  return entries.map(entry => ({ key: blobOfKey(entry.key), entry }))
}

function* plain(entries: Iterable<BegunEntry>): Iterable<EntryInfo> {
  for (const { key, size, touched } of entries) yield { key, size, touched }
}

function flat(pages: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(pages.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const page of pages) {
    all.set(page, at)
    at += page.length
  }
  return all
}
