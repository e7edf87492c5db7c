import {
  type BatchResult,
  checkOptionNames,
  filePath,
  labelled,
  type SyncCallIndex,
  type SyncEvictingBackend,
  type SyncFunctionSummarizingBackend,
  type SyncLeases,
  type SyncMarkingBackend,
  type SyncRefs,
  type SyncStore,
} from '@riposte/core'
import { createClock } from './clock.ts'
import { connect } from './connection.ts'
import type { SqliteDatabase } from './database.ts'
import { entryBackend, prepared, type SyncEntryBackend } from './entry-backend.ts'
import { entryTable, type TableNames } from './entry-table.ts'
import { findEvictions, noteEvictions } from './eviction-table.ts'
import { find } from './find.ts'
import { endLeases, sqliteLeases } from './leases.ts'
import { sqliteMarks } from './marks.ts'
import { sqliteRefs } from './refs.ts'
import { CALLS, VALUES } from './schema.ts'
import { writeTerms } from './terms.ts'
import { summarizeFunctions, totalsOf } from './totals.ts'

export interface SqliteStoreOptions {
  /**
   * Whether what was written survives a loss of power (`synchronous=FULL`, some milliseconds a transaction). Without
   * it the last transactions may be lost then, each whole; the end of a process loses nothing. Default `false`.
   */
  readonly durable?: boolean
}

/** A store in one SQLite database. Its calls are indexed, and it has refs and leases. */
export interface SqliteStore extends SyncStore {
  readonly values: SyncEntryBackend & SyncMarkingBackend
  readonly calls: SyncEntryBackend & SyncCallIndex & SyncFunctionSummarizingBackend & SyncEvictingBackend
  readonly refs: SyncRefs
  readonly leases: SyncLeases
}

const VALUE_TABLES: TableNames = {
  totals: VALUES,
  keys: 'values_v3',
  bytes: 'value_bytes_v3',
  removed: 'removed_values_v3',
}

const CALL_TABLES: TableNames = { totals: CALLS, keys: 'calls_v3', bytes: 'call_bytes_v3', removed: 'removed_calls_v3' }

/**
 * Keeps values, calls, refs and leases in one SQLite file, which any number of processes of one host may use at once.
 *
 * @param place - a path or a `file:` URL, which is opened at first use with better-sqlite3 and created with its directories
 * (`~/` leads to the home directory); `:memory:`; or an open database of better-sqlite3 or `node:sqlite`, for this store
 * alone. An open one is tuned as ours are, must have no transaction open when the store is used, and is not closed with the store.
 */
export function sqliteStore(place: string | URL | SqliteDatabase, options: SqliteStoreOptions = {}): SqliteStore {
  const target = targetOf(place)
  checkOptionNames(options, ['durable'])
  const { durable = false } = options
  const connection = connect(target, durable)
  const clock = createClock()
  let open = 2

  function closed(): void {
    open -= 1
    if (open === 0) connection.close()
  }

  const values = entryBackend(connection, entryTable(VALUE_TABLES), {
    clock,
    totals: totalsOf(VALUE_TABLES),
    closed,
  })
  const calls = entryBackend(connection, entryTable(CALL_TABLES), {
    clock,
    totals: totalsOf(CALL_TABLES),
    closed,
    wrote: (sql, written, { key, entry }) => writeTerms(sql, written, key, entry),
  })

  return labelled({
    label: `sqlite:${typeof target === 'string' ? target : 'open database'}`,
    values: { ...values.backend, marks: () => sqliteMarks(connection, values.check) },
    calls: {
      ...calls.backend,
      find: options => find(connection, calls.check, options),
      summarizeFunctions() {
        calls.check()
        return connection.read('summary of functions', summarizeFunctions)
      },
      evict: (removals, cause) => calls.remove(removals, (sql, keys) => noteEvictions(sql, keys, cause, clock())),
      evictions(keys) {
        calls.check()
        return connection.read('evictions', sql => findEvictions(sql, keys, clock()))
      },
    },
    refs: sqliteRefs(connection),
    leases: sqliteLeases(connection),
    commit(batch): BatchResult {
      values.check()
      calls.check()
      const newValues = prepared(batch.values)
      const newCalls = prepared(batch.calls)
      if (newValues.length === 0 && newCalls.length === 0) return { values: [], calls: [] }
      return connection.write('commit', sql => {
        const stayed = {
          values: values.putWithin(sql, newValues, 'keep'),
          calls: calls.putWithin(sql, newCalls, batch.mode),
        }
        endLeases(sql, batch.releases ?? [])
        return { ...stayed, released: true }
      })
    },
    close() {
      values.backend.close()
      calls.backend.close()
      connection.close()
    },
  })
}

function targetOf(place: string | URL | SqliteDatabase): string | SqliteDatabase {
  if (typeof place === 'object' && place !== null && 'prepare' in place && 'exec' in place) return place
  if (place !== '' && (typeof place === 'string' || isUrl(place))) return filePath(place, 'sqliteStore')
  throw new TypeError(
    "sqliteStore expects a file's path, a file: URL, ':memory:' or an open database of better-sqlite3, and its options as a " +
      `second argument; got ${shown(place)}`,
  )
}

function shown(place: unknown): string {
  if (place === '') return 'an empty string'
  if (typeof place !== 'object' || place === null) return String(place)
  const names = Object.keys(place)
  return names.length === 0 ? 'an object' : `an object with ${names.join(', ')}`
}

function isUrl(place: URL | SqliteDatabase): place is URL {
  return typeof place === 'object' && place !== null && 'href' in place
}
