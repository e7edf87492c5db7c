import { expect, test } from 'vitest'
import { createCache, type Digest, digest, intercept, memoryStore, ref } from '../../src/index.ts'
import { checkClaims } from '../../src/values/claims.ts'
import { damage, keysIn, large, laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const part = Array.from({ length: 600 }, (_, i) => ({ i }))

test.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a ref to a stored part stands for it: %s', async (_name, open) => {
  const { values } = createCache(open())
  const key = await values.save(part)
  const whole = await values.save([1, ref(key), { deep: ref(key) }])
  expect(whole).toBe(digest([1, part, { deep: part }]))
  expect(await values.load(whole)).toEqual([1, part, { deep: part }])
})

test('a ref that is the whole value may stand for one of any size', async () => {
  const { values } = createCache(testStore())
  const key = await values.save(3)
  expect(await values.save(ref(key))).toBe(key)
})

test('false claims are refused before anything is written', async () => {
  const store = testStore()
  const { values } = createCache(store)
  const small = await values.save('small')
  const before = keysIn(store)
  const claims: readonly Digest[] = [digest('absent'), small]
  for (const claim of claims) {
    const saving = values.save([large('ab'), ref(claim)])
    await expect(saving).rejects.toMatchObject({ code: 'ERR_FALSE_REFERENCE', details: { digest: claim } })
  }
  expect(keysIn(store)).toEqual(before)
})

test('a claim is false when a part of what it names is gone', async () => {
  const { values } = createCache(testStore(), { inlineBelow: 100 })
  const inner = 'x'.repeat(2000)
  const key = await values.save(['y'.repeat(2000), inner])
  await values.evict(digest(inner))
  const error = await values.save(ref(key)).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ERR_FALSE_REFERENCE', details: { digest: key } })
  expect(String(error)).toContain(digest(inner))
})

test('a claim is false when what it names is damaged or of another format', async () => {
  const store = testStore()
  const { values } = createCache(store)
  const key = await values.save(large('ab'))
  store.values.put([{ key, bytes: store.values.get([key])[0]!.slice(0, 20) }], 'replace')
  await expect(values.save([ref(key)])).rejects.toThrow(/is corrupt/)
  store.values.put([{ key, bytes: new Uint8Array(100).fill(9) }], 'replace')
  await expect(values.save([ref(key)])).rejects.toThrow(/has an unknown format/)
})

test('the key of another order is no digest of a value', async () => {
  const store = testStore()
  const { calls, values } = createCache(store)
  const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
  for (const [i, order] of (['ab', 'ba'] as const).entries()) {
    await calls.commit(calls.prepare(identity, { values: [i], names: undefined }), large(order))
  }
  const form = keysIn(store).find(key => key !== digest(large('ab')))!
  await expect(values.save([ref(form)])).rejects.toThrow(/the key of another order/)
})

test('the age of all that a ref stands for is refreshed, parents before parts', async () => {
  // The clock of memory gives no time twice, so that its times show the order.
  const store = memoryStore()
  const cache = createCache(store, { inlineBelow: 10 })
  const inner = 'x'.repeat(2000)
  const key = await cache.values.save([[inner]])
  const before = Math.max(...Array.from(store.values.list(), ({ touched }) => touched))
  await cache.values.save(ref(key))
  const touched = new Map(Array.from(store.values.list(), info => [info.key, info.touched]))
  expect(touched.get(key)).toBeGreaterThan(before)
  expect(touched.get(digest([inner]))).toBeGreaterThan(touched.get(key)!)
  expect(touched.get(digest(inner))).toBeGreaterThan(touched.get(digest([inner]))!)
})

test('a part that is taken while a claim is checked makes the claim false', async () => {
  const inner = testStore()
  const text = 'x'.repeat(2000)
  const store = intercept(inner, (operation, next) => {
    // A sweep that comes between the look at the parent and the look at its part.
    if (operation.name === 'touch' && operation.keys.includes(digest(text)))
      inner.values.delete([{ key: digest(text) }])
    return next()
  })
  const { values } = createCache(store, { inlineBelow: 100 })
  const key = await values.save([text])
  await expect(values.save(ref(key))).rejects.toMatchObject({ code: 'ERR_FALSE_REFERENCE' })
})

test('no claims take no look at the store', () => {
  const inside = new Proxy(
    {},
    {
      get() {
        throw new Error('looked')
      },
    },
  )
  // Nothing of it is used.
  expect(checkClaims(inside as Parameters<typeof checkClaims>[0], []).next()).toEqual({ done: true, value: undefined })
})

test('damaged payloads are found when they are read, not when they are claimed', async () => {
  const store = testStore()
  const cache = createCache(store, { onWarning: () => undefined })
  const key = await cache.values.save(part)
  damage(store, 'values', key)
  const whole = await cache.values.save([ref(key)])
  await expect(cache.values.load(whole)).rejects.toMatchObject({ code: 'ERR_CORRUPT', details: { key } })
})
