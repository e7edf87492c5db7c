import { createCache, limited, memoryStore, type Store, voidStore } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Explanation, memoize } from '../src/index.ts'
import { answeringLater } from './caches.ts'

afterEach(() => void vi.useRealTimers())

const DAY = 86_400_000

describe.each([
  ['a store that answers now', (): Store => memoryStore()],
  ['a store that answers later', (): Store => answeringLater(memoryStore())],
])('on %s', (_, openStore) => {
  const open = (store = openStore()) => {
    const cache = createCache(store)
    return { cache, f: memoize(async (n: number) => n, { cache, name: 'f', params: ['n'] }) }
  }

  test.each<[string, (opened: ReturnType<typeof open>) => Promise<unknown>]>([
    ['evict of the function', ({ f }) => f.evict(1)],
    ['evict of the calls', ({ cache, f }) => cache.calls.evict(f.digest(1))],
    ['evict of the calls by a prefix', ({ cache, f }) => cache.calls.evict(f.digest(1).slice(0, 16))],
    ['evict of a query', ({ f }) => f.query({ n: 1 }).evict()],
    ['a transformation', ({ cache }) => cache.calls.transform(({ args }) => (args[0] === 1 ? undefined : {}))],
  ])('%s is told, with when and what to do', async (_name, evict) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) })
    const opened = open()
    const { f } = opened
    for (const n of [1, 2]) await f(n)
    await evict(opened)
    vi.setSystemTime(Date.now() + 180_000)
    const miss = await f.explain(1)
    expect(miss).toEqual({
      outcome: 'miss',
      reason: 'evicted',
      differences: [],
      evictedAt: expect.closeTo(Date.UTC(2026, 0, 1), -2),
    })
    const [said, remedy, ...more] = `${miss}`.split('\n')
    expect(said).toMatch(/^a call of "f" misses: its record [0-9a-f]{12}… was evicted at 2026-01-01T00:00:00/)
    expect(said).toContain(f.digest(1).slice(0, 12))
    expect(said).toMatch(/, [23] min ago, by its digest, its arguments or a query$/)
    expect(remedy).toContain('the next call computes it again')
    expect(more).toEqual([])
    expect((await f.explain(2)).outcome).toBe('hit')
  })

  test('a limit of the cache is told, and that it may be raised', async () => {
    const { cache, f } = open()
    for (const n of [1, 2]) await f(n)
    await cache.limit({ items: 1 })
    const miss = await f.explain(1)
    expect(miss).toMatchObject({ reason: 'evicted' })
    expect(`${miss}`).toMatch(/by a limit of the cache or of its store\n {2}.*raise the bounds/)
  })

  test('a limit of the store is told', async () => {
    const { f } = open(limited(openStore(), { items: 2 }))
    for (const n of [1, 2]) await f(n)
    expect(`${await f.explain(1)}`).toContain('by a limit of the cache or of its store')
  })

  test('what was never called was not evicted, though somebody tried', async () => {
    const { f } = open()
    await f(1)
    await f.evict(2)
    expect(await f.explain(2)).toMatchObject({ reason: 'arguments', nearest: f.digest(1) })
  })

  test('a record that was made anew hits, and what is evicted of it then is the last', async () => {
    const { cache, f } = open()
    await f(1)
    await f.evict(1)
    await f(1)
    expect((await f.explain(1)).outcome).toBe('hit')
    await cache.limit({ items: 0 })
    expect(`${await f.explain(1)}`).toContain('by a limit')
  })

  test('after 30 days it is forgotten', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const { f } = open()
    await f(1)
    await f.evict(1)
    const reason = async (): Promise<string> => {
      const told: Explanation = await f.explain(1)
      return told.outcome === 'hit' ? 'hit' : told.reason
    }
    vi.setSystemTime(Date.now() + 29 * DAY)
    expect(await reason()).toBe('evicted')
    vi.setSystemTime(Date.now() + 2 * DAY)
    expect(await reason()).toBe('never called')
  })
})

test('a store that remembers nothing says what it knows', async () => {
  const f = memoize(async (n: number) => n, { cache: createCache(voidStore(), { hot: false }), name: 'f' })
  await f(1)
  await f.evict(1)
  expect(await f.explain(1)).toMatchObject({ reason: 'never called' })
})
