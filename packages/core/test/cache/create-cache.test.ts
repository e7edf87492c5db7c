import { afterEach, describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import { type Cache, type CacheOptions, createCache, digest, ref, type Store, type SyncStore } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { damage, identity, laterStore } from './support.ts'

const warned: Error[] = []
const listen = (warning: Error): number => warned.push(warning)
afterEach(() => {
  process.off('warning', listen)
  warned.length = 0
})

test('options are checked at the door', () => {
  const make = (options: unknown) => () => createCache(testStore(), options as CacheOptions)
  expect(make({ inlineBelow: '4096' })).toThrow(/expected inlineBelow as a number; got "4096"/)
  expect(make({ inlineBelow: -1 })).toThrow(RangeError)
  expect(make({ hotFor: Number.NaN })).toThrow(RangeError)
  expect(make({ hot: true })).toThrow(TypeError)
  expect(make({ hot: { entries: -1 } })).toThrow(RangeError)
  expect(make({ hot: { count: 5 } })).toThrow(/no option "count"/)
  expect(make({ duplicates: 'ignore' })).toThrow(/'refuse' or 'warn'; got "ignore"/)
  expect(make({ registry: {} })).toThrow(TypeError)
  expect(make({ onWarning: 'log' })).toThrow(TypeError)
  expect(make({ tags: ['a'] })).toThrow(/expected tags as an object of strings, numbers and booleans/)
  expect(make({ tags: { a: {} } })).toThrow(/expected tags/)
  expect(make({ collect: 'git' })).toThrow(/expected collect as an array of environment, git, resources; got "git"/)
  expect(make({ collect: ['cpu'] })).toThrow(TypeError)
  expect(make({ inlinebelow: 1 })).toThrow(/no option "inlinebelow"; did you mean inlineBelow/)
  expect(make(null)).toThrow(TypeError)
  expect(make({ inlineBelow: Infinity, hot: false, hotFor: 0, duplicates: 'warn' })).not.toThrow()
})

test('what is no store is refused', () => {
  for (const store of [undefined, null, {}, testStore().values, '.cache']) {
    expect(() => createCache(store as Store)).toThrow(/expected a store, such as memoryStore\(\)/)
  }
})

test('making a cache does not touch the store', () => {
  const untouchable = {
    get() {
      throw new Error('touched')
    },
  }
  const store = { ...testStore(), values: new Proxy({}, untouchable), calls: new Proxy({}, untouchable) }
  // Nothing of the two backends is looked at.
  expect(() => createCache(store as SyncStore)).not.toThrow()
})

test('the engine of a cache is found by the cache, and of nothing else', () => {
  const cache = createCache(testStore(), { duplicates: 'warn', hot: false })
  expect(engineOf(cache)).toMatchObject({ store: cache.store, duplicates: 'warn', hot: undefined })
  expect(engineOf(cache).digest([1])).toBe(digest([1]))
  expect(() => engineOf({ ...cache })).toThrow(/two copies of @riposte\/core/)
})

test.each<[unknown, RegExp]>([
  [testStore(), /^expected a cache; got a store: wrap it: createCache\(store\)$/],
  ['cache', /^expected a cache made by createCache; got "cache"$/],
  [undefined, /got undefined$/],
  [null, /got null$/],
])('in the place of a cache %o is refused, and the message says why', async (given, message) => {
  const cache = createCache(testStore())
  // The types refuse them as well.
  const other = given as Cache
  await expect(cache.copyTo(other)).rejects.toThrow(message)
  await expect(cache.calls.query().copyTo(other)).rejects.toThrow(message)
  expect(() => engineOf(other)).toThrow(message)
})

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('over a store that answers %s', (_name, open) => {
  test('a closed cache refuses everything, as a rejection', async () => {
    const cache: Cache = createCache(open())
    const key = await cache.values.save(1)
    const call = cache.calls.prepare(identity, { values: [], names: undefined })
    const record = await cache.calls.load(await cache.calls.commit(call, 1))
    const { digest: callKey } = call
    await cache.close()
    await cache.close()
    const list = async (items: AsyncIterable<unknown>) => {
      for await (const _ of items) return
    }
    const uses: readonly (() => Promise<unknown>)[] = [
      () => cache.values.save(1),
      () => cache.values.saveAll([1]),
      () => cache.values.load(key),
      () => cache.values.contains(key),
      () => cache.values.expand('abcd'),
      () => cache.values.shrink([key]),
      () => cache.values.evict(key),
      () => cache.values.children(key),
      () => cache.values.countReuses(),
      () => list(cache.values.list()),
      () => cache.calls.load(callKey),
      () => cache.calls.contains(callKey),
      () => list(cache.calls.list()),
      () => list(cache.calls.query()),
      () => cache.calls.transform(() => ({})),
      () => cache.calls.commit(call, 1),
      () => record.result(),
      () => record.loadArgs(),
      () => cache.gc(),
      () => cache.stats(),
      () => cache.pin(ref(key)),
      () => cache.unpin('x'),
    ]
    for (const use of uses) await expect(use(), String(use)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('disposing closes the store', async () => {
    const store = open()
    const cache = createCache(store)
    await cache.values.save(1)
    await cache[Symbol.asyncDispose]()
    await expect((async () => store.values.has([digest(1)]))()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })
})

test('stats count entries and bytes', async () => {
  const cache = createCache(testStore())
  expect(await cache.stats()).toMatchObject({ values: { entries: 0, bytes: 0 }, calls: { entries: 0, bytes: 0 } })
  await cache.values.save('x'.repeat(5000))
  await cache.calls.commit(cache.calls.prepare(identity, { values: [], names: undefined }), 1)
  const { values, calls } = await cache.stats()
  expect(values).toMatchObject({ entries: 2 })
  expect(values.bytes).toBeGreaterThan(5000)
  expect(calls).toMatchObject({ entries: 1 })
})

test('warnings go to the process unless told otherwise', async () => {
  process.on('warning', listen)
  const store = testStore()
  const cache = createCache(store)
  const key = await cache.values.save('value')
  damage(store, 'values', key)
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  await new Promise(resolve => setTimeout(resolve))
  expect(warned).toMatchObject([{ name: 'RiposteWarning', code: 'RIPOSTE_CORRUPT' }])
})
