import { createCache, type Digest, digest, intercept, ref } from '@riposte/core'
import { describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeMethod, memoizeSync } from '../src/index.ts'
import { answeringLater, watched } from './caches.ts'

const book = { title: 'b', pages: Array.from({ length: 20 }, (_, i) => `page ${i} `.repeat(1000)) }

/** Too large for its record, even without its parts. */
const long = Array.from({ length: 150 }, (_, i) => `page ${i} `.repeat(700))

/** A store that notes which values are read. */
function noting() {
  const reads: Digest[] = []
  const store = testStore()
  const { values } = intercept(store, (operation, next) => {
    if (operation.name === 'get') reads.push(...operation.keys)
    return next()
  })
  return { reads, store: { ...store, values } }
}

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  test('a call by handle computes what is missing, once, for all who make it', async () => {
    const cache = createCache(openStore())
    const body = vi.fn(async (_file: string) => book)
    const read = memoize(body, { cache, name: 'read' })
    const [first, second] = await Promise.all([read.lazy('a'), read.lazy('a')])
    for (const handle of [first, second, await read.lazy('a')]) {
      expect(handle.ref?.digest).toBe(digest(book))
      expect(await (await handle.at('pages', 3))?.load()).toBe(book.pages[3])
    }
    expect(await read('a')).toEqual(book)
    expect(body).toHaveBeenCalledTimes(1)
  })

  test('small results come from their record', async () => {
    const cache = createCache(openStore())
    const read = memoize(async () => ({ a: [1, 2] }), { cache, name: 'read' })
    await read()
    const again = memoize(async () => ({ a: [1, 2] }), { cache: createCache(cache.store), name: 'read' })
    const handle = await again.lazy()
    expect(await (await handle.at('a', 1))?.load()).toBe(2)
    expect(await handle.load()).toEqual({ a: [1, 2] })
  })

  test('what was swept since is computed anew, or stored again where this process remembers it', async () => {
    const store = openStore()
    const body = vi.fn(async () => long)
    const remembering = memoize(body, { cache: createCache(store), name: 'read' })
    await remembering()
    await store.values.delete([{ key: digest(long) }])
    expect(await (await remembering.lazy()).size()).toBe(150)
    await store.values.delete([{ key: digest(long) }])
    const other = memoize(body, { cache: createCache(store), name: 'read' })
    expect(await (await other.lazy()).load()).toEqual(long)
    expect(body).toHaveBeenCalledTimes(2)
  })
})

test('a recorded result is read as far as it is asked for', async () => {
  const { reads, store } = noting()
  await memoize(async () => long, { cache: createCache(store), name: 'read' })()
  const read = memoize(async () => long, { cache: createCache(store), name: 'read' })
  reads.length = 0
  const handle = await read.lazy()
  const page = await handle.at(7)
  expect(reads).toEqual([digest(long)])
  expect(await page?.load()).toBe(long[7])
  expect(await handle.slice(6, 9)).toEqual(long.slice(6, 9))
  expect(reads).toEqual([long, long[7], long[6], long[8]].map(part => digest(part)))
})

test('of a call that threw, what it threw', async () => {
  const { cache } = watched()
  const body = vi.fn(async (_n: number): Promise<typeof book> => {
    throw new RangeError('no')
  })
  const read = memoize(body, { cache, name: 'read', cacheErrors: true })
  await expect(read.lazy(1)).rejects.toThrow('no')
  await expect(read.lazy(1)).rejects.toThrow('no')
  const again = memoize(body, { cache: createCache(cache.store), name: 'read', cacheErrors: true })
  await expect(again.lazy(1)).rejects.toThrow('no')
  await expect((await again.record(1))?.lazyResult()).rejects.toThrow('no')
  expect(body).toHaveBeenCalledTimes(1)
})

test('what is not recorded is stored for its handle; what cannot be is refused', async () => {
  const { cache } = watched()
  const read = memoize(async () => book, { cache, name: 'read', cacheIf: () => false })
  expect(await (await (await read.lazy()).at('title')).load()).toBe('b')
  expect(await read.contains()).toBe(false)
  const bad = memoize(async () => ({ f: () => 1 }), { cache, name: 'bad' })
  await expect(bad.lazy()).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE' })
})

test('records, refs as arguments, methods and functions that answer at once have handles too', async () => {
  const cache = createCache(testStore())
  const read = memoize(async (source: typeof book) => source.pages, { cache, name: 'read' })
  const handle = await read.lazy(ref(await cache.values.save(book)))
  expect(await handle.size()).toBe(20)
  const record = await read.record(book)
  expect(await (await (await record!.lazyResult({ keepBytes: 0 })).at(-1))?.load()).toBe(book.pages[19])
  await expect(record!.lazyResult({ keepBytes: -1 })).rejects.toThrow(RangeError)

  const now = memoizeSync(() => book, { cache, name: 'now' })
  expect(await (await (await now.lazy()).at('title')).load()).toBe('b')

  class Shelf {
    readonly first = memoizeMethod(
      async function (this: Shelf, _n: number) {
        return book
      },
      { cache, name: 'first', context: 'ignore' },
    )
  }
  const shelf = new Shelf()
  expect(await (await shelf.first.on(shelf).lazy(1)).size()).toBe(2)
})

test('records keyed by name give handles', async () => {
  const cache = createCache(testStore())
  const read = memoize(async (file: string) => [file, book], { cache, name: 'read', key: file => ({ file }) })
  await read('a')
  const record = await read.record('a')
  expect(await (await (await record!.lazyResult()).at(1, 'title' as never))?.load()).toBe('b')
})
