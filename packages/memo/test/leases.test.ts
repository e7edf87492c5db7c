import { createCache, intercept, memoryStore, type Store, type SyncStore, thisHolder } from '@riposte/core'
import { afterEach, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { type Memoized, memoize, memoizeSync } from '../src/index.ts'
import { deferred, failingAt, settled, watched } from './caches.ts'

afterEach(() => void vi.useRealTimers())

/** A store that others can use too, as far as it says, and which of its operations were called. */
function shared(memory = testStore()) {
  const store: SyncStore = { ...memory, leases: memory.leases && { ...memory.leases, shared: true } }
  const names: string[] = []
  const seen = intercept(store, ({ name }, next) => {
    names.push(name)
    return next()
  })
  const { leases } = store
  if (leases === undefined) throw new Error('expected a store with leases')
  return { store, seen, leases, count: (name: string) => names.filter(one => one === name).length }
}

const ELSEWHERE = { ttlMs: 3_600_000, holder: { host: 'elsewhere', pid: 1, started: '1', thread: '' } }
const keyOf = (digest: string): string => `call:${digest}`

test('a miss takes the lease of its call, and frees it with its record', async () => {
  const { seen, leases, count } = shared(memoryStore())
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

test('a store that ends leases with a commit is not asked to release them', async () => {
  const { seen, leases, count } = shared()
  const ended: string[] = []
  const ending: SyncStore = {
    ...seen,
    commit(batch) {
      const result = seen.commit(batch)
      for (const lease of batch.releases ?? []) {
        ended.push(lease.key)
        leases.release(lease, 'done')
      }
      return { ...result, released: true }
    },
  }
  const cache = createCache(ending)
  const f = memoize((x: number) => x, { cache, name: 'f' })
  expect(await Promise.all([f(1), f(2), f(3)])).toEqual([1, 2, 3])
  expect(ended).toEqual([1, 2, 3].map(x => keyOf(f.digest(x))))
  expect(count('release')).toBe(0)
  // What is not recorded ends its lease by itself.
  await memoize(() => 1, { cache, name: 'g', cacheIf: () => false })()
  expect([ended.length, count('release')]).toEqual([3, 1])
})

test('nobody waits for the end of a lease but who closes the cache', async () => {
  const { store, leases } = shared(memoryStore())
  const gate = deferred<void>()
  const slow: Store = {
    ...store,
    leases: {
      ...leases,
      release: async (lease, outcome) => {
        await gate.promise
        return leases.release(lease, outcome)
      },
    },
  }
  const cache = createCache(slow)
  const f = memoize((x: number) => x, { cache, name: 'f' })
  expect(await f(1)).toBe(1)
  expect(leases.look(keyOf(f.digest(1))).state).toBe('held')
  let closed = false
  const closing = cache.close().then(() => {
    closed = true
  })
  await settled()
  expect(closed).toBe(false)
  gate.resolve()
  await closing
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

test('who waits long is told once whom for, and how not to wait', async () => {
  const { store, leases } = shared()
  const { cache, warnings } = watched(store)
  const f = memoize((x: number) => x, { cache, name: 'f' })
  const held = [1, 2, 3].map(x => leases.take(keyOf(f.digest(x)), ELSEWHERE).held!)
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const short = f(1)
  await vi.advanceTimersByTimeAsync(5000)
  leases.release(held[0]!, 'done')
  await vi.advanceTimersByTimeAsync(100)
  expect(await short).toBe(1)
  const long = Promise.all([f(2), f(3)])
  await vi.advanceTimersByTimeAsync(9000)
  expect(warnings).toEqual([])
  await vi.advanceTimersByTimeAsync(2000)
  const message =
    '"f" waits for process 1 on host elsewhere, which computes the same call; { lease: false } does not wait'
  expect(warnings).toEqual([{ code: 'waiting', message }])
  for (const lease of held.slice(1)) leases.release(lease, 'done')
  await vi.advanceTimersByTimeAsync(100)
  expect(await long).toEqual([2, 3])
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

test('who waits for another thread is told so', async () => {
  const { store, leases } = shared()
  const { cache, warnings } = watched(store)
  const f = memoize((x: number) => x, { cache, name: 'f' })
  const { held } = leases.take(keyOf(f.digest(1)), { ...ELSEWHERE, holder: { ...ELSEWHERE.holder, thread: '2' } })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const answered = f(1)
  await vi.advanceTimersByTimeAsync(11_000)
  expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('a thread of process 1 on host')])
  leases.release(held!, 'done')
  await vi.advanceTimersByTimeAsync(100)
  expect(await answered).toBe(1)
})

test('a lease of another thread of the process is waited for', async () => {
  const { store, leases } = shared()
  let runs = 0
  const f = memoize(() => ++runs, { cache: createCache(store), name: 'f' })
  const { held } = leases.take(keyOf(f.digest()), { ttlMs: 3_600_000, holder: { ...thisHolder(), thread: 'another' } })
  const answered = f()
  await new Promise(resolve => setTimeout(resolve, 100))
  expect(runs).toBe(0)
  leases.release(held!, 'done')
  expect(await answered).toBe(1)
})

test('nobody waits for a lease of the own thread', async () => {
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

test('a call that is queued behind `concurrency` holds no lease', async () => {
  const { store, leases } = shared()
  const gate = deferred<void>()
  const f = memoize((_x: number) => gate.promise, { cache: createCache(store), name: 'f', concurrency: 2 })
  const answered = Promise.all([f(1), f(2), f(3), f(4)])
  const stateOf = (x: number): string => leases.look(keyOf(f.digest(x))).state
  await vi.waitUntil(() => stateOf(2) === 'held')
  const states = [1, 2, 3, 4].map(stateOf)
  gate.resolve()
  await answered
  expect(states).toEqual(['held', 'held', 'free', 'free'])
})

test('a call that waits for another process leaves its slot to others, and takes one again', async () => {
  const { store, leases } = shared()
  const gate = deferred<void>()
  let running = 0
  let most = 0
  const f = memoize(
    async (x: number) => {
      running += 1
      most = Math.max(most, running)
      await (x === 3 ? gate.promise : settled())
      running -= 1
      return x
    },
    { cache: createCache(store), name: 'f', concurrency: 1 },
  )
  const { held } = leases.take(keyOf(f.digest(1)), ELSEWHERE)
  const first = f(1)
  expect(await f(2)).toBe(2)
  const third = f(3)
  await settled()
  leases.release(held!, 'failed')
  gate.resolve()
  expect(await Promise.all([first, third])).toEqual([1, 3])
  expect(most).toBe(1)
})

test('what another process records while a call is queued is not computed again', async () => {
  const { store, seen, count } = shared()
  const options = { name: 'f', params: ['x'], concurrency: 1 } as const
  const gate = deferred<void>()
  const other = memoize((x: number) => ({ by: 'other', x }), { ...options, cache: createCache(store) })
  const mine = memoize(
    async (x: number) => {
      await gate.promise
      return { by: 'mine', x }
    },
    { ...options, cache: createCache(seen) },
  )
  const answered = Promise.all([mine(1), mine(2)])
  await settled()
  await other(2)
  gate.resolve()
  expect(await answered).toEqual([
    { by: 'mine', x: 1 },
    { by: 'other', x: 2 },
  ])
  expect(count('take')).toBe(1)
})

test('arguments that change while their call is queued are not recorded under what they were', async () => {
  const { store } = shared()
  const { cache, warnings } = watched(store)
  const gate = deferred<void>()
  const f = memoize(
    async ({ x }: { x: number }) => {
      await gate.promise
      return x
    },
    { cache, name: 'f', concurrency: 1 },
  )
  const first = f({ x: 1 })
  const argument = { x: 2 }
  const second = f(argument)
  argument.x = 3
  gate.resolve()
  expect(await Promise.all([first, second])).toEqual([1, 3])
  expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
  expect([await f.contains({ x: 2 }), await f.contains({ x: 3 })]).toEqual([false, false])
})

test('a call that is aborted while it is queued does not run, and holds up nobody', async () => {
  const { store } = shared()
  const gate = deferred<void>()
  const ran: number[] = []
  const f = memoize(
    async (x: number, _signal?: AbortSignal) => {
      ran.push(x)
      await gate.promise
      return x
    },
    { cache: createCache(store), name: 'f', params: ['x', 'signal'], signal: 'signal', concurrency: 1 },
  )
  const controller = new AbortController()
  const first = f(1)
  const second = f(2, controller.signal)
  const third = f(3)
  await settled()
  controller.abort()
  await expect(second).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  gate.resolve()
  expect(await Promise.all([first, third])).toEqual([1, 3])
  expect(ran).toEqual([1, 3])
})

test('a body that waits for a call which waits for another process, and then for a slot, does not wait for ever', async () => {
  const { store, leases } = shared()
  const f: Memoized<(x: string) => Promise<string>> = memoize(
    async (x: string): Promise<string> => (x === 'outer' ? `outer ${await f('inner')}` : x),
    { cache: createCache(store), name: 'f', concurrency: 1 },
  )
  const { held } = leases.take(keyOf(f.digest('inner')), ELSEWHERE)
  const inner = f('inner')
  await settled()
  const outer = f('outer')
  await settled()
  leases.release(held!, 'done')
  expect(await Promise.all([outer, inner])).toEqual(['outer inner', 'inner'])
})
