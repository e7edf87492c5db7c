import { type Cache, createCache, digest, intercept, limited, type Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { failingAt, watched } from './caches.ts'
import { collectGarbage } from './collect-garbage.ts'

/** A store that counts what is asked of it. */
function counting(): { readonly store: Store; readonly operations: () => number } {
  let operations = 0
  const store = intercept(testStore() as Store, (_operation, next) => {
    operations += 1
    return next()
  })
  return { store, operations: () => operations }
}

const ARGUMENTS: readonly (readonly unknown[])[] = [
  [],
  [1],
  [-0],
  [Number.NaN],
  ['1', true, undefined, null, 10n],
  ['long'.repeat(200)],
  [{ a: [1] }],
]

test.each(ARGUMENTS)('a hot call asks nothing of the store: %j', async (...args) => {
  const { store, operations } = counting()
  const f = memoize((...xs: unknown[]) => ({ xs }), { cache: createCache(store, { hotFor: 1e9 }), name: 'f' })
  await f(...args)
  const before = operations()
  expect(await f(...args)).toStrictEqual({ xs: args })
  expect(await f(...args)).not.toBe(await f(...args))
  expect(operations()).toBe(before)
})

test.each([
  ['hotFor: 0', { hotFor: 0 }],
  ['hot: false', { hot: false }],
] as const)('with %s every call looks at the store', async (_, options) => {
  const { store, operations } = counting()
  const f = memoize((x: number) => x, { cache: createCache(store, options), name: 'f' })
  await f(1)
  const before = operations()
  expect([await f(1), await f(1)]).toEqual([1, 1])
  expect(operations()).toBeGreaterThanOrEqual(before + 2)
  expect(f.peek(1)).toBeUndefined()
})

test('what another cache on the store has changed is seen when the entry is no longer hot', async () => {
  const store = testStore()
  const fn = (): number => 1
  const here = memoize(fn, { cache: createCache(store, { hotFor: 0 }), name: 'f' })
  const there = memoize(fn, { cache: createCache(store), name: 'f' })
  expect(await here()).toBe(1)
  await there.seed([], 2)
  expect(await here()).toBe(2)
})

describe('a hot entry is dropped or replaced', () => {
  const open = (): Cache => createCache(testStore(), { hotFor: 1e9 })

  test('by evict', async () => {
    let runs = 0
    const f = memoize((_x: number) => ++runs, { cache: open(), name: 'f' })
    await f(1)
    expect(await f.evict(1)).toBe(true)
    expect(f.peek(1)).toBeUndefined()
    expect(await f(1)).toBe(2)
  })

  test('by rerun', async () => {
    let runs = 0
    const f = memoize((_x: number) => ++runs, { cache: open(), name: 'f' })
    await f(1)
    expect(await f.rerun(1)).toBe(2)
    expect([f.peek(1), await f(1), await f.load(1)]).toEqual([{ value: 2 }, 2, 2])
  })

  test('by seed', async () => {
    const f = memoize((x: number) => x, { cache: open(), name: 'f' })
    await f(1)
    await f.seed([1], 9)
    expect([f.peek(1), await f(1), await f.load(1)]).toEqual([{ value: 9 }, 9, 9])
  })
})

test('peek looks in memory only', async () => {
  const store = testStore()
  const fn = (x: number): { x: number } => ({ x })
  await memoize(fn, { cache: createCache(store), name: 'f' })(1)
  const f = memoize(fn, { cache: createCache(store), name: 'f' })
  expect(f.peek(1)).toBeUndefined()
  await f(1)
  expect(f.peek(1)).toEqual({ value: { x: 1 } })
  expect(f.peek(1)?.value).not.toBe(f.peek(1)?.value)
  const nothing = memoize(() => undefined, { cache: createCache(store), name: 'nothing' })
  await nothing()
  expect(nothing.peek()).toEqual({ value: undefined })
})

test('frozen results are hot too: the store is not asked', async () => {
  const failing = { on: false }
  const { cache } = watched(failingAt(testStore(), ['get'], failing), {})
  let runs = 0
  const f = memoize(async (x: number) => ({ x, runs: ++runs }), { cache, name: 'f', results: 'frozen' })
  await f(1)
  const first = await f(1)
  failing.on = true
  expect(await f(1)).toBe(first)
  expect((await f.ref(1)).digest).toBe(digest(first))
  expect(runs).toBe(1)
})

test('of frozen results only those are kept whose calls are hot', async () => {
  const cache = createCache(testStore(), { hot: { entries: 1 }, hotFor: 1e9 })
  const f = memoize(async (x: number) => ({ x }), { cache, name: 'f', results: 'frozen' })
  const hit = async (x: number): Promise<WeakRef<object>> => {
    await f(x)
    return new WeakRef(await f(x))
  }
  const [first, last] = [await hit(1), await hit(2)]
  await collectGarbage(() => first.deref() === undefined)
  expect([first.deref(), last.deref()]).toEqual([undefined, { x: 2 }])
})

describe('what was forgotten while it was read does not become hot', () => {
  const FORGETTING: readonly (readonly [string, (f: Forgettable, cache: Cache) => Promise<unknown>])[] = [
    ['evict', f => f.evict(1)],
    ['rerun', f => f.rerun(1)],
    ['seed', f => f.seed([1], 100)],
    ['calls.evict', (f, cache) => cache.calls.evict(f.digest(1))],
    ['query().evict', f => f.query().evict()],
    ['limit', (_, cache) => cache.limit({ items: 0 })],
  ]
  type Forgettable = ReturnType<typeof counted>

  function counted(cache: Cache, next: () => number) {
    return memoize(async (_key: number) => next(), { cache, name: 'f', params: ['key'] })
  }

  test.each(FORGETTING)('%s', async (_, forget) => {
    let runs = 0
    let reading: { readonly entered: () => void; readonly held: Promise<void> } | undefined
    const store = intercept(testStore() as Store, async ({ name }, next) => {
      const read: unknown = await next()
      if (name === 'get' && reading !== undefined) {
        const { entered, held } = reading
        reading = undefined
        entered()
        await held
      }
      return read as never
    })
    const next = (): number => (runs += 1)
    await counted(createCache(store, { hot: false }), next)(1)

    const cache = createCache(store)
    const f = counted(cache, next)
    let goOn: (() => void) | undefined
    const held = new Promise<void>(resolve => (goOn = resolve))
    const inside = new Promise<void>(entered => (reading = { entered, held }))
    const answer = f(1)
    await inside
    await forget(f, cache)
    goOn?.()
    await answer
    expect(await f(1)).not.toBe(1)
  })
})

test('calls that the store has let go of are evicted from memory too', async () => {
  const cache = createCache(limited(testStore(), { items: 4 }))
  let runs = 0
  const f = memoize(async (_key: number) => (runs += 1), { cache, name: 'f', params: ['key'] })
  for (const key of [1, 2, 3, 4, 5]) await f(key)
  await f.query().evict()
  expect(await f(1)).toBe(6)
})
