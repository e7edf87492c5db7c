import { chmodSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { entryOf, keyOf } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
const keys = (from: number, count: number) => Array.from({ length: count }, (_, i) => keyOf(from + i))

test('sets stand in temporary tables, which go when the sets are dropped, and the room with them', () => {
  const database = new Database(join(folder, 'tables.db'))
  const tables = () => database.prepare('SELECT count(*) FROM temp.sqlite_schema').pluck().get()
  const pages = () => Number(database.prepare('PRAGMA temp.page_count').pluck().get())
  const store = sqliteStore(database)
  const sets = [store.values.marks(), store.values.marks()]
  for (const set of sets) set.add(keys(0, 20_000))
  expect(tables()).toBe(2)
  const full = pages()
  sets[0]?.drop()
  expect(tables()).toBe(1)
  expect(pages()).toBeLessThan(full * 0.7)
  expect(sets[1]?.has(keys(19_990, 20))).toEqual([...Array(10).fill(true), ...Array(10).fill(false)])
  sets[1]?.drop()
  expect(tables()).toBe(0)
  expect(pages()).toBeLessThan(10)
  expect(database.prepare("SELECT count(*) FROM main.sqlite_schema WHERE name LIKE 'marks%'").pluck().get()).toBe(0)
  store.close()
  database.close()
})

test('nobody waits for who adds marks, and they wait for nobody', () => {
  const file = join(folder, 'busy.db')
  const store = sqliteStore(file)
  store.values.put([entryOf(1)], 'keep')
  const other = new Database(file)
  other.exec('BEGIN IMMEDIATE')
  const marks = store.values.marks()
  expect(marks.add(keys(0, 3))).toEqual([true, true, true])
  expect(marks.has(keys(2, 2))).toEqual([true, false])
  marks.drop()
  other.exec('ROLLBACK')
  other.close()
  store.close()
})

test('a store that is only read keeps marks', () => {
  const file = join(folder, 'read-only.db')
  const filled = sqliteStore(file)
  filled.values.put([entryOf(1)], 'keep')
  filled.close()
  expect(existsSync(`${file}-wal`)).toBe(false)
  chmodSync(file, 0o400)
  const database = new Database(file, { readonly: true })
  const store = sqliteStore(database)
  const marks = store.values.marks()
  expect(marks.add(keys(0, 3))).toEqual([true, true, true])
  expect(marks.has(keys(2, 2))).toEqual([true, false])
  marks.drop()
  store.close()
  database.close()
})

test('what a closed store left in an open database is in nobody’s way', () => {
  const database = new Database(':memory:')
  const first = sqliteStore(database)
  const left = first.values.marks()
  left.add(keys(0, 3))
  first.close()
  left.drop()
  const second = sqliteStore(database)
  expect(second.values.marks().add(keys(2, 2))).toEqual([true, true])
  second.close()
  database.close()
})
