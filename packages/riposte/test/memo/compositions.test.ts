// What a memoized function does behind the wrappers that change what is there, over every store.

import { describe, expect, test } from 'vitest'
import {
  ANY,
  type Cache,
  createCache,
  filtered,
  memoize,
  memoryStore,
  pool,
  readOnly,
  refreshing,
  type Store,
  withCache,
} from '../../src/index.ts'
import { contents, STORES, withStore } from '../laws/stores.ts'

const rows = Array.from({ length: 300 }, (_, i) => ({ id: i }))

/** A cache over a store, what it warned of, and a function of a name on it. */
function watched(store: Store) {
  const warnings: string[] = []
  const cache = createCache(store, { hot: false, onWarning: ({ code }) => warnings.push(code) })
  let runs = 0
  const named = (name: string, options: { readonly onStoreError?: 'throw' } = {}) =>
    memoize(
      async (n: number) => {
        runs += 1
        return { n, rows }
      },
      { cache, name, params: ['n'], tags: { team: name }, ...options },
    )
  return { cache, warnings, named, runs: () => runs }
}

async function namesIn(cache: Cache): Promise<readonly string[]> {
  const calls = await cache.calls.query().toArray()
  return calls.map(({ name }) => name).sort()
}

describe.each(STORES)('on %s', (_name, open) => {
  test('of a pool, calls of every member are answered and found once; what is new runs and stays nowhere', () =>
    withStore(open, async one => {
      const two = memoryStore()
      for (const [store, numbers] of [
        [one, [1, 2]],
        [two, [2, 3]],
      ] as const) {
        const f = watched(store).named('f')
        for (const n of numbers) await f(n)
      }
      const { cache, warnings, named, runs } = watched(pool([one, two]))
      const f = named('f')
      for (const n of [1, 2, 3]) expect(await f(n)).toEqual({ n, rows })
      expect(runs()).toBe(0)
      expect(await f.query({ n: ANY }).orderBy('startedAt').count()).toBe(3)
      const page = await f.query().orderBy('durationMs', 'desc').page({ size: 2 })
      expect([page.calls.length, (await f.query().page({ size: 9 })).calls.length]).toEqual([2, 3])
      for (const _ of [1, 2]) expect((await f(4)).n).toBe(4)
      expect([runs(), await f.contains(4), warnings]).toEqual([2, false, ['store']])
      expect(await f.explain(4)).toMatchObject({ outcome: 'miss', reason: 'arguments' })
      await expect(named('f', { onStoreError: 'throw' })(5)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
      await expect(f.evict(1)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
      expect((await cache.stats()).calls.entries).toBe(3)
      expect((await cache.fsck()).problems).toEqual([])
      const copied = createCache(memoryStore())
      expect((await cache.copyTo(copied)).copied).toBe(3)
      expect(await namesIn(copied)).toEqual(['f', 'f', 'f'])
    }))

  test('of a read-only store, what is there is answered; what is new runs each time, with one warning', () =>
    withStore(open, async store => {
      await watched(store).named('f')(1)
      const before = await contents(store)
      const { warnings, named, runs } = watched(readOnly(store))
      const f = named('f')
      expect((await f(1)).rows).toEqual(rows)
      expect(runs()).toBe(0)
      for (const n of [2, 2, 3]) expect((await f(n)).n).toBe(n)
      expect([runs(), warnings]).toEqual([3, ['store']])
      for (const refused of [f.seed([1], { n: 1, rows }), f.evict(1), f.ref(2)]) {
        await expect(refused).rejects.toMatchObject({ code: 'ERR_REJECTED' })
      }
      expect(await contents(store)).toEqual(before)
    }))

  test.each([
    ['a template of names', { name: 'red' }],
    ['a template of metadata', { metadata: { tags: { team: 'red' } } }],
    ['a function', ({ name }: { readonly name: string }) => name === 'red'],
  ])('behind a filter by %s, other calls are not there to any verb', (_what, which) =>
    withStore(open, async store => {
      const all = watched(store)
      for (const name of ['red', 'blue']) for (const n of [1, 2]) await all.named(name)(n)
      const { cache, named } = watched(filtered(store, which))
      const [red, blue] = [named('red'), named('blue')]
      expect([await red.contains(1), await blue.contains(1)]).toEqual([true, false])
      expect((await red.load(2)).n).toBe(2)
      await expect(blue.load(2)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      expect(await blue.explain(1)).toMatchObject({ reason: 'never called' })
      expect(await namesIn(cache)).toEqual(['red', 'red'])
      expect((await cache.stats()).calls.functions).toMatchObject([{ name: 'red', calls: 2 }])
      await expect(cache.calls.expand(blue.digest(1).slice(0, 12))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      const copied = createCache(memoryStore())
      expect(await cache.copyTo(copied)).toEqual({ copied: 2, skipped: 0, incomplete: 0 })
      expect((await createCache(store).stats()).calls.entries).toBe(4)
    }),
  )

  test('under refreshing, a function and those that it calls run once more, and what they return is stored', () =>
    withStore(open, async store => {
      const ran: string[] = []
      let generation = 1
      const inner = memoize(
        async (n: number) => {
          ran.push('inner')
          return { n, generation, rows }
        },
        { name: 'inner' },
      )
      const outer = memoize(
        async (n: number) => {
          ran.push('outer')
          return [(await inner(n)).generation, await (await inner.lazy(n)).size()]
        },
        { name: 'outer' },
      )
      const { cache } = watched(store)
      expect(await withCache(cache, () => outer(1))).toEqual([1, 3])
      generation = 2
      const { cache: fresh, warnings } = watched(refreshing(store))
      expect(await withCache(fresh, () => outer(1))).toEqual([2, 3])
      expect(ran.slice(0, 4)).toEqual(['outer', 'inner', 'outer', 'inner'])
      expect(await withCache(cache, () => outer(1))).toEqual([2, 3])
      expect((await withCache(cache, () => inner.load(1))).generation).toBe(2)
      expect([warnings, await namesIn(cache)]).toEqual([[], ['inner', 'outer']])
    }))
})
