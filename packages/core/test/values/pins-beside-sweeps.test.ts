/** Pins that are set while another process, which knows nothing of this one's saves, chooses what is to go. */
import { expect, test } from 'vitest'
import { createCache, digest, memoryStore, type Store } from '../../src/index.ts'

const VALUE = { large: 'x'.repeat(10_000), other: ['y'.repeat(10_000)] }

/** Runs `before` before the first look at an age, and `after` after each listing of names. */
function besides(
  store: Store,
  { before, after }: { before?: () => Promise<unknown>; after?: () => Promise<unknown> },
): Store {
  const refs = store.refs!
  let first = before
  return {
    ...store,
    values: {
      ...store.values,
      async touch(keys) {
        const once = first
        first = undefined
        await once?.()
        return store.values.touch(keys)
      },
    },
    refs: {
      ...refs,
      async *list(options) {
        yield* refs.list(options)
        await after?.()
      },
    },
  }
}

const sweeps = {
  limit: (store: Store) => createCache(store).limit({ items: 1 }),
  gc: (store: Store) => createCache(store).gc({ grace: 0 }),
}

test.each(Object.keys(sweeps) as (keyof typeof sweeps)[])(
  'what is saved and pinned while %s chooses stays',
  async name => {
    const store = memoryStore()
    const cache = createCache({ ...store })
    // It is there, and old: what another process is about to pin need not be new.
    const key = await cache.values.save(VALUE)
    await new Promise(resolve => setTimeout(resolve, 5))
    await sweeps[name](besides(store, { after: () => cache.values.save(VALUE, { pin: 'kept' }) }))
    expect(await cache.values.load(key)).toEqual(VALUE)
  },
)

test.each(Object.keys(sweeps) as (keyof typeof sweeps)[])('what is pinned while %s chooses stays', async name => {
  const store = memoryStore()
  const cache = createCache({ ...store })
  const key = await cache.values.save(VALUE)
  await new Promise(resolve => setTimeout(resolve, 5))
  await sweeps[name](besides(store, { after: () => cache.pin(key, 'kept') }))
  expect(await cache.values.load(key)).toEqual(VALUE)
})

test('what goes between being saved and being pinned is saved again', async () => {
  const store = memoryStore()
  const elsewhere = createCache({ ...store })
  const cache = createCache(besides(store, { before: () => elsewhere.values.evict(digest(VALUE)) }))
  const key = await cache.values.save(VALUE, { pin: 'kept' })
  expect(await cache.values.load(key)).toEqual(VALUE)
})

test('a pin that cannot be set leaves the name to what it held', async () => {
  const store = memoryStore()
  const elsewhere = createCache({ ...store })
  const cache = createCache(store)
  const old = await cache.values.save('old', { pin: 'name' })
  const key = await cache.values.save(VALUE)
  let looks = 0
  const values: Store['values'] = {
    ...store.values,
    async touch(keys) {
      looks += 1
      // The looks before the name is set find all levels of it.
      if (looks > 2) await elsewhere.values.evict(key)
      return store.values.touch(keys)
    },
  }
  await expect(createCache({ ...store, values }).pin(key, 'name')).rejects.toMatchObject({
    code: 'ERR_FALSE_REFERENCE',
  })
  await cache.gc({ grace: 0 })
  expect(await cache.values.load(old)).toBe('old')
})
