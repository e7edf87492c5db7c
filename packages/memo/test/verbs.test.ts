import { inspect } from 'node:util'
import { createCache, digest, digestOf, isRiposteError } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeMethod, memoizeSync, setDefaultCache, withCache } from '../src/index.ts'
import { answeringLater } from './caches.ts'

const open = () => createCache(testStore())

test('original and identity', async () => {
  const fn = async (x: number, _y = 1): Promise<number> => x
  const f = memoize(fn, { cache: open(), name: 'other', version: -0 })
  expect(f.original).toBe(fn)
  expect(f.identity).toEqual({ namespace: '', name: 'other', version: 0 })
  expect([f.name, f.length]).toEqual(['fn', 1])
  expect(Object.keys(f)).not.toEqual(expect.arrayContaining(['call', 'bind', 'apply', 'then']))
})

test('digest addresses the record, and needs no call', async () => {
  const cache = open()
  const f = memoize((x: { a: number }) => [x.a], { cache, name: 'f' })
  const key = f.digest({ a: 1 })
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(await cache.calls.contains(key)).toBe(false)
  await f({ a: 1 })
  expect((await cache.calls.load(key)).digest).toBe(key)
  expect((await f.record({ a: 1 }))?.resultRef.digest).toBe(digest([1]))
})

test('contains, load, record and evict of what is there, and of what is not', async () => {
  const f = memoize((x: number) => ({ x }), { cache: open(), name: 'f', params: ['x'] })
  expect(await f.contains(1)).toBe(false)
  expect(await f.record(1)).toBeUndefined()
  expect(await f.evict(1)).toBe(false)
  const error = await f.load(1).catch((reason: unknown) => reason)
  if (!isRiposteError(error, 'ERR_NOT_FOUND')) throw error
  expect(error.details.key).toBe(f.digest(1))
  await f(1)
  expect(await f.contains(1)).toBe(true)
  expect(await f.load(1)).toEqual({ x: 1 })
  const record = await f.record(1)
  expect(record).toMatchObject({ name: 'f', namespace: '', params: ['x'], args: [1] })
  expect(await record?.result()).toEqual({ x: 1 })
  expect(await f.evict(1)).toBe(true)
  expect(await f.contains(1)).toBe(false)
})

test('load and contains never run the body', async () => {
  let runs = 0
  const f = memoize(() => ++runs, { cache: open(), name: 'f' })
  await f.contains()
  await f.load().catch(() => {})
  expect(runs).toBe(0)
})

test('seed records a result without running the body, also over another', async () => {
  const f = memoize((x: number): number | undefined => x, {
    cache: open(),
    name: 'f',
    tags: { a: 1 },
    metadata: ({ result }) => ({ own: { result } }),
  })
  await f.seed([1], 9)
  expect(await f(1)).toBe(9)
  await f.seed([1], undefined)
  expect(await f(1)).toBeUndefined()
  expect((await f.record(1))?.metadata).toEqual({ tags: { a: 1 }, own: { result: undefined } })
})

test('seed takes what it is given at once', async () => {
  const f = memoize((x: number[]) => x, { cache: createCache(answeringLater(testStore())), name: 'f' })
  const [args, result] = [[1], [2]]
  const seeding = f.seed([args], result)
  args.push(9)
  result.push(9)
  await seeding
  expect(await f.load([1])).toEqual([2])
})

test('rerun runs the body and replaces what is recorded, in the store too', async () => {
  const store = testStore()
  let runs = 0
  const fn = (_x: number): number => ++runs
  const f = memoize(fn, { cache: createCache(store), name: 'f' })
  expect([await f(1), await f.rerun(1), await f(1)]).toEqual([1, 2, 2])
  expect(await memoize(fn, { cache: createCache(store), name: 'f' })(1)).toBe(2)
})

test('a rerun that throws leaves what is recorded', async () => {
  let fails = false
  const f = memoize(
    () => {
      if (fails) throw new Error('no')
      return 1
    },
    { cache: open(), name: 'f' },
  )
  await f()
  fails = true
  await expect(f.rerun()).rejects.toThrow('no')
  expect(await f()).toBe(1)
})

test('a rerun whose result is not to be kept removes what is recorded', async () => {
  let result = 1
  const f = memoize(() => result, { cache: open(), name: 'f', cacheIf: kept => kept === 1 })
  await f()
  result = 2
  expect(await f.rerun()).toBe(2)
  expect(await f.contains()).toBe(false)
  expect(await f()).toBe(2)
})

test('verbs take arguments as a call does', async () => {
  const f = memoize((a: number, ...rest: number[]) => [a, ...rest], {
    cache: open(),
    name: 'f',
    params: ['a', '...rest'],
  })
  const g = memoize((a: number) => a, { cache: open(), name: 'g', params: ['a'] })
  await g(1)
  // As `map` passes them.
  expect(await [1].map(g.load as (x: number, i: number, all: number[]) => Promise<number>)[0]).toBe(1)
  expect(f.digest(1, 2)).not.toBe(f.digest(1))
})

test('verbs refuse arguments without a digest', async () => {
  const f = memoize((x: unknown) => x, { cache: open(), name: 'f' })
  const refused = { code: 'ERR_UNDIGESTIBLE' }
  expect(() => f.digest(() => 1)).toThrow(expect.objectContaining(refused))
  for (const verb of [f.contains, f.load, f.record, f.evict]) await expect(verb(() => 1)).rejects.toMatchObject(refused)
  await expect(f.seed([() => 1], 1)).rejects.toMatchObject(refused)
})

test('a memoized function shows as who it is, and lists its verbs as before', () => {
  const cache = createCache(testStore())
  const ask = memoize((x: number) => x, { cache, name: 'ask', version: 1 })
  const method = memoizeMethod((x: number) => x, { cache, namespace: 'n', name: 'get', context: 'ignore' })
  const now = memoizeSync((x: number) => x, { cache, name: 'now' })
  expect([ask, method, method.on(undefined as never), now].map(f => inspect(f))).toEqual([
    'Memoized "ask" version 1',
    'Memoized "n" "get"',
    'Memoized "n" "get"',
    'Memoized "now"',
  ])
  expect(inspect([{ ask }], { depth: 0 })).not.toContain('query')
  expect(Object.keys(ask)).toContain('query')
  expect(Object.getOwnPropertySymbols({ ...ask })).toEqual([digestOf])
})

test('the digest of a memoized function is that of its identity and conditions', () => {
  const fn = (x: number): number => x
  const digests = [
    memoize(fn, { name: 'f' }),
    memoize((x: number) => x * 2, { name: 'f' }),
    memoize(fn, { name: 'g' }),
    memoize(fn, { name: 'f', version: 1 }),
    memoize(fn, { name: 'f', env: [1] }),
    memoize(fn, { name: 'f', deps: [memoize(fn, { name: 'g' })] }),
  ].map(f => f[digestOf]())
  expect(digests[0]).toBe(digests[1])
  expect(new Set(digests).size).toBe(5)
})

test('verbs use the cache that a call would use', async () => {
  const price = memoize((_sku: string) => 3, { name: 'price' })
  const [inTest, inScope] = [open(), open()]
  const restore = setDefaultCache(inTest)
  try {
    await price.seed(['a'], 9)
    expect(await price('a')).toBe(9)
    expect(await withCache(inScope, () => price('a'))).toBe(3)
    expect(await withCache(inScope, () => price.load('a'))).toBe(3)
    expect(await price.load('a')).toBe(9)
  } finally {
    restore[Symbol.dispose]()
  }
})
