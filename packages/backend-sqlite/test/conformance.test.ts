import { join } from 'node:path'
import { callIndexConformance, evictionConformance, markingConformance, storeConformance } from '@riposte/testkit'
import Database from 'better-sqlite3'
import { afterEach, describe, test } from 'vitest'
import { type SqliteDatabase, type SqliteStore, sqliteStore } from '../src/index.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let files = 0
const newFile = () => join(folder, `store-${files++}.db`)

const opened: SqliteDatabase[] = []
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
})

/** Only what `SqliteDatabase` declares, in the manner of `node:sqlite`: rows have no prototype, bytes are no Buffer. */
function sliceOf(database: Database.Database): SqliteDatabase {
  const row = (found: unknown) =>
    found &&
    Object.assign(
      Object.create(null),
      mapValues(found, v => (Buffer.isBuffer(v) ? new Uint8Array(v) : v)),
    )
  opened.push(database)
  return {
    exec: sql => database.exec(sql),
    prepare: sql => {
      const statement = database.prepare(sql)
      return {
        run: (...values) => statement.run(...values),
        get: (...values) => row(statement.get(...values)),
        all: (...values) => statement.all(...values).map(row),
      }
    },
    close: () => database.close(),
  }
}

const mapValues = (object: object, map: (value: unknown) => unknown) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value)]))

const stores: { readonly [kind: string]: () => SqliteStore } = {
  'on a file': () => sqliteStore(newFile()),
  'in memory': () => sqliteStore(':memory:'),
  'on an open database': () => {
    const database = new Database(newFile())
    opened.push(database)
    return sqliteStore(database)
  },
  'on an open database of another package': () =>
    sqliteStore(sliceOf(new Database(newFile()).defaultSafeIntegers(true))),
}

describe.each(Object.entries(stores))('%s', (_kind, open) => {
  for (const rule of storeConformance({ open })) test(rule.name, rule.run)
  for (const rule of markingConformance({ open: () => open().values })) test(`marks: ${rule.name}`, rule.run)
  for (const rule of callIndexConformance({ open: () => open().calls })) test(`index: ${rule.name}`, rule.run)
  for (const rule of evictionConformance({ open: () => open().calls })) test(`evictions: ${rule.name}`, rule.run)
})
