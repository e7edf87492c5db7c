import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRiposteError } from '@riposte/core'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

function databaseWith(name: string, sql: string): string {
  const file = join(folder, name)
  const database = new Database(file)
  database.exec(sql)
  database.close()
  return file
}

function textFile(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, text)
  return file
}

const others: { readonly [what: string]: () => string } = {
  'a text file': () => textFile('notes.txt', 'not a database\n'.repeat(200)),
  'a file of one byte': () => textFile('byte.db', 'x'),
  'a file that only begins like a database': () => textFile('begins.db', `SQLite format 3\0${'x'.repeat(5000)}`),
  'a database with tables': () =>
    databaseWith('tables.db', 'CREATE TABLE people (name); INSERT INTO people VALUES (1)'),
  'a database of another application': () => databaseWith('application.db', 'PRAGMA application_id = 77'),
  'a database with a version of its own': () => databaseWith('version.db', 'PRAGMA user_version = 1'),
}

describe.each(Object.entries(others))('%s', (_what, create) => {
  test('is refused, and left as it is', () => {
    const file = create()
    const before = readFileSync(file)
    const store = sqliteStore(file)
    for (const use of [
      () => store.values.get([keyOf(1)]),
      () => store.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep'),
      () => store.refs.swap('a', undefined, 'b'),
    ]) {
      const error = thrownBy(use)
      expect(isRiposteError(error, 'ERR_NOT_A_STORE') && error.details.location).toBe(file)
    }
    store.close()
    expect(readFileSync(file).equals(before)).toBe(true)
    expect(readdirSync(folder).filter(name => /-(wal|shm|journal)$/.test(name))).toEqual([])
  })
})

test.each([
  ['an earlier', 2, 'remove the file'],
  ['a later', 4, 'update riposte'],
])('a store of %s format is refused with what to do, and left as it is', (what, format, remedy) => {
  const file = join(folder, `${what}.db`)
  const writer = sqliteStore(file)
  writer.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep')
  writer.close()
  const database = new Database(file)
  database.pragma(`user_version = ${format}`)
  database.close()
  const before = readFileSync(file)
  const store = sqliteStore(file)
  const error = thrownBy(() => store.values.has([keyOf(1)]))
  expect(isRiposteError(error, 'ERR_UNKNOWN_FORMAT') && error.details).toEqual({ key: file, format })
  expect(String(error)).toContain(remedy)
  store.close()
  expect(readFileSync(file).equals(before)).toBe(true)
})

test('an open database that is not a store stays open', () => {
  const database = new Database(databaseWith('open.db', 'CREATE TABLE people (name); INSERT INTO people VALUES (1)'))
  const store = sqliteStore(database)
  expect(thrownBy(() => store.values.has([keyOf(1)]))).toMatchObject({ code: 'ERR_NOT_A_STORE' })
  store.close()
  expect(database.prepare('SELECT count(*) AS n FROM people').get()).toEqual({ n: 1 })
  database.close()
})

test('a folder in the place of the file is refused', () => {
  const store = sqliteStore(folder)
  expect(thrownBy(() => store.values.get([keyOf(1)]))).toMatchObject({
    code: 'ERR_NOT_A_STORE',
    message: expect.stringContaining('is a directory'),
  })
  store.close()
})

test('the first use creates the file and its folders, and an empty file becomes a store', () => {
  const file = join(folder, 'a', 'b', '~', 'store.db')
  const store = sqliteStore(file)
  expect(existsSync(join(folder, 'a'))).toBe(false)
  store.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep')
  expect(existsSync(file)).toBe(true)
  store.close()

  const empty = sqliteStore(textFile('empty.db', ''))
  expect(empty.values.has([keyOf(1)])).toEqual([false])
  empty.close()
})

test('who only reads makes no file, sees one that another makes, and makes it by the first write', () => {
  const file = join(folder, 'only read', 'read.db')
  const reader = sqliteStore(file)
  const read = () => [
    reader.values.get([keyOf(1)])[0]?.length,
    reader.values.has([keyOf(1), keyOf(2)]),
    [...reader.values.list()].length,
    [...reader.calls.find({ where: [] })].length,
    reader.refs.read('a'),
    reader.values.summarize().entries,
  ]
  expect(read()).toEqual([undefined, [false, false], 0, 0, undefined, 0])
  expect(existsSync(join(folder, 'only read'))).toBe(false)
  const writer = sqliteStore(file)
  writer.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep')
  writer.refs.swap('a', undefined, 'b')
  expect(read()).toEqual([3, [true, false], 1, 0, 'b', 1])
  writer.close()
  reader.close()

  const alone = sqliteStore(join(folder, 'alone', 'alone.db'))
  expect(alone.values.has([keyOf(1)])).toEqual([false])
  alone.values.put([{ key: keyOf(1), bytes: new Uint8Array(3) }], 'keep')
  expect(alone.values.has([keyOf(1)])).toEqual([true])
  alone.close()
})

test('a store that was never used leaves no file', () => {
  const file = join(folder, 'unused.db')
  sqliteStore(file).close()
  expect(existsSync(file)).toBe(false)
})

test.each([[''], [undefined], [null], [7], [{}]])('%j is no path and no database', target => {
  // @ts-expect-error: the types refuse all but the empty string
  expect(() => sqliteStore(target)).toThrow(TypeError)
})
