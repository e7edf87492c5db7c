/** Pins that are set behind the back of `limited`, as another process sets them. */
import { expect, test } from 'vitest'
import { createCache, limited } from '../../src/index.ts'
import { laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const stores = [
  ['now', testStore],
  ['later', () => laterStore()],
] as const

async function fill(cache: ReturnType<typeof createCache>): Promise<void> {
  for (let n = 0; n < 40; n += 1) await cache.values.save(`filler ${n}`)
}

test.each(stores)('a value that is known stays once another process pins it: %s', async (_name, open) => {
  const store = open()
  const cache = createCache(limited(store, { items: 10 }))
  const elsewhere = createCache({ ...store })
  const key = await cache.values.save('precious')
  await elsewhere.pin(key, 'kept')
  await fill(cache)
  expect(await elsewhere.values.load(key)).toBe('precious')
  await elsewhere.unpin('kept')
  await fill(cache)
  expect(await elsewhere.values.contains(key)).toBe(false)
})

test.each(stores)('a part stays that a value needs which another process saved and pinned: %s', async (_name, open) => {
  const store = open()
  const cache = createCache(limited(store, { items: 10 }))
  const elsewhere = createCache({ ...store })
  const part = 'part '.repeat(2000)
  await cache.values.save(part)
  const key = await elsewhere.values.save({ n: 1, part }, { pin: 'kept' })
  await fill(cache)
  expect(await elsewhere.values.load(key)).toEqual({ n: 1, part })
})
