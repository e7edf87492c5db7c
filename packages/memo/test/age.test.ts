import { createCache, intercept } from '@riposte/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, deferred, settled, watched } from './caches.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms)
}

/** A function that counts its runs. */
function counting(options: object, store = testStore()) {
  const { cache, warnings } = watched(store)
  let runs = 0
  const f = memoize(
    async (_key: string): Promise<number> => {
      runs += 1
      return runs
    },
    { cache, name: 'f', ...options },
  )
  return { f, cache, warnings, runs: () => runs }
}

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore()) as ReturnType<typeof testStore>],
])('on %s', (_, openStore) => {
  test('a record is used until it expires, in the hot table and in the store', async () => {
    const store = openStore()
    const { f } = counting({ maxAge: 1000 }, store)
    expect([await f('a'), await f('a')]).toEqual([1, 1])
    pass(999)
    expect(await f('a')).toBe(1)
    expect(await counting({ maxAge: 1000 }, store).f('a')).toBe(1)
    pass(1)
    expect([f.peek('a'), await f.contains('a')]).toEqual([undefined, false])
    await expect(f.load('a')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect([await f('a'), await f('a')]).toEqual([2, 2])
    pass(1000)
    expect([(await f.ref('a')).digest, await f('a')]).toEqual([(await f.ref('a')).digest, 3])
  })

  test('the age is that of the record, whatever the function says that finds it', async () => {
    const store = openStore()
    await counting({ maxAge: 1000 }, store).f('a')
    pass(500)
    expect(await counting({}, store).f('a')).toBe(1)
    expect(await counting({ maxAge: 1 }, store).f('a')).toBe(1)
    pass(500)
    const { f, runs } = counting({}, store)
    await f('a')
    expect(runs()).toBe(1)
    pass(1e9)
    await counting({ maxAge: 1 }, store).f('a')
    expect((await f.record('a'))?.expiresAt).toBeUndefined()
  })

  test('it may depend on the result and the arguments', async () => {
    const { f } = counting({ maxAge: (result: number, key: string) => result * 100 + key.length }, openStore())
    await f('abc')
    expect((await f.record('abc'))?.expiresAt).toBe(Date.now() + 103)
    await f.seed(['ab'], 5)
    expect((await f.record('ab'))?.expiresAt).toBe(Date.now() + 502)
  })

  test('a maxAge that returns no age costs the record, not the result', async () => {
    const { f, warnings } = counting({ maxAge: () => Number.NaN }, openStore())
    expect([await f('a'), await f('a')]).toEqual([1, 2])
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('maxAge')])
  })

  test('a stale result is answered, and renewed once in the background', async () => {
    const { f, runs } = counting({ maxAge: 1000, staleWhileRevalidate: 500 }, openStore())
    await f('a')
    pass(1200)
    expect(await Promise.all([f('a'), f('a'), f('a')])).toEqual([1, 1, 1])
    await settled()
    await settled()
    expect(runs()).toBe(2)
    expect(await f('a')).toBe(2)
    pass(1600)
    expect([await f('a'), runs()]).toEqual([3, 3])
  })

  test('a renewal that fails costs a warning, and the stale result stays', async () => {
    const { cache, warnings } = watched(openStore())
    let fails = false
    const f = memoize(
      async () => {
        if (fails) throw new Error('no network')
        return 'old'
      },
      { cache, name: 'f', maxAge: 1000, staleWhileRevalidate: 5000 },
    )
    await f()
    pass(1500)
    fails = true
    expect(await f()).toBe('old')
    await settled()
    await settled()
    expect(await f()).toBe('old')
    await settled()
    await settled()
    expect(warnings.map(({ code }) => code)).toEqual(['refresh', 'refresh'])
    expect(warnings[0]?.message).toContain('no network')
  })

  test('callers do not wait for a renewal while there is a stale result, and do when there is none', async () => {
    const gate = deferred<string>()
    const { cache } = watched(openStore())
    let runs = 0
    const f = memoize(() => (runs++ === 0 ? Promise.resolve('old') : gate.promise), {
      cache,
      name: 'f',
      maxAge: 1000,
      staleWhileRevalidate: 500,
    })
    await f()
    pass(1200)
    expect([await f(), await f()]).toEqual(['old', 'old'])
    await settled()
    pass(400)
    const waiting = f()
    await settled()
    gate.resolve('new')
    expect(await waiting).toBe('new')
    expect(runs).toBe(2)
  })
})

test('what was read before a renewal ended is not renewed once more', async () => {
  let late: Promise<void> | undefined
  const store = intercept(testStore(), async ({ intent }, next) => {
    const answered = await next()
    if (intent === 'read') await late
    return answered
  })
  const renewed = deferred<string>()
  let runs = 0
  const f = memoize(() => (++runs === 2 ? renewed.promise : Promise.resolve('old')), {
    cache: createCache(store),
    name: 'f',
    maxAge: 1000,
    staleWhileRevalidate: 5000,
  })
  await f()
  pass(1200)
  expect(await f()).toBe('old')
  await settled()
  const reading = deferred<void>()
  late = reading.promise
  const asked = f()
  await settled()
  late = undefined
  renewed.resolve('new')
  await settled()
  reading.resolve()
  expect(await asked).toBe('new')
  await settled()
  expect(runs).toBe(2)
})

test('with arguments that were changed meanwhile there is no renewal', async () => {
  const { cache, warnings } = watched()
  let runs = 0
  const f = memoize(async (_x: number[]) => ++runs, { cache, name: 'f', maxAge: 1000, staleWhileRevalidate: 5000 })
  await f([1])
  pass(1500)
  const argument = [1]
  const called = f(argument)
  argument.push(2)
  expect(await called).toBe(1)
  await settled()
  expect(runs).toBe(1)
  expect(warnings).toEqual([])
  await f([1])
  await settled()
  expect(runs).toBe(2)
})

test.each([-1, Number.NaN])('a maxAge of %d is refused', maxAge => {
  expect(() => memoize(async () => 1, { name: 'f', maxAge })).toThrow(RangeError)
  expect(() => memoize(async () => 1, { name: 'f', staleWhileRevalidate: maxAge })).toThrow(RangeError)
})

test('an infinite age is none', async () => {
  const f = memoize(async () => 1, { cache: createCache(testStore()), name: 'f', maxAge: Number.POSITIVE_INFINITY })
  await f()
  expect((await f.record())?.expiresAt).toBeUndefined()
})

test('a cache waits for a renewal under way before it closes', async () => {
  const store = testStore()
  const touched = (): number => [...store.calls.list()][0]!.touched
  let atClose = 0
  const cache = createCache({
    ...store,
    close() {
      atClose = touched()
      store.close()
    },
  })
  const gate = deferred<void>()
  let runs = 0
  const f = memoize(
    async () => {
      runs += 1
      if (runs === 2) await gate.promise
      return runs
    },
    { cache, name: 'f', maxAge: 1000, staleWhileRevalidate: 1000 },
  )
  await f()
  const recorded = touched()
  pass(1500)
  expect(await f()).toBe(1)
  await settled()
  const closing = cache.close()
  await expect(f.load()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  gate.resolve()
  await closing
  expect(runs).toBe(2)
  expect(atClose).toBeGreaterThan(recorded)
})
