// One table of rules for all forms: memoize, memoizeSync and memoizeMethod.
import { createCache } from '@riposte/core'
import { describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { failingAt, watched } from './caches.ts'
import { formsOn, type MakeForm } from './forms.ts'

const NAMES = ['memoize', 'memoizeSync', 'memoizeMethod'] as const

/** A cache, and one form on it. */
function open(name: (typeof NAMES)[number], store = testStore()) {
  const { cache, warnings } = watched(store)
  const make: MakeForm = formsOn(cache).find(([form]) => form === name)![1]
  return { cache, warnings, make, store }
}

describe.each(NAMES)('%s', name => {
  test('the body runs once for equal arguments, in another cache on the same store too', async () => {
    let runs = 0
    const body = (x: unknown): unknown => {
      runs += 1
      return { x }
    }
    const { make, store } = open(name)
    const f = make(body, { name: 'f' })
    expect([await f({ a: 1 }), await f({ a: 1 }), await open(name, store).make(body, { name: 'f' })({ a: 1 })]).toEqual(
      Array(3).fill({ x: { a: 1 } }),
    )
    expect(runs).toBe(1)
    await f({ a: 2 })
    expect(runs).toBe(2)
  })

  test.each([undefined, null, 0, -0, Number.NaN, '', false, 0n])('%s is kept by its presence', async value => {
    let runs = 0
    const f = open(name).make(
      () => {
        runs += 1
        return value
      },
      { name: 'f' },
    )
    expect([await f(1), await f(1)]).toStrictEqual([value, value])
    expect(runs).toBe(1)
  })

  test('later callers get copies of their own, whoever computed what the body returned', async () => {
    const original = { rows: [1] }
    const f = open(name).make(() => original, { name: 'f' })
    expect(await f()).toBe(original)
    const copies = [await f(), await f()]
    expect(copies).toEqual([original, original])
    expect(copies[0]).not.toBe(copies[1])
  })

  test('frozen results are one value, shared', async () => {
    const f = open(name).make(() => ({ rows: [1] }), { name: 'f', results: 'frozen' })
    await f()
    const [first, second] = [await f(), await f()]
    expect(first).toBe(second)
    expect(Object.isFrozen((first as { rows: unknown[] }).rows)).toBe(true)
    expect(f.peek()?.value).toBe(first)
  })

  test('errors are those of the body, unchanged, and not kept', async () => {
    const error = new Error('no')
    let runs = 0
    const f = open(name).make(
      () => {
        runs += 1
        throw error
      },
      { name: 'f' },
    )
    await expect(f()).rejects.toBe(error)
    await expect(f()).rejects.toBe(error)
    expect(runs).toBe(2)
  })

  test('arguments without a digest make a call run uncached, with one warning, or reject where it is strict', async () => {
    const { make, warnings } = open(name)
    const f = make(done => typeof done, { name: 'f' })
    expect([await f(() => {}), await f(() => {})]).toEqual(['function', 'function'])
    expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
    await expect(make(done => typeof done, { name: 'g', strict: true })(() => {})).rejects.toMatchObject({
      code: 'ERR_UNDIGESTIBLE',
    })
  })

  test('a store that fails costs a warning, or the call where it is to throw', async () => {
    const { make, warnings } = open(name, failingAt(testStore(), ['get', 'commit']) as ReturnType<typeof testStore>)
    const f = make(() => 3, { name: 'f' })
    expect([await f(), await f()]).toEqual([3, 3])
    expect(warnings.map(({ code }) => code)).toEqual(['store'])
    await expect(make(() => 3, { name: 'g', onStoreError: 'throw' })()).rejects.toThrow(/no get today/)
  })

  test('cacheIf, metadata, tags and params mean the same', async () => {
    let runs = 0
    const f = open(name).make(
      (x, y) => {
        runs += 1
        return [x, y]
      },
      {
        name: 'f',
        params: ['x', 'y'],
        tags: { team: 'a' },
        cacheIf: ([x]: [number]) => x > 1,
        metadata: ({ args }: { args: unknown[] }) => ({ own: { args } }),
      },
    )
    await f(1, 1, 'surplus')
    await f(1, 1)
    expect(runs).toBe(2)
    await f(2, undefined)
    await f(2)
    expect(runs).toBe(3)
    expect((await f.record(2))?.metadata).toMatchObject({ tags: { team: 'a' }, own: { args: [2] } })
  })

  test.each([
    ['primitives', [1, 'a', null, undefined, -0]],
    ['objects', [{ a: [1] }, new Map([[1, 2]])]],
    ['long text', ['x'.repeat(1000)]],
    ['no arguments', []],
    ['many arguments', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
  ])('hits and misses are counted alike: %s', async (_, args) => {
    const { make, cache, store } = open(name)
    const f = make((...given) => ({ given }), { name: 'f' })
    for (let i = 0; i < 4; i += 1) expect(await f(...args)).toStrictEqual({ given: args })
    expect(await cache.stats()).toMatchObject({ hits: 3, misses: 1 })
    const cold = open(name, store)
    expect(await cold.make((...given) => ({ given }), { name: 'f' })(...args)).toStrictEqual({ given: args })
    await f.rerun(...args)
    expect([await cache.stats(), await cold.cache.stats()]).toMatchObject([
      { hits: 3, misses: 2 },
      { hits: 1, misses: 0 },
    ])
  })

  test('a result that is too old is computed again, an error that is kept is thrown again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      let runs = 0
      const { make } = open(name)
      const f = make(() => ++runs, { name: 'f', maxAge: 1000 })
      const g = make(
        () => {
          throw new Error(`no ${++runs}`)
        },
        { name: 'g', cacheErrors: true },
      )
      expect([await f(), await f()]).toEqual([1, 1])
      vi.setSystemTime(Date.now() + 1000)
      expect([await f(), await f()]).toEqual([2, 2])
      await expect(g()).rejects.toThrow('no 3')
      await expect(g()).rejects.toThrow('no 3')
      expect(runs).toBe(3)
    } finally {
      vi.useRealTimers()
    }
  })

  test('the verbs are the same', async () => {
    let runs = 0
    const f = open(name).make(
      x => {
        runs += 1
        return [x, runs]
      },
      { name: 'f' },
    )
    expect(await f.contains(1)).toBe(false)
    await expect(f.load(1)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await f.seed([1], 'seeded')
    expect([await f(1), await f.load(1), f.peek(1)]).toEqual(['seeded', 'seeded', { value: 'seeded' }])
    expect(await f.rerun(1)).toEqual([1, 1])
    expect([await f(1), await f.evict(1), await f.contains(1)]).toEqual([[1, 1], true, false])
    expect((await f.ref(1)).digest).toMatch(/^[0-9a-f]{64}$/)
  })

  test('a body that calls itself with the same key runs again, as the function would', async () => {
    const { make } = open(name)
    const depths = [3, 2, 1]
    const f = make(key => (depths.length === 0 ? 'end' : [depths.pop(), f(key)].length), {
      name: 'f',
      key: () => ['k'],
    })
    expect(await f('k')).toBe(2)
  })
})

test('the forms of one function do not mix up their records', async () => {
  const cache = createCache(testStore())
  const [, [, sync], [, method]] = formsOn(cache) as [unknown, [string, MakeForm], [string, MakeForm]]
  expect(await sync(() => 'function', { name: 'f', namespace: 's' })(1)).toBe('function')
  expect(await method(() => 'method', { name: 'f', namespace: 'm' })(1)).toBe('method')
})
