import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
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
  const cache = createCache(testStore())
  const one = memoize((x: number) => x + 1, { cache, name: 'f' })
  const two = memoize((x: number) => x + 2, { cache, name: 'f' })
  expect(one.digest(1)).toBe(two.digest(1))
})

test('it does not see what a function closes over', () => {
  const cache = createCache(testStore())
  const adding = (n: number) => memoize((x: number) => x + n, { cache, name: 'f', code: 'body' })
  expect(adding(1).digest(1)).toBe(adding(2).digest(1))
})

test('functions without source text are refused', () => {
  const bound = function (this: number) {
    return this + 1
  }.bind(1)
  expect(() => memoize(bound, { name: 'f', code: 'body' })).toThrow(/source text/)
  expect(() => memoize(Math.max, { name: 'f', code: 'body' })).toThrow(/native code/)
})

test('what code may be is said where it is something else', () => {
  for (const code of ['all', true, null, '']) {
    const wrong = (): unknown => memoize(() => 1, { name: 'f', code: code as never })
    expect(wrong).toThrow(TypeError)
    expect(wrong).toThrow(/option code to be "warn" or "body" or "ignore"; got/)
  }
})

test("with code: 'warn' and 'ignore' the source text is no part of the key, and functions without any are welcome", () => {
  const cache = createCache(testStore())
  const plain = memoize((x: number) => x, { cache, name: 'f' })
  for (const code of ['warn', 'ignore'] as const) {
    expect(memoize((x: number) => x + 1, { cache, name: 'f', code }).digest(1)).toBe(plain.digest(1))
    expect(() => memoize(Math.max, { name: 'f', code })).not.toThrow()
  }
})
