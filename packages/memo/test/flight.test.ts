import { createCache } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, deferred, failingAt, settled, watched } from './caches.ts'

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  test('a hundred callers at once run one body, and each owns what it gets', async () => {
    let runs = 0
    const f = memoize(
      async (x: { a: number }) => {
        runs += 1
        await settled()
        return { rows: [x.a] }
      },
      { cache: createCache(openStore()), name: 'f' },
    )
    const results = await Promise.all(Array.from({ length: 100 }, () => f({ a: 1 })))
    expect(runs).toBe(1)
    expect(new Set(results).size).toBe(100)
    expect(new Set(results.map(({ rows }) => rows)).size).toBe(100)
    expect(results.every(({ rows }) => rows.length === 1 && rows[0] === 1)).toBe(true)
  })

  test('a body that throws gives every waiter its one error, and stores nothing', async () => {
    const error = new Error('no')
    let runs = 0
    const f = memoize(
      async () => {
        runs += 1
        await settled()
        throw error
      },
      { cache: createCache(openStore()), name: 'f' },
    )
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => f()))
    expect(runs).toBe(1)
    expect(outcomes.every(outcome => outcome.status === 'rejected' && outcome.reason === error)).toBe(true)
    expect(await f.contains()).toBe(false)
  })

  test('a body that rejects with undefined rejects', async () => {
    const f = memoize(() => Promise.reject(undefined), { cache: createCache(openStore()), name: 'f' })
    expect(await Promise.allSettled([f(), f()])).toEqual([
      { status: 'rejected', reason: undefined },
      { status: 'rejected', reason: undefined },
    ])
  })

  test('waiters run the body themselves where the result cannot be stored', async () => {
    let runs = 0
    const { cache } = watched(openStore())
    const f = memoize(
      async () => {
        runs += 1
        await settled()
        return { run: () => runs }
      },
      { cache, name: 'f' },
    )
    const results = await Promise.all([f(), f(), f()])
    expect(runs).toBe(3)
    expect(new Set(results).size).toBe(3)
  })

  test('waiters run the body themselves where the result is not to be kept', async () => {
    let runs = 0
    const f = memoize(
      async () => {
        runs += 1
        await settled()
        return { runs }
      },
      { cache: createCache(openStore()), name: 'f', cacheIf: () => false },
    )
    const results = await Promise.all([f(), f()])
    expect(runs).toBe(2)
    expect(results[0]).not.toBe(results[1])
  })
})

test('calls of different arguments do not wait for each other', async () => {
  const gates = [deferred<number>(), deferred<number>()] as const
  const f = memoize((at: 0 | 1) => gates[at].promise, { cache: createCache(testStore()), name: 'f' })
  const slow = f(0)
  gates[1].resolve(1)
  expect(await f(1)).toBe(1)
  gates[0].resolve(0)
  expect(await slow).toBe(0)
})

test('one function memoized twice runs one body for both', async () => {
  let runs = 0
  const fn = async (): Promise<{ runs: number }> => {
    await settled()
    runs += 1
    return { runs }
  }
  const cache = createCache(testStore())
  const [a, b] = await Promise.all([
    memoize(fn, { cache, name: 'f' })(),
    memoize(fn, { cache, name: 'f', results: 'frozen' })(),
  ])
  expect([a, b]).toEqual([{ runs: 1 }, { runs: 1 }])
  expect([Object.isFrozen(a), Object.isFrozen(b)]).toEqual([false, true])
})

test('calls on different caches do not share a flight', async () => {
  let runs = 0
  const fn = async (): Promise<number> => {
    await settled()
    runs += 1
    return runs
  }
  const [a, b] = [createCache(testStore()), createCache(testStore())]
  expect(await Promise.all([memoize(fn, { cache: a, name: 'f' })(), memoize(fn, { cache: b, name: 'f' })()])).toEqual([
    1, 2,
  ])
})

test('waiters share a primitive result though the store cannot keep it', async () => {
  let runs = 0
  const { cache } = watched(failingAt(testStore(), ['commit']))
  const f = memoize(
    async () => {
      await settled()
      runs += 1
      return runs
    },
    { cache, name: 'f' },
  )
  expect(await Promise.all([f(), f(), f()])).toEqual([1, 1, 1])
})

test('a body that calls itself with the same key does not wait for itself', async () => {
  const f: (key: string, depth: number) => Promise<number> = memoize(
    (_key: string, depth: number): Promise<number> | number =>
      depth === 0 ? 0 : f('k', depth - 1).then(below => below + 1),
    { cache: createCache(testStore()), name: 'f', ignore: [1] },
  )
  expect(await f('k', 3)).toBe(3)
})
