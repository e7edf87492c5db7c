import { describe, expect, test } from 'vitest'
import { createCache, type Digest, refreshing, type Store, type SyncStore } from '../../src/index.ts'
import { identity, indexedStore, keysIn, large, laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

async function compute(store: Store, result: unknown) {
  const cache = createCache(store, { hot: false })
  return cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), result)
}

describe.each([
  ['now', (inner: SyncStore): Store => inner],
  ['later', (inner: SyncStore): Store => laterStore(inner)],
])('refreshing, over a store that answers %s', (_name, open) => {
  test('a record is not there when it is asked for, and what is computed takes its place', async () => {
    for (const inner of [testStore(), indexedStore()]) {
      const old = await compute(inner, 'old')
      const store = refreshing(open(inner))
      const key = old as string as Digest
      expect(await store.calls.get([key, key])).toEqual([undefined, undefined])
      expect(await store.calls.has([key])).toEqual([false])
      expect(await createCache(store).calls.contains(old)).toBe(false)
      expect(await compute(store, 'new')).toBe(old)
      expect(await (await createCache(inner).calls.load(old)).result()).toBe('new')
      expect(await createCache(store).calls.contains(old)).toBe(false)
    }
  })

  test('a put replaces too', async () => {
    const inner = testStore()
    const key = (await compute(inner, 'old')) as string as Digest
    const other = Uint8Array.of(1)
    expect(await refreshing(open(inner)).calls.put([{ key, bytes: other }], 'absent')).toEqual([undefined])
    expect(inner.calls.get([key])).toEqual([other])
  })

  test('values, listings and removals pass; the sweep keeps what records need', async () => {
    const inner = testStore()
    const call = await compute(inner, large('ab'))
    const cache = createCache(refreshing(open(inner)))
    const value = await cache.values.save('kept', { pin: 'kept' })
    const garbage = await cache.values.save('garbage')
    await cache.gc({ grace: 0 })
    expect(keysIn(inner)).not.toContain(garbage)
    expect(await cache.values.load(value)).toBe('kept')
    expect(await (await createCache(inner).calls.load(call)).result()).toEqual(large('ab'))
    expect(await cache.calls.evict(call)).toBe(true)
    expect(keysIn(inner, 'calls')).toEqual([])
  })
})

test('records are found where they can be searched', async () => {
  const inner = indexedStore()
  await compute(inner, 1)
  expect(await createCache(refreshing(inner)).calls.query({ name: 'slow' }).count()).toBe(1)
})

test('nobody waits for another, and use after close is ERR_CLOSED', () => {
  const inner = testStore()
  const store = refreshing(inner)
  expect([store.leases, store.label]).toEqual([undefined, `refreshing(${inner.label})`])
  store.close()
  const closed = expect.objectContaining({ code: 'ERR_CLOSED' })
  expect(() => store.calls.get([])).toThrow(closed)
  expect(() => store.calls.has([])).toThrow(closed)
})
