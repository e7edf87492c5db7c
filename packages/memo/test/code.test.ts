import { createCache, memoryStore } from '@riposte/core'
import { expect, test } from 'vitest'
import { memoize } from '../src/index.ts'
import { watched } from './caches.ts'

test("with code: 'body' another source text is another call, and no duplicate", async () => {
  const { cache, warnings } = watched()
  const one = memoize((x: number) => x + 1, { cache, name: 'f', code: 'body' })
  const two = memoize((x: number) => x + 2, { cache, name: 'f', code: 'body' })
  expect([await one(1), await two(1), await one(1)]).toEqual([2, 3, 2])
  expect(warnings).toEqual([])
  expect(one.digest(1)).not.toBe(two.digest(1))
  expect(await two.explain(1)).toMatchObject({ outcome: 'hit' })
})

test('the same source text is the same call', async () => {
  const { cache } = watched()
  const make = () => memoize((x: number) => ({ x }), { cache, name: 'f', code: 'body' })
  const [one, two] = [make(), make()]
  await one(1)
  expect(await two.contains(1)).toBe(true)
})

test('without it the source text is no part of the key', () => {
  const cache = createCache(memoryStore())
  const one = memoize((x: number) => x + 1, { cache, name: 'f' })
  const two = memoize((x: number) => x + 2, { cache, name: 'f' })
  expect(one.digest(1)).toBe(two.digest(1))
})

test('it does not see what a function closes over', () => {
  const cache = createCache(memoryStore())
  const adding = (n: number) => memoize((x: number) => x + n, { cache, name: 'f', code: 'body' })
  expect(adding(1).digest(1)).toBe(adding(2).digest(1))
})

test('functions without source text are refused', () => {
  const bound = function (this: number) {
    return this + 1
  }.bind(1)
  expect(() => memoize(bound, { name: 'f', code: 'body' })).toThrow(/source text/)
  expect(() => memoize(Math.max, { name: 'f', code: 'body' })).toThrow(/native code/)
  expect(() => memoize(() => 1, { name: 'f', code: 'all' as never })).toThrow(/code/)
})
