import { expect, test } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import { createCache, type SummarizingBackend, type SyncStore } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { damage, identity, keysIn } from './support.ts'

async function filled(store: SyncStore) {
  const cache = createCache(store)
  for (const [namespace, name, count] of [
    ['b', 'f', 2],
    ['a', 'g', 3],
    ['a', 'f', 1],
  ] as const) {
    for (let i = 0; i < count; i += 1) {
      for (const version of [1, 2]) {
        await cache.calls.commit(
          cache.calls.prepare({ ...identity, namespace, name, version }, { values: [i], names: undefined }),
          i,
        )
      }
    }
  }
  return cache
}

test('it counts entries, bytes and ages, and the calls of each function', async () => {
  const store = testStore()
  const cache = await filled(store)
  const infos = Array.from(store.calls.list())
  const { calls, values } = await cache.stats()
  expect(values.entries).toBe(3)
  expect(calls.entries).toBe(12)
  expect(calls.bytes).toBe(infos.reduce((sum, { size }) => sum + size, 0))
  expect(calls.oldest).toBe(Math.floor(Math.min(...infos.map(({ touched }) => touched))))
  expect(calls.newest).toBe(Math.floor(Math.max(...infos.map(({ touched }) => touched))))
  expect(calls.functions.map(({ namespace, name, calls: count }) => [namespace, name, count])).toEqual([
    ['a', 'f', 2],
    ['a', 'g', 6],
    ['b', 'f', 4],
  ])
  expect(calls.functions.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(calls.bytes)
})

test('nothing has no age, and damaged records belong to nobody', async () => {
  const empty = { entries: 0, bytes: 0, oldest: undefined, newest: undefined }
  expect(await createCache(testStore()).stats()).toEqual({
    values: empty,
    calls: { ...empty, functions: [] },
    hits: 0,
    misses: 0,
  })
  const store = testStore()
  const cache = await filled(store)
  for (const key of keysIn(store, 'calls')) damage(store, 'calls', key)
  expect((await cache.stats()).calls).toMatchObject({ entries: 12, functions: [] })
})

test('what a store counts itself is not listed', async () => {
  const store = testStore()
  const summary = { entries: 5, bytes: 6, oldest: 1, newest: 2 }
  // Stores keep finer times than whole milliseconds.
  const kept = { ...summary, oldest: 1.75, newest: 2.25 }
  const values: SummarizingBackend = { ...store.values, list: () => expect.fail('listed'), summarize: () => kept }
  const functions = [{ namespace: '', name: 'f', calls: 5, bytes: 6 }]
  const calls = { ...values, summarizeFunctions: () => functions }
  expect(await createCache({ ...store, values, calls }).stats()).toEqual({
    values: summary,
    calls: { ...summary, functions: functions.map(counted => ({ ...counted, hits: 0, misses: 0 })) },
    hits: 0,
    misses: 0,
  })
})

test('it counts what one cache object was asked, recorded or not', async () => {
  const store = testStore()
  const cache = await filled(store)
  const engine = engineOf(cache)
  const recorded = { namespace: 'a', name: 'f' }
  const never = { namespace: '__proto__', name: 'f' }
  expect(engine.tally(recorded)).toBe(engine.tally({ ...recorded }))
  expect(engine.tally(recorded)).not.toBe(engine.tally(never))
  engine.tally(recorded).hits += 2
  engine.tally(recorded).misses += 1
  engine.tally(never).misses += 3
  engine.tally({ namespace: 'made', name: 'and never called' })
  const { hits, misses, calls } = await cache.stats()
  expect({ hits, misses }).toEqual({ hits: 2, misses: 4 })
  expect(calls.functions.map(({ namespace, name, hits, misses }) => [namespace, name, hits, misses])).toEqual([
    ['__proto__', 'f', 0, 3],
    ['a', 'f', 2, 1],
    ['a', 'g', 0, 0],
    ['b', 'f', 0, 0],
  ])
  expect(calls.functions[0]).toMatchObject({ calls: 0, bytes: 0 })
  expect(await createCache(store).stats()).toMatchObject({ hits: 0, misses: 0 })
})
