import { createCache, intercept, memoryStore, type SyncStore, thisHolder } from '@riposte/core'
import { expect, test } from 'vitest'
import { memoize, memoizeSync } from '../src/index.ts'
import { failingAt, settled, watched } from './caches.ts'

/** A store that others can use too, as far as its label says, and which of its operations were called. */
function shared() {
  const store: SyncStore = { ...memoryStore(), label: 'shared' }
  const names: string[] = []
  const seen = intercept(store, ({ name }, next) => {
    names.push(name)
    return next()
  })
  const { leases } = store
  if (leases === undefined) throw new Error('expected a store with leases')
  return { store, seen, leases, count: (name: string) => names.filter(one => one === name).length }
}

const ELSEWHERE = { ttlMs: 3_600_000, holder: { host: 'elsewhere', pid: 1, started: '1' } }
const keyOf = (digest: string): string => `call:${digest}`

test('a miss takes the lease of its call, and frees it with its record', async () => {
  const { seen, leases, count } = shared()
  const states: string[] = []
  const f = memoize(
    (x: number) => {
      states.push(leases.look(keyOf(f.digest(1))).state)
      return x
    },
    { cache: createCache(seen), name: 'f' },
  )
  expect([await f(1), await f(1)]).toEqual([1, 1])
  expect(states).toEqual(['held'])
  expect(leases.look(keyOf(f.digest(1))).state).toBe('free')
  expect([count('take'), count('release')]).toEqual([1, 1])
})

test('a body that throws, and a result that is not kept, free the lease as failed', async () => {
  const { store, leases } = shared()
  const cache = createCache(store)
  const throws = memoize(() => Promise.reject(new Error('no')), { cache, name: 'throws' })
  await expect(throws()).rejects.toThrow('no')
  expect(leases.look(keyOf(throws.digest())).state).toBe('failed')
  const forgets = memoize(() => 1, { cache, name: 'forgets', cacheIf: () => false })
  expect([await forgets(), await forgets()]).toEqual([1, 1])
  expect(leases.look(keyOf(forgets.digest())).state).toBe('failed')
})

test('no lease is taken in memory that no other process shares, with `lease: false`, and by memoizeSync', async () => {
  const taken: string[] = []
  const noting = (store: SyncStore) =>
    intercept(store, ({ name }, next) => {
      taken.push(name)
      return next()
    })
  await memoize(() => 1, { cache: createCache(noting(memoryStore())), name: 'f' })()
  await memoize(() => 1, { cache: createCache(noting(shared().store)), name: 'f', lease: false })()
  // The wrapper answers at once where the store does.
  memoizeSync(() => 1, { cache: createCache(noting(shared().store)) as never, name: 'f' })()
  expect(taken).toContain('commit')
  expect(taken).not.toContain('take')
})

test('who waits looks now and then, and goes on once the holder fails', async () => {
  const { seen, leases, count } = shared()
  let runs = 0
  const f = memoize(() => ++runs, { cache: createCache(seen), name: 'f' })
  const { held } = leases.take(keyOf(f.digest()), ELSEWHERE)
  const answered = f()
  await new Promise(resolve => setTimeout(resolve, 300))
  expect(runs).toBe(0)
  expect(count('look')).toBeGreaterThan(1)
  // With pauses of 2 ms and more; one that never paused would look many thousand times.
  expect(count('look')).toBeLessThan(100)
  leases.release(held!, 'failed')
  expect(await answered).toBe(1)
})

test('who waits takes the record once it is there, though the lease is held', async () => {
  const { store, leases } = shared()
  const options = { name: 'f', params: ['x'] } as const
  const other = memoize((x: number) => ({ by: 'other', x }), { ...options, cache: createCache(store), lease: false })
  const mine = memoize((x: number) => ({ by: 'mine', x }), { ...options, cache: createCache(store) })
  leases.take(keyOf(mine.digest(1)), ELSEWHERE)
  const answered = mine(1)
  await settled()
  await other(1)
  expect(await answered).toEqual({ by: 'other', x: 1 })
})

test('who waits and aborts is alone in that', async () => {
  const { store, leases } = shared()
  const f = memoize((x: number, _signal?: AbortSignal) => x, {
    cache: createCache(store),
    name: 'f',
    params: ['x', 'signal'],
    signal: 'signal',
  })
  const { held } = leases.take(keyOf(f.digest(1)), ELSEWHERE)
  const controller = new AbortController()
  const [first, second] = [f(1, controller.signal), f(1)]
  controller.abort()
  await expect(first).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  leases.release(held!, 'done')
  expect(await second).toBe(1)
})

test('nobody waits for a lease of the own process', async () => {
  const { store, leases } = shared()
  const f = memoize(() => 1, { cache: createCache(store), name: 'f' })
  leases.take(keyOf(f.digest()), { ttlMs: 3_600_000, holder: thisHolder() })
  expect(await f()).toBe(1)
})

test.each(['take', 'release', 'look'])('a store that fails at %s costs a warning at most', async name => {
  const { store, leases } = shared()
  const { cache, warnings } = watched(failingAt(store, [name]))
  const f = memoize(() => 1, { cache, name: 'f' })
  if (name === 'look') leases.take(keyOf(f.digest()), ELSEWHERE)
  expect(await f()).toBe(1)
  expect(warnings.map(({ code }) => code)).toEqual(name === 'release' ? [] : ['store'])
  expect(await f.contains()).toBe(true)
})
