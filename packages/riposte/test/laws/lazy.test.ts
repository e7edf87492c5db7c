// Handles that load parts when they are asked for, over every store.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { values } from '../../../core/test/support/values.ts'
import { pathsOf, reached } from '../../../core/test/values/lazy-paths.ts'
import { createCache, type Digest, digest, intercept, memoize, type Store } from '../../src/index.ts'
import { STORES, withStore } from './stores.ts'

const settings = fc.constantFrom(0, 1, 64, 4096, 1_000_000)

/** The same store, noting which entries are read whole. */
function noting(store: Store, reads: Digest[]): Store {
  return intercept(store, (operation, next) => {
    if (operation.name === 'get') reads.push(...operation.keys)
    return next()
  })
}

describe.each(STORES)('lazy values in %s', (_name, open) => {
  test('what a path leads to is what it leads to in the value, for at most an entry a step', () =>
    withStore(open, async store => {
      await fc.assert(
        fc.asyncProperty(values, settings, fc.nat(), async (value, inlineBelow, where) => {
          const reads: Digest[] = []
          const { values: storage } = createCache(noting(store, reads), { inlineBelow })
          const key: Digest = await storage.save(value)
          const paths = pathsOf(value)
          const path = paths[where % paths.length]!
          reads.length = 0
          const lazy = await storage.lazy<unknown>(key)
          expect(reads.length).toBe(1)
          const part = await lazy.at(...path)
          // Properties beside the elements of an array stand in an entry of their own, and so may the array.
          expect(reads.length).toBeLessThanOrEqual(1 + 3 * path.length)
          expect(isDeepStrictEqual(await part!.load(), reached(value, path))).toBe(true)
          expect(isDeepStrictEqual(await lazy.load(), value)).toBe(true)
          expect(new Set(reads).size).toBe(reads.length)
        }),
        { numRuns: 40 },
      )
    }))

  test('listing and iteration read no value', () =>
    withStore(open, async store => {
      const reads: Digest[] = []
      const { values: storage } = createCache(noting(store, reads), { inlineBelow: 64 })
      const parts = Array.from({ length: 30 }, (_, i) => `part ${i} `.repeat(20))
      const value = { list: parts, map: new Map(parts.map((part, i) => [i, part])) }
      const lazy = await storage.lazy(await storage.save(value))
      const list = await lazy.at('list')
      const map = await lazy.at('map')
      reads.length = 0
      expect([await list.size(), await map.keys()]).toEqual([30, [...value.map.keys()]])
      const handles = []
      for await (const part of list) handles.push(part)
      for await (const [, part] of map) handles.push(part)
      expect(handles.map(({ ref }) => ref?.digest)).toEqual([...parts, ...parts].map(part => digest(part)))
      expect(reads).toHaveLength(2)
      expect(await list.slice(-2)).toEqual(parts.slice(-2))
      expect(reads).toHaveLength(4)
    }))

  test('a range of large bytes reads its chunks only', () =>
    withStore(open, async store => {
      const reads: Digest[] = []
      const { values: storage } = createCache(noting(store, reads))
      const bytes = Uint8Array.from({ length: 2 * 2 ** 20 + 5 }, (_, i) => (i * 31 + (i >> 16)) & 255)
      const lazy = await storage.lazy(await storage.save({ bytes }))
      reads.length = 0
      const range = await (await lazy.at('bytes')).slice(2 ** 20 - 2, 2 ** 20 + 3)
      expect(range).toEqual(bytes.slice(2 ** 20 - 2, 2 ** 20 + 3))
      expect(reads).toHaveLength(2)
    }))

  test('a part that is gone rejects with its path; others load, and a rerun stores all anew', () =>
    withStore(open, async store => {
      const cache = createCache(store, { inlineBelow: 64, hot: false })
      const value = { good: ['g'.repeat(100)], bad: [1, 'b'.repeat(100)] }
      const read = memoize(async () => value, { cache, name: 'read' })
      await read()
      const gone = digest(value.bad[1])
      await store.values.delete([{ key: gone }])
      const lazy = await read.lazy()
      await expect(lazy.load()).rejects.toMatchObject({
        code: 'ERR_NOT_FOUND',
        message: expect.stringContaining('.bad[1]'),
        details: { key: gone },
      })
      expect(await (await lazy.at('good')).load()).toEqual(value.good)
      await read.rerun()
      expect(await lazy.load()).toEqual(value)
    }))

  test('records give handles of their results, without reading them whole', () =>
    withStore(open, async store => {
      const value = Array.from({ length: 150 }, (_, i) => `row ${i} `.repeat(700))
      const rows = memoize(async (_file: string) => value, { cache: createCache(store), name: 'rows' })
      await rows('a')
      const reads: Digest[] = []
      const cache = createCache(noting(store, reads))
      const record = await cache.calls.query({ name: 'rows' }).only()
      reads.length = 0
      const lazy = await record.lazyResult()
      expect(await lazy.size()).toBe(150)
      expect(reads).toEqual([digest(value)])
    }))
})
