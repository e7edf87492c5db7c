import { expect, test } from 'vitest'
import { createCache, type Digest, digest, intercept, readOnly, type SyncStore } from '../../src/index.ts'
import { damage, keysIn, large, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const value = { a: [1, 2, 3], b: 'text', c: { d: null } }

test('no changed byte is ever served: it is reported, removed and healed by the next save', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const key = await cache.values.save(value)
  const [sound] = store.values.get([key])
  for (let at = 0; at < sound!.length; at += 1) {
    damage(store, 'values', key, at)
    const code = at === 0 ? 'ERR_UNKNOWN_FORMAT' : 'ERR_CORRUPT'
    await expect(cache.values.load(key)).rejects.toMatchObject({ code })
    expect(await cache.values.contains(key)).toBe(at === 0)
    if (at === 0) store.values.delete([{ key }])
    await cache.values.save(value)
    expect(await cache.values.load(key)).toEqual(value)
  }
  expect(warnings).toHaveLength(sound!.length - 1)
  expect(warnings[0]).toMatchObject({ code: 'corrupt', cause: { code: 'ERR_CORRUPT', details: { key } } })
})

test('no shortened entry is ever served', async () => {
  const store = testStore()
  const { cache } = warnedCache(store)
  const key = await cache.values.save(value)
  const [sound] = store.values.get([key])
  for (let length = 0; length < sound!.length; length += 1) {
    store.values.put([{ key, bytes: sound!.slice(0, length) }], 'replace')
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  }
})

test('an entry in the place of another is not served', async () => {
  const store = testStore()
  const { cache } = warnedCache(store)
  const [one, two] = await cache.values.saveAll(['one', 'two'])
  store.values.put([{ key: one!, bytes: store.values.get([two!])[0]! }], 'replace')
  await expect(cache.values.load(one!)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
})

test.each([
  ['now', (store: SyncStore) => store],
  ['later', (store: SyncStore) => laterStore(store)],
])('a damaged part is removed, and a save of the whole heals it: %s', async (_name, wrap) => {
  const store = testStore()
  const { cache } = warnedCache(wrap(store), { inlineBelow: 10 })
  const part = 'x'.repeat(30)
  const key = await cache.values.save([part])
  damage(store, 'values', digest(part))
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT', details: { key: digest(part) } })
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND', details: { key: digest(part) } })
  await cache.values.save([part])
  expect(await cache.values.load(key)).toEqual([part])
})

test('an entry whose seal is damaged is healed by a save that no read came before', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const key = await cache.values.save(value)
  damage(store, 'values', key, 12)
  await cache.values.save(value)
  expect(await cache.values.load(key)).toEqual(value)
  expect(warnings).toMatchObject([{ code: 'corrupt' }])
})

test('an entry that was healed while it was read is not removed', async () => {
  const inner = testStore()
  let sound: Uint8Array | undefined
  let reads = 0
  const store = intercept(inner, (operation, next) => {
    const answer = next()
    const [key] = operation.keys
    if (operation.name === 'get' && sound !== undefined && key !== undefined) {
      reads += 1
      // Between the read that found the damage and the look before the removal.
      if (reads === 1) inner.values.put([{ key, bytes: sound }], 'replace')
    }
    return answer
  })
  const { cache } = warnedCache(store)
  const key = await cache.values.save(value)
  const [bytes] = inner.values.get([key])
  damage(inner, 'values', key)
  sound = bytes
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  expect(await cache.values.load(key)).toEqual(value)
})

test('in a read-only store damage is reported and left', async () => {
  const store = testStore()
  const key = await createCache(store).values.save(value)
  damage(store, 'values', key)
  const { cache, warnings } = warnedCache(readOnly(store))
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  expect(warnings).toMatchObject([{ code: 'corrupt', message: expect.stringContaining('it was left') }])
  expect(keysIn(store)).toEqual([key])
})

test('an entry of an unknown format is left untouched, and a save says that it is in the way', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const key: Digest = digest(large('ab'))
  const foreign = new Uint8Array(100).fill(7)
  store.values.put([{ key, bytes: foreign }], 'keep')
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT', details: { format: 7 } })
  await expect(cache.values.save(large('ab'))).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT' })
  expect(store.values.get([key])).toEqual([foreign])
  expect(warnings).toEqual([])
})
