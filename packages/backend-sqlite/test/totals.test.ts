import type { Backend, Digest, FunctionSummary, Summary } from '@riposte/core'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type SqliteStore, sqliteStore } from '../src/index.ts'
import { callOf, entryOf, keyOf } from './samples.ts'

/** By a listing. */
function counted(backend: Backend): Summary {
  const infos = [...(backend.list() as Iterable<{ size: number; touched: number }>)]
  const ages = infos.map(({ touched }) => touched)
  return {
    entries: infos.length,
    bytes: infos.reduce((sum, { size }) => sum + size, 0),
    oldest: infos.length === 0 ? undefined : Math.min(...ages),
    newest: infos.length === 0 ? undefined : Math.max(...ages),
  }
}

function countedFunctions(store: SqliteStore, names: readonly string[]): readonly FunctionSummary[] {
  return names.flatMap(name => {
    const found = [...store.calls.find({ where: [{ field: 'name', equals: name }] })]
    const bytes = found.reduce((sum, entry) => sum + entry.bytes.length, 0)
    return found.length === 0 ? [] : [{ namespace: '', name, calls: found.length, bytes }]
  })
}

const keys = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i)
const names = ['f0', 'f1', 'f2']

type Step = (store: SqliteStore) => void
const from = fc.nat(2500)
const count = fc.integer({ min: 1, max: 900 })
const range = fc.tuple(from, count)
const removals = (which: readonly [number, number]) => keys(...which).map(n => ({ key: keyOf(n) as Digest }))
const step = fc.oneof(
  range.map(
    which => (store: SqliteStore) =>
      void store.values.put(
        keys(...which).map(n => entryOf(n, new Uint8Array(n % 90))),
        'keep',
      ),
  ),
  range.map(which => (store: SqliteStore) => void store.values.delete(removals(which))),
  range.map(which => (store: SqliteStore) => void store.values.deleteMany(removals(which))),
  fc.constant<Step>(store => void [...store.values.tidy()]),
  fc.constant<Step>(store => void store.values.summarize()),
  range.map(which => (store: SqliteStore) => void store.values.touch(keys(...which).map(keyOf))),
  range.map(
    which => (store: SqliteStore) =>
      void store.values.put(
        keys(...which).map(n => entryOf(n, new Uint8Array(n % 70))),
        'replace',
      ),
  ),
  range.map(
    which => (store: SqliteStore) =>
      void store.calls.put(
        keys(...which).map(n => ({ ...callOf(n, { name: `f${n % 3}` }), bytes: new Uint8Array(n % 90) })),
        'replace',
      ),
  ),
  range.map(which => (store: SqliteStore) => void store.calls.delete(removals(which))),
)

test('figures are those of a listing, whatever was written, touched, removed and tidied away', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 14 }), steps => {
      const store = sqliteStore(':memory:')
      for (const each of steps) {
        each(store)
        for (const backend of [store.values, store.calls]) expect(backend.summarize()).toEqual(counted(backend))
        expect(store.calls.summarizeFunctions().toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
          countedFunctions(store, names),
        )
      }
      store.close()
    }),
    { numRuns: 25 },
  )
})

test('figures of many entries read few rows', () => {
  const database = new Database(':memory:')
  const store = sqliteStore(database)
  store.values.put(
    keys(0, 5000).map(n => entryOf(n)),
    'keep',
  )
  store.values.summarize()
  const { upto } = database.prepare('SELECT upto FROM totals_v3 WHERE id = 1').get() as { upto: number }
  expect(5000 - upto).toBeLessThan(256)
  expect(
    database.prepare('SELECT oldest IS NULL OR newest IS NULL AS unknown FROM totals_v3 WHERE id = 1').get(),
  ).toEqual({
    unknown: 0,
  })
  store.close()
  database.close()
})

test('bytes that a removal of many left behind go when they are tidied away, and none that came since', () => {
  const database = new Database(':memory:')
  const store = sqliteStore(database)
  const rows = () => database.prepare('SELECT count(*) FROM value_bytes_v3').pluck().get()
  store.values.put(
    keys(0, 2000).map(n => entryOf(n)),
    'keep',
  )
  expect(store.values.deleteMany(removals([0, 2000]))).toBe(2000)
  expect([...store.values.list()]).toEqual([])
  expect(rows()).toBeGreaterThan(1000)
  store.values.put(
    keys(5000, 300).map(n => entryOf(n)),
    'keep',
  )
  // Left early, and begun again.
  for (const _ of store.values.tidy()) break
  expect([...store.values.tidy()].length).toBeGreaterThan(0)
  expect(rows()).toBe(300)
  expect(store.values.get(keys(5000, 300).map(keyOf)).every(bytes => bytes !== undefined)).toBe(true)
  expect([...store.values.tidy()]).toEqual([])
  expect(database.prepare('SELECT count(*) FROM removed_values_v3').pluck().get()).toBe(0)
  store.close()
  database.close()
})
