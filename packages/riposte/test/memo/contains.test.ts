/** `contains` promises an answer: what would run does not stand, over every store. */

import { describe, expect, test } from 'vitest'
import { createCache, type Digest, digest, isRiposteError, memoize } from '../../src/index.ts'
import { STORES, withStore } from '../laws/stores.ts'

const long = 'x'.repeat(10_000)
const rows = Array.from({ length: 400 }, (_, i) => ({ id: i, name: `row ${i}` }))
const deep = { outer: { inner: [long, { rows }] } }

/** Results, and what of each is evicted. */
const CASES: readonly (readonly [what: string, result: unknown, gone: unknown])[] = [
  ['a result in an entry of its own', long, long],
  ['a part of a result that travels inside the record', [1, long], long],
  ['a part of a part', deep, rows],
  ['a large result with parts', [rows, long, rows.slice(1)], rows.slice(1)],
]

describe.each(STORES)('on %s', (_name, open) => {
  test.each(CASES)('without %s no call is contained, until it is computed anew', (_what, result, gone) =>
    withStore(open, async store => {
      const cache = createCache(store, { hot: false })
      let runs = 0
      const f = memoize(
        async (_x: number) => {
          runs += 1
          return result
        },
        { cache, name: 'f' },
      )
      await f(1)
      expect(await f.contains(1)).toBe(true)
      expect(await cache.values.evict(digest(gone) as Digest)).toBe(true)
      // It only looks: what it says stays true, and the record is there for who asks why.
      for (const contained of [await f.contains(1), await f.contains(1)]) expect(contained).toBe(false)
      expect(await cache.calls.contains(f.digest(1))).toBe(true)
      expect(await f.explain(1)).toMatchObject({ reason: 'evicted' })
      const error = await f.load(1).catch((reason: unknown) => reason)
      expect(isRiposteError(error, 'ERR_NOT_FOUND')).toBe(true)
      await f(1)
      expect([runs, await f.contains(1)]).toEqual([2, true])
    }),
  )

  test('a result in another order than the first of its kind is contained', () =>
    withStore(open, async store => {
      const cache = createCache(store, { hot: false })
      const [one, other] = [
        { a: long, b: rows },
        { b: rows, a: long },
      ]
      await cache.values.save([one, long])
      const f = memoize(async (_x: number) => [other, long], { cache, name: 'f' })
      await f(1)
      expect(await f.contains(1)).toBe(true)
      expect(Object.keys((await f.load(1))[0]!)).toEqual(['b', 'a'])
    }))
})
