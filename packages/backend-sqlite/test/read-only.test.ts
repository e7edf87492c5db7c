import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { type SqliteStore, sqliteStore } from '../src/index.ts'
import { callOf, entryOf, keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'
import { unprivileged } from './unprivileged.ts'

const folder = temporaryFolder()

/** A store with one value, one call and one ref, in a folder of its own. */
function written(name: string): string {
  mkdirSync(join(folder, name))
  const file = join(folder, name, 'store.db')
  const store = sqliteStore(file)
  store.commit({ values: [entryOf('value')], calls: [callOf('call')], mode: 'absent' })
  store.refs.swap('ref', undefined, keyOf('value'))
  store.close()
  return file
}

function expectReadable(store: SqliteStore): void {
  expect(store.values.get([keyOf('value')])).toEqual([new Uint8Array(entryOf('value').bytes)])
  expect([...store.values.list()].map(({ key }) => key)).toEqual([keyOf('value')])
  expect([...store.calls.find({ where: [{ field: 'name', equals: 'f' }] })].map(({ key }) => key)).toEqual([
    keyOf('call'),
  ])
  expect(store.refs.read('ref')).toBe(keyOf('value'))
}

function expectUnwritable(store: SqliteStore): void {
  for (const write of [
    () => store.values.put([entryOf('other')], 'keep'),
    () => store.values.put([entryOf('value')], 'keep'),
    () => store.values.touch([keyOf('value')]),
    () => store.values.delete([{ key: keyOf('value') }]),
    () => store.commit({ values: [], calls: [callOf('other')], mode: 'absent' }),
    () => store.refs.swap('ref', keyOf('value'), undefined),
  ]) {
    expect(thrownBy(write)).toMatchObject({
      code: 'ERR_REJECTED',
      cause: { code: expect.stringMatching(/^SQLITE_READONLY/) },
    })
  }
}

const makeReadOnly: { readonly [what: string]: (file: string) => void } = {
  'a read-only file': file => {
    chmodSync(join(file, '..'), 0o777)
    chmodSync(file, 0o444)
  },
  'a read-only file in a read-only folder': file => {
    chmodSync(file, 0o444)
    chmodSync(join(file, '..'), 0o555)
  },
}

describe.each(Object.entries(makeReadOnly))('%s', (what, protect) => {
  test('is read, and every write is rejected', () => {
    const file = written(what)
    chmodSync(folder, 0o755)
    protect(file)
    unprivileged(() => {
      const store = sqliteStore(file)
      expectReadable(store)
      expectUnwritable(store)
      expectReadable(store)
      store.close()
    })
    chmodSync(join(file, '..'), 0o755)
  })
})

test('a database that was opened for reading is read, and every write is rejected', () => {
  const database = new Database(written('opened'), { readonly: true })
  const store = sqliteStore(database)
  expectReadable(store)
  expectUnwritable(store)
  expectReadable(store)
  store.close()
  database.close()
})

test.each([
  ['a new file', 'store.db', 'is writable'],
  ['a new file in a new folder', 'inner/store.db', 'exists, or can be made'],
])('%s in a read-only folder fails, and the message names the folder', (what, name, check) => {
  const outer = join(folder, `no room for ${what}`)
  const file = join(outer, name)
  mkdirSync(outer)
  chmodSync(folder, 0o755)
  chmodSync(outer, 0o555)
  unprivileged(() => {
    const store = sqliteStore(file)
    const error = thrownBy(() => store.values.put([entryOf('value')], 'keep'))
    expect(error).toMatchObject({ code: 'ERR_BACKEND', details: { operation: 'open', location: file } })
    expect(error).toMatchObject({ message: expect.stringContaining(`${file} cannot be made: `) })
    expect(error).toMatchObject({ message: expect.stringContaining(`the folder ${join(file, '..')} ${check} `) })
    expect(error).toMatchObject({ cause: expect.any(Error) })
    store.close()
  })
  chmodSync(outer, 0o755)
  expect(existsSync(file)).toBe(false)
})
