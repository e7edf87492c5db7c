import { join } from 'node:path'
import { asDigest, type Digest, EVICTIONS_KEPT } from '@riposte/core'
import Database from 'better-sqlite3'
import { afterEach, expect, test, vi } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { temporaryFolder } from './temporary.ts'

const folder = temporaryFolder()
let files = 0
const newFile = () => join(folder, `store-${files++}.db`)
const keyOf = (n: number): Digest => asDigest(n.toString(16).padStart(64, '0'))
const keysFrom = (first: number, count: number) => Array.from({ length: count }, (_, i) => keyOf(first + i))

afterEach(() => void vi.useRealTimers())

function evict(store: ReturnType<typeof sqliteStore>, keys: readonly Digest[]): number {
  store.calls.put(
    keys.map(key => ({ key, bytes: Uint8Array.of(1) })),
    'keep',
  )
  return store.calls.evict(
    keys.map(key => ({ key })),
    'limit',
  )
}

function rows(path: string): number {
  const database = new Database(path)
  try {
    // The statement selects one number.
    return (database.prepare('SELECT count(*) AS n FROM evictions_v3').get() as { n: number }).n
  } finally {
    database.close()
  }
}

test('the last evictions are kept: no more than the bound says, and half as many at least', () => {
  const path = newFile()
  const store = sqliteStore(path)
  const all = EVICTIONS_KEPT + 3000
  // Small and large batches, and one at a time where the bound is met.
  for (let at = 0; at < all; ) {
    const count = at > EVICTIONS_KEPT - 20 && at < EVICTIONS_KEPT + 20 ? 1 : at % 2 === 0 ? 777 : 1500
    evict(store, keysFrom(at, Math.min(count, all - at)))
    at += count
    expect(rows(path)).toBeLessThanOrEqual(EVICTIONS_KEPT)
  }
  const kept = store.calls.evictions(keysFrom(0, all))
  expect(kept.slice(-EVICTIONS_KEPT / 2).every(eviction => eviction?.cause === 'limit')).toBe(true)
  expect(kept[0]).toBeUndefined()
  store.close()
})

test('a batch of more than the bound leaves no more than the bound', () => {
  const path = newFile()
  const store = sqliteStore(path)
  const keys = keysFrom(0, EVICTIONS_KEPT + 500)
  expect(evict(store, keys)).toBe(keys.length)
  expect(rows(path)).toBeLessThanOrEqual(EVICTIONS_KEPT)
  expect(store.calls.evictions([keys.at(-1)!])).toMatchObject([{ cause: 'limit' }])
  store.close()
})

test('evictions of more than 30 days ago are not told, and go when others come', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const path = newFile()
  const store = sqliteStore(path)
  evict(store, keysFrom(0, 300))
  vi.setSystemTime(Date.now() + 31 * 86_400_000)
  expect(store.calls.evictions([keyOf(1)])).toEqual([undefined])
  evict(store, keysFrom(1000, 300))
  expect(rows(path)).toBe(300)
  store.close()
})

test('an eviction that cannot be noted is made all the same', () => {
  const path = newFile()
  const store = sqliteStore(path)
  evict(store, [keyOf(1)])
  const other = new Database(path)
  other.exec("CREATE TRIGGER full BEFORE INSERT ON evictions_v3 BEGIN SELECT RAISE(ABORT, 'no room'); END")
  other.close()
  expect(evict(store, keysFrom(2, 3))).toBe(3)
  expect(store.calls.has(keysFrom(2, 3))).toEqual([false, false, false])
  expect(store.calls.evictions(keysFrom(1, 2))).toMatchObject([{ cause: 'limit' }, undefined])
  expect(store.calls.summarize().entries).toBe(0)
  store.close()
})

test('a database that was made before there was the table is read, and gets it with its first eviction', () => {
  const path = newFile()
  const first = sqliteStore(path)
  first.calls.now()
  first.calls.put([{ key: keyOf(1), bytes: Uint8Array.of(1) }], 'keep')
  first.close()
  const other = new Database(path)
  other.exec('DROP TABLE evictions_v3')
  other.close()
  const store = sqliteStore(path)
  expect(store.calls.evictions([keyOf(1)])).toEqual([undefined])
  store.calls.evict([{ key: keyOf(1) }], 'evict')
  expect(store.calls.evictions([keyOf(1)])).toMatchObject([{ cause: 'evict' }])
  store.close()
})

test('asking for evictions of a file that is not there makes none', () => {
  const path = newFile()
  const store = sqliteStore(path)
  expect(store.calls.evictions([keyOf(1)])).toEqual([undefined])
  store.close()
  expect(() => new Database(path, { fileMustExist: true })).toThrow()
})
