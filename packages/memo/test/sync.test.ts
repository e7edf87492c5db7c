import { createCache, perKeyLock } from '@riposte/core'
import { expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoizeSync, setDefaultCache } from '../src/index.ts'
import { answeringLater, watched } from './caches.ts'

test('a result is there at once, computed or recorded', () => {
  const cache = createCache(testStore())
  let runs = 0
  const f = memoizeSync(
    (text: string, options: { upper?: boolean } = {}) => {
      runs += 1
      return { text: options.upper === true ? text.toUpperCase() : text }
    },
    { cache, name: 'f', params: ['text', 'options'] },
  )
  expect([f('a', { upper: true }), f('a', { upper: true }), f('b'), f('b')]).toEqual([
    { text: 'A' },
    { text: 'A' },
    { text: 'b' },
    { text: 'b' },
  ])
  expect(runs).toBe(2)
})

test('what the body throws is thrown, at once and unchanged', () => {
  const error = new Error('no')
  const f = memoizeSync(
    () => {
      throw error
    },
    { cache: createCache(testStore()), name: 'f' },
  )
  let thrown: unknown
  try {
    f()
  } catch (reason) {
    thrown = reason
  }
  expect(thrown).toBe(error)
})

test.each([
  ['a store that answers later', () => answeringLater(testStore())],
  ['a lock that promises', () => perKeyLock(testStore())],
])('%s is refused at the first call, before the body runs', (_, openStore) => {
  let runs = 0
  const f = memoizeSync(() => ++runs, { cache: createCache(openStore()) as never, name: 'f' })
  expect(() => f()).toThrow(TypeError)
  expect(() => f()).toThrow(/"f".*memoizeSync.*sync: true/)
  expect(runs).toBe(0)
})

test('without a cache the first call says so', () => {
  const f = memoizeSync(() => 1, { name: 'f' })
  expect(() => f()).toThrow(/setDefaultCache/)
  using _ = setDefaultCache(createCache(testStore()))
  expect(f()).toBe(1)
})

test('it joins nobody: a call that comes while the same call runs, runs', async () => {
  const cache = createCache(testStore())
  let runs = 0
  const f: (x: number) => number = memoizeSync(
    (x: number) => {
      runs += 1
      return runs < 3 ? f(x) + 1 : 0
    },
    { cache, name: 'f' },
  )
  expect(f(1)).toBe(2)
  expect(runs).toBe(3)
  // The one that ended first is on record.
  expect(f(1)).toBe(0)
})

test('what a body promises reaches its caller, and is not kept', async () => {
  const { cache, warnings } = watched()
  // Wrong on purpose: the types refuse it where they see it.
  const f = memoizeSync((async x => x) as (x: number) => unknown, { cache, name: 'f' })
  expect(await f(1)).toBe(1)
  expect(await f.withRefs(2)).toBe(2)
  expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
})

test('metadata that promises is refused with a warning; the result is not', () => {
  const { cache, warnings } = watched()
  const f = memoizeSync(() => 3, { cache, name: 'f', metadata: async () => ({ own: {} }) })
  expect(f()).toBe(3)
  expect(warnings[0]?.message).toMatch(/at once/)
})

test('a stale result is renewed after the caller has it', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    let runs = 0
    const options = { cache: createCache(testStore()), name: 'f', maxAge: 1000, staleWhileRevalidate: 1000 }
    const f = memoizeSync(() => ++runs, options)
    expect(f()).toBe(1)
    vi.setSystemTime(Date.now() + 1500)
    expect([f(), f(), runs]).toEqual([1, 1, 1])
    await new Promise(setImmediate)
    expect([f(), runs]).toEqual([2, 2])
  } finally {
    vi.useRealTimers()
  }
})
