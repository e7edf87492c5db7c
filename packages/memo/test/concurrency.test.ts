import { createCache } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, withCache } from '../src/index.ts'
import { deferred, settled } from './caches.ts'

const open = () => createCache(testStore())

test.each([1, 2, 5])('at most %i bodies run at once', async concurrency => {
  let running = 0
  let most = 0
  const f = memoize(
    async (x: number) => {
      running += 1
      most = Math.max(most, running)
      await settled()
      running -= 1
      return x
    },
    { cache: open(), name: 'f', concurrency },
  )
  const xs = Array.from({ length: 12 }, (_, i) => i)
  expect(await Promise.all(xs.map(x => f(x)))).toEqual(xs)
  expect(most).toBe(concurrency)
})

test('bodies start in the order of their calls', async () => {
  const started: number[] = []
  const f = memoize(
    async (x: number) => {
      started.push(x)
      await settled()
    },
    { cache: open(), name: 'f', concurrency: 2 },
  )
  const xs = Array.from({ length: 9 }, (_, i) => i)
  await Promise.all(xs.map(x => f(x)))
  expect(started).toEqual(xs)
})

test('calls that run uncached are bounded too', async () => {
  let running = 0
  let most = 0
  const f = memoize(
    async (_x: () => void) => {
      running += 1
      most = Math.max(most, running)
      await settled()
      running -= 1
    },
    { cache: createCache(testStore(), { onWarning: () => {} }), name: 'f', concurrency: 2 },
  )
  await Promise.all(Array.from({ length: 6 }, () => f(() => {})))
  expect(most).toBe(2)
})

describe('recursion does not wait for its own slots', () => {
  test('one body after another', async () => {
    const fibonacci: (n: number) => Promise<number> = memoize(
      async (n: number): Promise<number> => (n < 2 ? n : (await fibonacci(n - 1)) + (await fibonacci(n - 2))),
      { cache: open(), name: 'fibonacci', concurrency: 1 },
    )
    expect(await fibonacci(20)).toBe(6765)
  })

  test('both branches at once, from several callers', async () => {
    const fibonacci: (n: number) => Promise<number> = memoize(
      async (n: number): Promise<number> => {
        await settled()
        if (n < 2) return n
        const [a, b] = await Promise.all([fibonacci(n - 1), fibonacci(n - 2)])
        return a + b
      },
      { cache: open(), name: 'fibonacci', concurrency: 1 },
    )
    expect(await Promise.all([fibonacci(8), fibonacci(9), fibonacci(10)])).toEqual([21, 34, 55])
  })

  test('through another function', async () => {
    const cache = open()
    const even: (n: number) => Promise<boolean> = memoize(async (n: number) => (n === 0 ? true : odd(n - 1)), {
      cache,
      name: 'even',
      concurrency: 1,
    })
    const odd: (n: number) => Promise<boolean> = memoize(async (n: number) => (n === 0 ? false : even(n - 1)), {
      cache,
      name: 'odd',
      concurrency: 1,
    })
    expect(await even(10)).toBe(true)
  })
})

test('a body that waits for one still queued behind it does not wait for ever', async () => {
  const gate = deferred<void>()
  const f: (x: string) => Promise<string> = memoize(
    async (x: string): Promise<string> => {
      await gate.promise
      return x === 'outer' ? `outer ${await f('inner')}` : x
    },
    { cache: open(), name: 'f', concurrency: 1 },
  )
  const outer = f('outer')
  const inner = f('inner')
  gate.resolve()
  expect(await Promise.all([outer, inner])).toEqual(['outer inner', 'inner'])
})

test('a slot is free again after a body that throws', async () => {
  const f = memoize(
    (x: number) => {
      if (x === 0) throw new Error('zero')
      return x
    },
    { cache: open(), name: 'f', concurrency: 1 },
  )
  expect((await Promise.allSettled([f(0), f(1), f(0), f(2)])).map(({ status }) => status)).toEqual([
    'rejected',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
})

test('a queued body runs in the scope of its caller', async () => {
  const [one, two] = [open(), open()]
  const inner = memoize((x: string) => x, { name: 'inner' })
  const f = memoize(async (x: string) => inner(x), { name: 'f', concurrency: 1 })
  await Promise.all([withCache(one, () => f('one')), withCache(two, () => f('two'))])
  const held = async (cache: typeof one): Promise<unknown> =>
    withCache(cache, () => Promise.all([inner.contains('one'), inner.contains('two')]))
  expect([await held(one), await held(two)]).toEqual([
    [true, false],
    [false, true],
  ])
})
