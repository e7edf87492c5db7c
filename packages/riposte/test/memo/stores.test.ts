// What a memoized function does that depends on its store, over every store.

import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  type Cache,
  createCache,
  digest,
  isPromise,
  isRiposteError,
  memoize,
  memoizeMethod,
  memoizeSync,
  ref,
  type SyncStore,
  withTags,
} from '../../src/index.ts'
import { STORES, withStore } from '../laws/stores.ts'

afterEach(() => void vi.useRealTimers())

const rows = Array.from({ length: 400 }, (_, i) => ({ id: i, name: `row ${i}` }))

describe.each(STORES)('on %s', (_name, open) => {
  test('a pipeline by reference, again in another cache: nothing runs', () =>
    withStore(open, async store => {
      let runs = 0
      const run = async (): Promise<readonly unknown[]> => {
        const cache = createCache(store)
        const load = memoize(
          async (_file: string) => {
            runs += 1
            return rows
          },
          { cache, name: 'load' },
        )
        const clean = memoize(
          async (list: typeof rows, { min }: { min: number }) => {
            runs += 1
            return list.filter(({ id }) => id >= min)
          },
          { cache, name: 'clean' },
        )
        const join = memoize(
          async (lists: (typeof rows)[], limits: number[]) => {
            runs += 1
            return [lists.flat().length, limits]
          },
          { cache, name: 'join' },
        )
        const loaded = await load.ref('a')
        const cleaned = await clean.ref(loaded, { min: 100 })
        const limits = ref(await cache.values.save([1, 2]))
        return [loaded.digest, cleaned.digest, ...(await join.withRefs([loaded, cleaned], limits))]
      }
      const first = await run()
      expect(first).toEqual([digest(rows), digest(rows.slice(100)), 700, [1, 2]])
      expect(await run()).toEqual(first)
      expect(runs).toBe(3)
    }))

  test('memoizeSync answers at once, or says at its first call that the store does not', () =>
    withStore(open, async store => {
      const cache = createCache(store, { hot: false })
      const answersNow = !isPromise(cache.store.calls.has([]))
      let runs = 0
      // The table of stores does not tell the two kinds apart by type.
      const f = memoizeSync((n: number) => ({ n, runs: ++runs, rows }), { cache: cache as Cache<SyncStore>, name: 'f' })
      if (!answersNow) {
        expect(() => f(1)).toThrow(/answers at once/)
        expect(runs).toBe(0)
        return
      }
      expect([f(1), f(1), f(2), f(1)].map(result => result.runs)).toEqual([1, 1, 2, 1])
      expect((await f.load(1)).rows).toEqual(rows)
      expect(await f.evict(1)).toBe(true)
      expect(f(1).runs).toBe(3)
    }))

  test('a false reference is refused, and what it would have computed is not recorded', () =>
    withStore(open, async store => {
      const cache = createCache(store)
      let runs = 0
      const f = memoize(async (_x: unknown) => ++runs, { cache, name: 'f' })
      const error = await f.withRefs({ part: ref(digest(rows)) }).catch((reason: unknown) => reason)
      expect(isRiposteError(error, 'ERR_FALSE_REFERENCE')).toBe(true)
      expect([runs, (await cache.stats()).calls.entries]).toEqual([0, 0])
    }))

  test('ages and errors are kept on the record', () =>
    withStore(open, async store => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
      let runs = 0
      const make = () =>
        memoize(
          async (fails: boolean) => {
            runs += 1
            if (fails) throw Object.assign(new RangeError('no'), { status: 404, cause: new Error('why') })
            return { runs, rows }
          },
          { cache: createCache(store, { hot: false }), name: 'f', maxAge: 60_000, cacheErrors: { maxAge: 1000 } },
        )
      await make()(false)
      const thrown = await make()(true).catch((error: unknown) => error)
      const again = await make()(true).catch((error: unknown) => error)
      expect(again).toBeInstanceOf(RangeError)
      expect(again).toEqual(thrown)
      expect((await make()(false)).runs).toBe(1)
      expect(runs).toBe(2)
      vi.setSystemTime(Date.now() + 1000)
      await make()(true).catch(() => {})
      expect([(await make()(false)).runs, runs]).toEqual([1, 3])
      vi.setSystemTime(Date.now() + 60_000)
      expect([(await make()(false)).runs, runs]).toEqual([4, 4])
    }))

  test('explain finds what differs', () =>
    withStore(open, async store => {
      const cache = createCache(store)
      const f = memoize(async (user: string, options: object) => [user, options], {
        cache,
        name: 'f',
        version: 1,
        params: ['user', 'options'],
      })
      for (let i = 0; i < 30; i += 1) await f(`user ${i}`, { days: i, rows })
      const { original } = f
      expect((await f.explain('user 7', { days: 7, rows })).outcome).toBe('hit')
      expect(await f.explain('user 7', { days: 99, rows })).toMatchObject({
        reason: 'arguments',
        nearest: f.digest('user 7', { days: 7, rows }),
        differences: [{ path: 'options.days', recorded: digest(7), asked: digest(99) }],
      })
      const next = memoize(original, { cache, name: 'f', version: 2, params: ['user', 'options'] })
      expect(await next.explain('user 3', { days: 3, rows })).toMatchObject({ reason: 'version', differences: [] })
      expect(await memoize(original, { cache, name: 'g' }).explain('user 3', {})).toMatchObject({
        reason: 'never called',
      })
    }))

  test('explain tells what was evicted, and by what', () =>
    withStore(open, async store => {
      const cache = createCache(store)
      const f = memoize(async (n: number) => [n, rows], { cache, name: 'f', params: ['n'] })
      for (let n = 0; n < 6; n += 1) await f(n)
      await f.evict(0)
      await cache.calls.evict(f.digest(1))
      await f.query({ n: 2 }).evict()
      const by = async (n: number) => {
        const told = await f.explain(n)
        if (told.outcome === 'hit' || told.reason !== 'evicted') return told.outcome === 'hit' ? 'hit' : told.reason
        return /limit/.test(`${told}`) ? 'limit' : /by its digest/.test(`${told}`) ? 'evict' : 'gone'
      }
      expect(await Promise.all([0, 1, 2, 3, 9].map(by))).toEqual(['evict', 'evict', 'evict', 'hit', 'arguments'])
      // A part of all results.
      await cache.values.evict(digest(rows))
      expect(await Promise.all([3, 4].map(by))).toEqual(['gone', 'gone'])
      await cache.limit({ items: 0 })
      expect(await Promise.all([0, 5].map(by))).toEqual(['evict', 'limit'])
      await f(5)
      expect(await by(5)).toBe('hit')
    }))

  test('calls are found by their receiver, and by the tags of their scope', () =>
    withStore(open, async store => {
      const cache = createCache(store)
      const user = memoizeMethod(
        async function (this: { readonly base: string }, id: number) {
          return this.base + id
        },
        { cache, name: 'user', params: ['id'], context: self => self.base },
      )
      const [a, b] = [{ base: 'a' }, { base: 'b' }]
      await withTags({ run: 1 }, () => Promise.all([user.call(a, 1), user.call(b, 1), user.call(b, 2)]))
      await user.call(b, 3)
      expect(await user.on(b).query().count()).toBe(3)
      expect(await user.on(b).query({ id: 1 }).count()).toBe(1)
      expect(await user.query({}, { metadata: { tags: { run: 1 } } }).count()).toBe(3)
    }))
})
