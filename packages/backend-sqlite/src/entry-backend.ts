import type { Entry, EntryInfo, ListOptions, PutMode, SyncBackend } from '@riposte/core'
import type { Micros } from './clock.ts'
import type { Connection } from './connection.ts'
import type { Sql } from './database.ts'
import { type EntryTable, PAGE, type Written } from './entry-table.ts'
import { closedError } from './failure.ts'
import { blobOfKey, keyRange, nextKey } from './keys.ts'
import { portions } from './portions.ts'

/** A backend, and what a store needs beside it to put its entries in a transaction with others. */
export interface EntryBackend {
  readonly backend: SyncBackend
  /** Puts entries in the transaction that has begun. */
  putWithin(sql: Sql, entries: readonly Prepared[], mode: PutMode): readonly (Uint8Array | undefined)[]
  /** @throws {RiposteError} `ERR_CLOSED` after `close` */
  check(): void
}

/** An entry and its key as a blob. */
export interface Prepared {
  readonly key: Uint8Array
  readonly entry: Entry
}

export interface EntryBackendOptions {
  readonly clock: () => Micros
  /** Called after an entry was written, in the same transaction. */
  readonly wrote?: (sql: Sql, written: Written, prepared: Prepared) => void
  /** Called once, by `close`. */
  readonly closed: () => void
}

export function entryBackend(connection: Connection, table: EntryTable, options: EntryBackendOptions): EntryBackend {
  const { clock, wrote } = options
  let isClosed = false

  function check(): void {
    if (isClosed) throw closedError(connection.location)
    connection.check()
  }

  function putWithin(sql: Sql, entries: readonly Prepared[], mode: PutMode): (Uint8Array | undefined)[] {
    return entries.map(prepared => {
      const outcome = table.put(sql, prepared.key, prepared.entry.bytes, mode, clock())
      if ('prefix' in outcome) return outcome.prefix
      wrote?.(sql, outcome, prepared)
      return undefined
    })
  }

  /** Several reads in one transaction take the lock once (2.7 µs a key against 3.6); for one it is no gain. */
  function read<T>(operation: string, count: number, body: (sql: Sql) => T): T {
    return count > 1 ? connection.read(operation, body) : connection.run(operation, body)
  }

  function* walk(first: Uint8Array, last: Uint8Array): Iterable<EntryInfo> {
    for (let from = first; ; ) {
      check()
      const page = connection.run('list', sql => table.page(sql, from, last))
      yield* page
      const end = page.at(-1)
      if (end === undefined || page.length < PAGE) return
      from = nextKey(end.key)
    }
  }

  const backend: SyncBackend = {
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
    delete(removals) {
      check()
      let removed = 0
      for (const portion of portions(removals.map(({ key, touched }) => ({ key: blobOfKey(key), touched })))) {
        removed += connection.write(
          'delete',
          sql => portion.filter(({ key, touched }) => table.delete(sql, key, touched)).length,
        )
      }
      return removed
    },
    list(listOptions: ListOptions = {}) {
      check()
      const range = keyRange(listOptions)
      return range === undefined ? [] : walk(...range)
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
  return { backend, check, putWithin }
}

/** @throws {TypeError} for a key that is none */
export function prepared(entries: readonly Entry[]): readonly Prepared[] {
  return entries.map(entry => ({ key: blobOfKey(entry.key), entry }))
}
