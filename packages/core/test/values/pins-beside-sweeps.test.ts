/** Pins that are set while another process, which knows nothing of this one's saves, chooses what is to go. */
import { expect, test } from 'vitest'
import { type Cache, createCache, type Digest, digest, type Store } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

const VALUE = { large: 'x'.repeat(10_000), other: ['y'.repeat(10_000)] }

/** Once everything is stored, and before it gets its name, another cache lists all, and removes what it chose when the name is set. */
async function besideLimit(store: Store, pin: (cache: Cache) => Promise<unknown>): Promise<void> {
  const refs = store.refs!
  const listed = deferred()
  const pinned = deferred()
  const limiting: Store = {
    ...store,
    refs: {
      ...refs,
      async *list(options) {
        yield* refs.list(options)
        listed.resolve()
        await pinned.promise
      },
    },
  }
  let limited: Promise<unknown> | undefined
  const pinning: Store = {
    ...store,
    refs: {
      ...refs,
      async swap(...args) {
        limited ??= createCache(limiting).limit({ items: 1 })
        await listed.promise
        return refs.swap(...args)
      },
    },
  }
  await pin(createCache(pinning))
  pinned.resolve()
  await limited
}

/** The store, with something that happens before an age is refreshed. */
function beforeTouch(store: Store, happens: () => Promise<unknown>): Store {
  return {
    ...store,
    values: {
      ...store.values,
      async touch(keys) {
        await happens()
        return store.values.touch(keys)
      },
    },
  }
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}

test('what is saved and pinned while a limit chooses elsewhere stays', async () => {
  const store = testStore()
  await besideLimit(store, cache => cache.values.save(VALUE, { pin: 'kept' }))
  expect(await createCache(store).values.load(digest(VALUE))).toEqual(VALUE)
})

test('bytes that are streamed and pinned while a limit chooses elsewhere stay', async () => {
  const store = testStore()
  const bytes = new Uint8Array(3_000_000).fill(7)
  await besideLimit(store, cache => cache.values.saveStream([bytes], { pin: 'kept' }))
  expect(digest(await createCache(store).values.load(digest(bytes)))).toBe(digest(bytes))
})

test('what is pinned while a limit chooses elsewhere stays', async () => {
  const store = testStore()
  const key = await createCache({ ...store }).values.save(VALUE)
  await besideLimit(store, cache => cache.pin(key, 'kept'))
  expect(await createCache(store).values.load(key)).toEqual(VALUE)
})

test('what is saved and pinned while a limit lists elsewhere stays, though it is listed in part', async () => {
  const part = 'x'.repeat(10_000)
  const numbered = Array.from({ length: 100 }, (_, n) => ({ n, part }))
  // Its key is passed when it is saved, and that of its part is still to come.
  const value = numbered.find(candidate => digest(candidate) < digest(part))!
  const store = testStore()
  await createCache(store).values.saveAll(['some', 'others'])
  let saved = false
  const listing: Store = {
    ...store,
    values: {
      ...store.values,
      async *list() {
        if (!saved) await createCache({ ...store }).values.save(value, { pin: 'kept' })
        saved = true
        yield* store.values.list({ after: digest(value) })
      },
    },
  }
  await createCache(listing).limit({ bytes: 1 })
  expect(await createCache(store).values.load(digest(value))).toEqual(value)
})

test('what goes between being saved and being pinned is saved again', async () => {
  const store = testStore()
  const elsewhere = createCache({ ...store })
  const goes: Digest[] = [digest(VALUE)]
  const cache = createCache(beforeTouch(store, () => Promise.all(goes.splice(0).map(elsewhere.values.evict))))
  const key = await cache.values.save(VALUE, { pin: 'kept' })
  expect(goes).toEqual([])
  expect(await cache.values.load(key)).toEqual(VALUE)
})

test('a pin that cannot be set leaves the name to what it held', async () => {
  const store = testStore()
  const elsewhere = createCache({ ...store })
  const cache = createCache(store)
  const old = await cache.values.save('old', { pin: 'name' })
  const key = await cache.values.save(VALUE)
  let looks = 0
  // The looks before the name is set, one a level, find all of it.
  const late = beforeTouch(store, async () => {
    looks += 1
    if (looks > 2) await elsewhere.values.evict(key)
  })
  await expect(createCache(late).pin(key, 'name')).rejects.toMatchObject({ code: 'ERR_FALSE_REFERENCE' })
  await cache.gc({ grace: 0 })
  expect(await cache.values.load(old)).toBe('old')
})
