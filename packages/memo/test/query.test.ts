import { ANY, createCache, createRegistry, exact, ref } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'

const open = () => createCache(testStore())
type Records = AsyncIterable<{ loadArgs(): Promise<object> }> & { count(): Promise<number> }

/** The arguments of the records that a query finds, sorted. */
async function argumentsOf(query: Records): Promise<unknown[]> {
  const found: object[] = []
  for await (const record of query) found.push(await record.loadArgs())
  return found.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
}

test('by name, by position, and all', async () => {
  const f = memoize((user: string, day: number) => `${user} ${day}`, {
    cache: open(),
    name: 'f',
    params: ['user', 'day'],
  })
  await Promise.all([f('ada', 1), f('ada', 2), f('bob', 1)])
  expect(await argumentsOf(f.query())).toHaveLength(3)
  expect(await argumentsOf(f.query({ user: 'ada' }))).toEqual([
    ['ada', 1],
    ['ada', 2],
  ])
  expect(await argumentsOf(f.query({ user: ANY, day: 1 }))).toEqual([
    ['ada', 1],
    ['bob', 1],
  ])
  expect(await argumentsOf(f.query([ANY, 2]))).toEqual([['ada', 2]])
  expect(await argumentsOf(f.query(['bob']))).toEqual([['bob', 1]])
  expect(await argumentsOf(f.query({ user: 'eve' }))).toEqual([])
})

test('only calls of this function and version', async () => {
  const cache = open()
  const fn = (x: number): number => x
  const functions = [
    memoize(fn, { cache, name: 'f' }),
    memoize(fn, { cache, name: 'f', version: 1 }),
    memoize(fn, { cache, name: 'f', namespace: 'n' }),
    memoize(fn, { cache, name: 'g' }),
  ]
  for (const f of functions) await f(1)
  for (const f of functions) expect(await f.query().count()).toBe(1)
})

test('null and undefined are data, and a declared argument left out is undefined', async () => {
  const f = memoize((a?: unknown, b?: unknown) => [a, b], { cache: open(), name: 'f', params: ['a', 'b'] })
  await f(1, null)
  await f(1)
  await f(undefined, 2)
  expect(await argumentsOf(f.query({ b: null }))).toEqual([[1, null]])
  expect(await argumentsOf(f.query({ b: undefined }))).toEqual([[1]])
  expect(await argumentsOf(f.query([ANY, undefined]))).toEqual([[1]])
  expect(await argumentsOf(f.query({ a: undefined }))).toEqual([[undefined, 2]])
  expect(await f.query({ a: ANY, b: ANY }).count()).toBe(3)
})

test('a rest is matched whole', async () => {
  const f = memoize((a: string, ...xs: (number | undefined)[]) => [a, ...xs], {
    cache: open(),
    name: 'f',
    params: ['a', '...xs'],
  })
  await Promise.all([f('p'), f('p', 1), f('p', 1, 2), f('q', 1, 2), f('p', 1, 2, undefined)])
  expect(await f.query({ xs: [1, 2] }).count()).toBe(2)
  expect(await argumentsOf(f.query({ a: 'p', xs: exact([1, 2]) }))).toEqual([['p', 1, 2]])
  expect(await argumentsOf(f.query({ xs: [] }))).toEqual([['p']])
  expect(await f.query({ xs: ANY }).count()).toBe(5)
  expect(await argumentsOf(f.query(['p', 1, 2, undefined]))).toEqual([['p', 1, 2, undefined]])
})

test('a plain object matches in part, exact wholly, a ref by digest', async () => {
  const cache = open()
  const f = memoize((options: { user: number; deep?: { a: number; b?: number } }) => options, {
    cache,
    name: 'f',
    params: ['options'],
  })
  await f({ user: 1 })
  await f({ user: 1, deep: { a: 1, b: 2 } })
  expect(await f.query({ options: { user: 1 } }).count()).toBe(2)
  expect(await f.query({ options: { deep: { a: 1 } } }).count()).toBe(1)
  expect(await f.query({ options: exact({ user: 1 }) }).count()).toBe(1)
  expect(await f.query({ options: ref(await cache.values.save({ user: 1 })) }).count()).toBe(1)
})

test('by result, by metadata, and by tags', async () => {
  const f = memoize((x: number) => ({ x, even: x % 2 === 0 }), {
    cache: open(),
    name: 'f',
    tags: { project: 'p' },
    metadata: ({ args: [x], result }) => ({ cost: { usd: x / 10, even: result.even } }),
  })
  for (const x of [1, 2, 3]) await f(x)
  expect(await argumentsOf(f.query([], { result: exact({ x: 2, even: true }) }))).toEqual([[2]])
  expect(await argumentsOf(f.query([], { metadata: { cost: { usd: { gt: 0.1 } } } }))).toEqual([[2], [3]])
  expect(await argumentsOf(f.query([ANY], { metadata: { cost: { even: true } } }))).toEqual([[2]])
  expect(await f.query([], { metadata: { tags: { project: 'p' } } }).count()).toBe(3)
  expect(await f.query([], { metadata: { tags: { project: 'q' } } }).count()).toBe(0)
  const record = await f.query([1]).only()
  expect(record.metadata).toEqual({
    cost: { usd: 0.1, even: false },
    tags: { project: 'p' },
    runtime: { startedAt: expect.any(Number), durationMs: expect.any(Number) },
  })
  expect(record.metadata.runtime?.startedAt).toBeGreaterThan(Date.UTC(2020))
  expect(record.metadata.runtime?.durationMs).toBeGreaterThanOrEqual(0)
})

test('metadata may be promised', async () => {
  const f = memoize((x: number) => x, {
    cache: open(),
    name: 'f',
    metadata: async ({ result }) => ({ own: { result } }),
  })
  await f(1)
  expect((await f.query().only()).metadata.own).toEqual({ result: 1 })
})

describe('by what key returned', () => {
  const make = () =>
    memoize((page: { url: string; depth: number }) => page.url, {
      cache: open(),
      name: 'f',
      key: ({ url, depth }) => ({ url, depth }),
    })

  test('through every step of a query', async () => {
    const f = make()
    for (const depth of [1, 2, 3]) await f({ url: 'a', depth })
    await f({ url: 'b', depth: 1 })
    const query = f.query({ url: 'a' })
    expect(await query.count()).toBe(3)
    expect((await query.toArray()).map(({ args }) => args.url)).toEqual(['a', 'a', 'a'])
    expect((await query.filter(({ args }) => args.depth === 2).only()).args).toEqual({ url: 'a', depth: 2 })
    expect(await query.map(({ args }) => args.url).toArray()).toEqual(['a', 'a', 'a'])
    expect((await query.skip(1).take(1).first())?.args.url).toBe('a')
    expect((await query.latest())?.args.url).toBe('a')
    expect(await f.query({ url: 'c' }).first()).toBeUndefined()
    expect(await argumentsOf(f.query({ depth: 1 }))).toEqual([
      { url: 'a', depth: 1 },
      { url: 'b', depth: 1 },
    ])
    expect(await query.evict()).toBe(3)
    expect(await f.query().count()).toBe(1)
  })

  test('an array by position', async () => {
    const f = memoize((page: { url: string }) => page.url, {
      cache: open(),
      name: 'f',
      key: ({ url }): [string] => [url],
    })
    await f({ url: 'a' })
    expect(await argumentsOf(f.query(['a']))).toEqual([['a']])
    expect(await f.query(['b']).count()).toBe(0)
  })
})

test('an unknown name is refused', () => {
  const f = memoize((a: number) => a, { cache: open(), name: 'f', params: ['a'] })
  expect(() => f.query({ b: 1 } as never)).toThrow(/"b"/)
})

test.each(['metadata', 'result'])('%s among the arguments is refused, with where it goes', name => {
  const f = memoize((a: number) => a, { cache: open(), name: 'f', params: ['a'] })
  const hint = `got "${name}"; ${name} goes into the second argument: query({}, { ${name} })`
  expect(() => f.query({ [name]: { x: 1 } } as never)).toThrow(hint)
})

test('an ignored parameter is in no record, and cannot be asked for', async () => {
  const f = memoize((a: number, b: number) => a + b, { cache: open(), name: 'f', params: ['a', 'b'], ignore: ['b'] })
  await f(1, 2)
  expect(await f.query({ a: 1 }).count()).toBe(1)
  expect(await f.query({ a: 1, b: ANY }).count()).toBe(1)
  expect(await f.query([1, ANY]).count()).toBe(1)
  const message = 'expected a template without b, which is ignored and is not recorded; got 2'
  expect(() => f.query({ b: 2 })).toThrow(TypeError)
  expect(() => f.query({ b: 2 })).toThrow(message)
  expect(() => f.query([ANY, 2])).toThrow(message)
  const g = memoize((..._all: string[]) => 1, { cache: open(), name: 'g', params: ['...all'], ignore: ['...all'] })
  expect(() => g.query({ all: ['x'] })).toThrow('without all, which is ignored')
  const h = memoize((_x: number, _signal?: AbortSignal) => 1, { cache: open(), name: 'h', signal: 1 })
  expect(() => h.query([1, new AbortController().signal] as never)).toThrow('without [1], which takes the signal')
})

test('what `key` put is built when it is read: records of a class that is not registered here are listed', async () => {
  class Unit {}
  const registry = createRegistry()
  registry.register({ id: 'c0ffee0b', type: Unit, takeApart: () => 1, build: () => new Unit() })
  const store = testStore()
  const measure = (x: number): number => x
  const options = { name: 'f', key: (x: number) => ({ x, unit: new Unit() }) }
  await memoize(measure, { ...options, cache: createCache(store, { registry }) })(1)
  const elsewhere = memoize(measure, { ...options, cache: createCache(store) })
  const [record] = await elsewhere.query().toArray()
  expect(await record?.result()).toBe(1)
  expect(() => record?.args).toThrow(/c0ffee0b/)

  const [known] = await memoize(measure, { ...options, cache: createCache(store, { registry }) })
    .query()
    .toArray()
  expect(known?.args).toEqual({ x: 1, unit: new Unit() })
  expect(known?.args).toBe(known?.args)
  expect(known?.resultRef).toBe(known?.resultRef)
  expect(Object.keys({ ...known })).toContain('args')
})

test.each([
  ['a number', 6],
  ['a string', 'ada'],
  ['null', null],
  ['a reference', ref('0'.repeat(64) as never)],
  ['a Date', new Date(0)],
  ['ANY', ANY],
])('%s is no template, and does not ask for all calls', async (_, given) => {
  const cache = open()
  // Wrong on purpose: the types refuse it where they see it.
  const template = given as never
  const byPosition = memoize((x: number) => x, { cache, name: 'by position', params: ['x'] })
  const byKey = memoize((x: number) => x, { cache, name: 'by key', key: x => ({ x }) })
  await Promise.all([byPosition(1), byKey(1)])
  for (const f of [byPosition, byKey]) {
    expect(() => f.query(template)).toThrow(TypeError)
    expect(() => f.query(template)).toThrow(/expected a template as an array by position, or an object by name; got/)
  }
})
