import { expect, test } from 'vitest'
import { createCache, digest, ref, type Store, voidStore } from '../../src/index.ts'
import { keysIn, laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

test.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a pinned value outlives the sweep until it is unpinned: %s', async (_name, open) => {
  const cache = createCache(open())
  const key = await cache.values.save('kept', { pin: 'one' })
  await cache.values.save('loose')
  await cache.pin(key, 'two')
  expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: 1 })
  expect(await cache.unpin('one')).toBe(true)
  expect(await cache.unpin('one')).toBe(false)
  expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 0, kept: 1 })
  expect(await cache.unpin('two')).toBe(true)
  expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: 0 })
})

test('a pin is named by the digest unless told otherwise, and takes a ref', async () => {
  const cache = createCache(testStore())
  const key = await cache.values.save('kept')
  await cache.pin(ref(key))
  expect(await cache.unpin(key)).toBe(true)
})

test('a name that is taken moves to the new value', async () => {
  const store = testStore()
  const cache = createCache(store)
  await cache.values.save('old', { pin: 'name' })
  const key = await cache.values.save('new', { pin: 'name' })
  await cache.gc({ grace: 0 })
  expect(keysIn(store)).toEqual([key])
})

test('what is not stored cannot be pinned', async () => {
  const cache = createCache(testStore(), { inlineBelow: 10 })
  await expect(cache.pin(digest('absent'))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  await expect(cache.pin(ref(digest('absent')))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  const key = await cache.values.save(['x'.repeat(30)])
  await cache.values.evict(digest('x'.repeat(30)))
  await expect(cache.pin(key)).rejects.toMatchObject({ code: 'ERR_FALSE_REFERENCE' })
  expect(await cache.unpin(key)).toBe(false)
})

test('a pin needs a name', async () => {
  const cache = createCache(testStore())
  await expect(cache.values.save(1, { pin: '' })).rejects.toThrow(TypeError)
  await expect(cache.unpin('')).rejects.toThrow(TypeError)
})

test('a store without named refs refuses pins before anything is written', async () => {
  const inner = testStore()
  const store: Store = { ...inner, refs: undefined }
  const cache = createCache(store)
  await expect(cache.values.save('x', { pin: 'name' })).rejects.toMatchObject({ code: 'ERR_REJECTED' })
  expect(keysIn(inner)).toEqual([])
  const key = await cache.values.save('x')
  await expect(cache.pin(key)).rejects.toThrow(`the store ${inner.label} keeps no named refs`)
  await expect(cache.unpin('name')).rejects.toMatchObject({ code: 'ERR_REJECTED' })
  expect(await createCache(voidStore()).values.save('x')).toBe(digest('x'))
})
