/** Values that lost a part, and are saved again by a cache that splits them otherwise. */
import { expect, test } from 'vitest'
import { createCache, type Digest, digest } from '../../src/index.ts'
import { keysIn } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const VALUES = {
  'a tree': { list: ['x'.repeat(1500), { deep: ['y'.repeat(3000), 'z'.repeat(200)] }], large: 'w'.repeat(5000) },
  'shared parts': [1, 2, 3].map(n => ({ n, same: ['s'.repeat(2000)] })),
  'a Map': new Map([['one', { parts: ['x'.repeat(2000), 'y'.repeat(2000)] }]]),
}
const SPLITS = [0, 200, 4096, 100_000]

const cases = Object.entries(VALUES).flatMap(([what, value]) =>
  SPLITS.flatMap(before => SPLITS.map(after => ({ what, value, before, after }))),
)

test.each(cases)(
  'a save heals what lost a part: $what, split at $before, then $after',
  async ({ value, before, after }) => {
    const whole = testStore()
    await createCache(whole, { inlineBelow: before }).values.save(value)
    for (const gone of keysIn(whole)) {
      const store = testStore()
      await createCache(store, { inlineBelow: before }).values.save(value)
      store.values.delete([{ key: gone }])
      const cache = createCache(store, { inlineBelow: after })
      const key = await cache.values.save(value)
      expect(await cache.values.load(key)).toStrictEqual(value)
    }
  },
)

test('what holds the value that lost a part is healed with it', async () => {
  const part = { parts: ['x'.repeat(2000), 'y'.repeat(2000)] }
  const store = testStore()
  const fine = createCache(store, { inlineBelow: 0 })
  const key = await fine.values.save({ part, other: 1 })
  store.values.delete([{ key: digest('x'.repeat(2000)) as Digest }])
  const coarse = createCache(store)
  await coarse.values.save(part)
  expect(await coarse.values.load(key)).toStrictEqual({ part, other: 1 })
})

test('what is whole keeps its first order, however it is saved again', async () => {
  const store = testStore()
  const first = { a: 'x'.repeat(2000), b: ['y'.repeat(2000)] }
  const key = await createCache(store, { inlineBelow: 200 }).values.save(first)
  const cache = createCache(store)
  await cache.values.save({ b: first.b, a: first.a })
  expect(Object.keys((await cache.values.load(key)) as object)).toEqual(['a', 'b'])
})
