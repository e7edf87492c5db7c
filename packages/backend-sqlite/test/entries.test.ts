import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '@riposte/core'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { createClock } from '../src/clock.ts'
import { type SqliteStore, sqliteStore } from '../src/index.ts'
import { portions } from '../src/portions.ts'
import { callOf, entryOf, keyOf, thrownBy } from './samples.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()

/** Number of rows in each table that holds any. */
/** The number of rows of each table, but of the one that always has as many. */
function rowsOf(database: Database.Database): { readonly [table: string]: number } {
  const tables = database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'totals_v3'")
    .pluck()
    .all() as string[]
  const counts = tables.map(table => [table, database.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number])
  return Object.fromEntries(counts.filter(([, count]) => count !== 0))
}

const terms = {
  version: '1',
  args: [{ position: 0, name: 'user', path: '', digest: keyOf('ada') }],
  result: keyOf('result'),
  metadata: [{ path: '/tags/x', value: 1 }],
}

describe('ages', () => {
  test('the clock gives no time twice, and its milliseconds convert back', () => {
    const clock = createClock()
    let last = 0
    for (let i = 0; i < 10_000; i++) {
      const now = clock()
      expect(now).toBeGreaterThan(last)
      expect(Math.round((now / 1000) * 1000)).toBe(now)
      last = now
    }
    expect(Math.abs(clock() / 1000 - Date.now())).toBeLessThan(1000)
  })

  test('a touch from another process within the same microsecond keeps a guarded removal from removing', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    const { key } = entryOf(1)
    store.values.put([entryOf(1)], 'keep')
    // As if the clock of who wrote it ran ahead.
    database.prepare('UPDATE values_v3 SET touched = touched + 3600000000').run()
    for (const refresh of [
      () => store.values.touch([key]),
      () => store.values.put([entryOf(1)], 'keep'),
      () => store.values.put([entryOf(1)], 'replace'),
    ]) {
      const [info] = store.values.list()
      refresh()
      expect(store.values.delete([{ key, touched: info?.touched }])).toBe(0)
      expect([...store.values.list()][0]?.touched).toBeGreaterThan(info?.touched ?? Number.NaN)
    }
    const [info] = store.values.list()
    expect(store.values.delete([{ key, touched: info?.touched }])).toBe(1)
    store.close()
    database.close()
  })
})

describe('bytes', () => {
  const sizes = [0, 1, 40, 4096, 4097, 65_535, 65_536, 65_537, 1_500_000]

  test.each(sizes)('%i come back as they were put, and so do their first ones', size => {
    const store = sqliteStore(':memory:')
    const bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8)) & 0xff)
    store.values.put([entryOf(size, bytes)], 'keep')
    const [whole] = store.values.get([keyOf(size)])
    expect(Buffer.compare(whole ?? Buffer.of(9), bytes)).toBe(0)
    for (const upTo of [0, 1, 40, 4096, 4097, 70_000]) {
      const [first] = store.values.get([keyOf(size)], { upTo })
      expect(first?.length).toBeGreaterThanOrEqual(Math.min(upTo, size))
      expect(Buffer.compare(first ?? Buffer.of(9), bytes.subarray(0, first?.length))).toBe(0)
    }
    expect([...store.values.list()][0]?.size).toBe(size)
    store.close()
  })

  test('are not Buffers, whose slice() shares memory', () => {
    const store = sqliteStore(':memory:')
    store.values.put([entryOf('small'), entryOf('large', new Uint8Array(100_000))], 'keep')
    const prefix = store.values.put([entryOf('small')], 'keep')
    for (const bytes of [...store.values.get([keyOf('small'), keyOf('large')]), ...prefix]) {
      expect(bytes?.constructor).toBe(Uint8Array)
    }
    store.close()
  })

  test('the end of a large entry goes when a smaller one replaces it', () => {
    const store = sqliteStore(':memory:')
    store.calls.put([callOf('x'), { ...callOf('y'), bytes: new Uint8Array(100_000) }], 'absent')
    store.calls.put([callOf('y')], 'replace')
    expect(store.calls.get([keyOf('y')])).toEqual([new Uint8Array(callOf('y').bytes)])
    store.close()
  })
})

describe('rows', () => {
  test('nothing stays of what was removed', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    store.commit({ values: [entryOf(1), entryOf(2)], calls: [callOf(3, terms), callOf(4, terms)], mode: 'absent' })
    expect(rowsOf(database)).toMatchObject({ value_bytes_v3: 2, call_terms_v3: 2, functions_v3: 1, terms_v3: 4 })
    store.values.delete([{ key: keyOf(1) }, { key: keyOf(2) }])
    store.calls.delete([{ key: keyOf(3) }, { key: keyOf(4) }])
    expect(rowsOf(database)).toEqual({})
    store.close()
    database.close()
  })

  test('terms of a replaced record go, those of one that stayed stay', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    store.calls.put([callOf(1, terms)], 'absent')
    const before = rowsOf(database)
    store.calls.put([callOf(1, { name: 'other' })], 'absent')
    store.calls.put([callOf(1, { name: 'other' })], 'keep')
    expect(rowsOf(database)).toEqual(before)
    store.calls.put([callOf(1, { name: 'other' })], 'replace')
    expect(rowsOf(database)).toEqual({ calls_v3: 1, call_bytes_v3: 1, call_terms_v3: 1, functions_v3: 1 })
    store.close()
    database.close()
  })

  test('a commit that does not fit on the disk leaves nothing, and the next one is whole', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    const large = entryOf('large', new Uint8Array(1_000_000))
    const found = () => [...store.calls.find({ where: [{ field: 'metadata', path: '/tags/x', test: { equals: 1 } }] })]
    store.values.has([keyOf('large')])
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 20}`)
    for (const batch of [
      { values: [entryOf(1), large], calls: [callOf('call', terms)], mode: 'absent' },
      { values: [entryOf(1)], calls: [callOf('call', terms), { ...callOf('x'), ...large }], mode: 'absent' },
    ] as const) {
      expect(thrownBy(() => store.commit(batch))).toMatchObject({
        code: 'ERR_BACKEND',
        details: { operation: 'commit' },
        cause: { code: 'SQLITE_FULL' },
      })
      expect(rowsOf(database)).toEqual({})
      expect(found()).toEqual([])
    }
    database.pragma('max_page_count = 100000')
    store.commit({ values: [entryOf(1), large], calls: [callOf('call', terms)], mode: 'absent' })
    expect(found().length).toBe(1)
    store.close()
    database.close()
  })

  test('a key that is none is a TypeError, and nothing is written', () => {
    const store = sqliteStore(':memory:')
    const odd = keyOf(1).toUpperCase() as Digest // what a caller without types may give
    expect(() => store.values.put([entryOf(1), { key: odd, bytes: new Uint8Array(1) }], 'keep')).toThrow(TypeError)
    expect(() => store.values.get([odd])).toThrow(TypeError)
    expect(store.values.has([keyOf(1)])).toEqual([false])
    store.close()
  })
})

describe('transactions', () => {
  test('a batch outside a commit is cut by rows and by bytes', () => {
    const rows = Array.from({ length: 2500 }, (_, i) => i)
    expect(Array.from(portions(rows), portion => portion.length)).toEqual([1000, 1000, 500])
    expect([...portions(rows)].flat()).toEqual(rows)
    expect(
      Array.from(
        portions(rows.slice(0, 5), () => 9e6),
        portion => portion.length,
      ),
    ).toEqual([2, 2, 1])
    expect([...portions([])]).toEqual([])
  })

  test('a batch of thousands is answered in order', () => {
    const store = sqliteStore(':memory:')
    const entries = Array.from({ length: 2100 }, (_, i) => entryOf(i))
    store.values.put(entries.slice(0, 1050), 'keep')
    expect(store.values.put(entries, 'keep').indexOf(undefined)).toBe(1050)
    expect(store.values.touch([keyOf('none'), ...entries.map(({ key }) => key)]).indexOf(true)).toBe(1)
    expect(store.values.delete([{ key: keyOf('none') }, ...entries])).toBe(2100)
    store.close()
  })
})

describe('the database', () => {
  const settings = (database: Database.Database) =>
    Object.fromEntries(
      ['journal_mode', 'synchronous', 'page_size', 'wal_autocheckpoint', 'busy_timeout'].map(name => [
        name,
        database.pragma(name, { simple: true }),
      ]),
    )
  const tuned = { journal_mode: 'wal', page_size: 4096, wal_autocheckpoint: 10_000, busy_timeout: 10_000 }

  test.each([
    [false, 1],
    [true, 2],
  ])('is tuned: with durable %s, synchronous is %i', (durable, synchronous) => {
    const database = new Database(join(folder, `tuned-${durable}.db`))
    const store = sqliteStore(database, { durable })
    store.values.put([entryOf(1)], 'keep')
    expect(settings(database)).toEqual({ ...tuned, synchronous })
    store.close()
    database.close()
  })

  test('is closed with the store if the store opened it: the log is gone', () => {
    const file = join(folder, 'closed.db')
    const store = sqliteStore(file)
    store.values.put([entryOf(1)], 'keep')
    expect(readFileSync(`${file}-wal`).length).toBeGreaterThan(0)
    store.close()
    store.close()
    expect(() => readFileSync(`${file}-wal`)).toThrow('ENOENT')
  })

  test('is closed when both backends are', () => {
    const file = join(folder, 'both.db')
    const store = sqliteStore(file)
    store.values.put([entryOf(1)], 'keep')
    store.values.close()
    expect(store.calls.has([keyOf(1)])).toEqual([false])
    expect(thrownBy(() => store.commit({ values: [], calls: [callOf(1)], mode: 'absent' }))).toMatchObject({
      code: 'ERR_CLOSED',
    })
    store.calls.close()
    expect(() => readFileSync(`${file}-wal`)).toThrow('ENOENT')
    expect(thrownBy(() => store.refs.read('x'))).toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('stays open if it was given', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    store.values.put([entryOf(1)], 'keep')
    store.close()
    expect(thrownBy(() => store.values.has([keyOf(1)]))).toMatchObject({ code: 'ERR_CLOSED' })
    expect(rowsOf(database)).toMatchObject({ values_v3: 1 })
    expect(sqliteStore(database).values.has([keyOf(1)])).toEqual([true])
    database.close()
  })

  test('one that its owner closed is an error of the engine', () => {
    const database = new Database(':memory:')
    const store = sqliteStore(database)
    store.values.put([entryOf(1)], 'keep')
    database.close()
    expect(thrownBy(() => store.values.has([keyOf(1)]))).toMatchObject({
      code: 'ERR_BACKEND',
      cause: expect.any(TypeError),
    })
  })

  test.each([
    ['listing', (store: SqliteStore) => store.calls.list()],
    ['search', (store: SqliteStore) => store.calls.find({ where: [{ field: 'name', equals: 'f' }] })],
    ['search for all', (store: SqliteStore) => store.calls.find({ where: [] })],
  ])('a %s that was begun fails after the close, and one that is begun then', (_what, walk) => {
    const store = sqliteStore(':memory:')
    store.calls.put(
      Array.from({ length: 600 }, (_, i) => callOf(i)),
      'absent',
    )
    const begun = walk(store)[Symbol.iterator]()
    expect(begun.next().done).toBe(false)
    store.close()
    const toEnd = () => {
      while (!begun.next().done);
    }
    expect(thrownBy(toEnd)).toMatchObject({ code: 'ERR_CLOSED' })
    expect(thrownBy(() => walk(store))).toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('the label says the kind and the place', () => {
    expect(sqliteStore('some/file.db').label).toBe('sqlite:some/file.db')
    expect(sqliteStore(':memory:').label).toBe('sqlite::memory:')
  })
})
