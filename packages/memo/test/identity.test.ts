import { createCache, isRiposteError } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { watched } from './caches.ts'
import { collectGarbage } from './collect-garbage.ts'

test('a second function of other source is refused at its first call, naming both sites and the remedies', async () => {
  const cache = createCache(testStore())
  const first = memoize((x: number) => x + 1, { cache, name: 'f', namespace: 'n', version: 2 })
  const second = memoize((x: number) => x + 2, { cache, name: 'f', namespace: 'n', version: 2 })
  expect(await first(1)).toBe(2)
  for (const verb of [
    () => second(1),
    () => second.load(1),
    () => second.evict(1),
    () => second.rerun(1),
    () => second.seed([1], 1),
  ]) {
    const error = await verb().catch((reason: unknown) => reason)
    if (!isRiposteError(error, 'ERR_DUPLICATE_IDENTITY')) throw error
    const lines = error.details.sites.map(site => Number(/identity\.test\.ts:(\d+):\d+$/.exec(site)?.[1]))
    expect(lines[1]).toBe(lines[0]! + 1)
    for (const part of ['"n" "f" version 2', ...error.details.sites, 'name', 'namespace', 'version', 'duplicates']) {
      expect(error.message).toContain(part)
    }
  }
  expect(await first(1)).toBe(2)
})

test('of functions of other source that `env` keeps apart it is not said that they would share results', async () => {
  const make = (cache: ReturnType<typeof watched>['cache']) => [
    memoize((x: number) => x + 1, { cache, name: 'f', env: [1] }),
    memoize((x: number) => x + 2, { cache, name: 'f', env: [2] }),
  ]
  const [first, second] = make(createCache(testStore()))
  expect(await first!(1)).toBe(2)
  const error = await second!(1).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'ERR_DUPLICATE_IDENTITY', message: expect.stringContaining('results apart') })
  expect(String(error)).not.toContain("the other's results")

  const { cache, warnings } = watched(testStore(), { duplicates: 'warn' })
  const [third, fourth] = make(cache)
  expect([await third!(1), await fourth!(1)]).toEqual([2, 3])
  expect(warnings).toMatchObject([{ code: 'duplicate', message: expect.stringContaining('results apart') }])
})

test('the order of first calls decides, not that of definition', async () => {
  const cache = createCache(testStore())
  const first = memoize((x: number) => x + 1, { cache, name: 'f' })
  const second = memoize((x: number) => x + 2, { cache, name: 'f' })
  expect(await second(1)).toBe(3)
  await expect(first(1)).rejects.toThrow(/"f"/)
})

test('other names, namespaces, versions and caches are other identities', async () => {
  const cache = createCache(testStore())
  const results = await Promise.all([
    memoize(() => 1, { cache, name: 'f' })(),
    memoize(() => 2, { cache, name: 'g' })(),
    memoize(() => 3, { cache, name: 'f', namespace: 'n' })(),
    memoize(() => 4, { cache, name: 'f', version: 1 })(),
    memoize(() => 5, { cache, name: 'f', version: '1' })(),
    memoize(() => 6, { cache: createCache(testStore()), name: 'f' })(),
  ])
  expect(results).toEqual([1, 2, 3, 4, 5, 6])
})

test('another function object of the same source is warned of once', async () => {
  const { cache, warnings } = watched()
  const make = () => memoize((x: number) => x, { cache, name: 'f' })
  for (const f of [make(), make(), make()]) expect(await f(1)).toBe(1)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ code: 'duplicate', message: expect.stringContaining('identity.test.ts') })
})

test('of such a second function the warning says that captured variables are not seen, and what helps', async () => {
  const { cache, warnings } = watched()
  const greet = (greeting: string, env: readonly string[] = []) =>
    memoize((name: string) => `${greeting} ${name}`, { cache, name: 'greet', env })
  expect([await greet('hello')('ada'), await greet('bye')('ada')]).toEqual(['hello ada', 'hello ada'])
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/captur.*not seen.*`env` \(or `key`\)/),
  ])
  expect([await greet('hello', ['hello'])('bob'), await greet('bye', ['bye'])('bob')]).toEqual(['hello bob', 'bye bob'])
})

test('functions of the same source that `env` or `deps` keep apart are not warned of', async () => {
  const { cache, warnings } = watched()
  const scale = (factor: number) => memoize((x: number) => x * factor, { cache, name: 'scale', env: [factor] })
  expect(await Promise.all([scale(2)(10), scale(3)(10)])).toEqual([20, 30])
  expect(warnings).toEqual([])
  expect(await scale(2)(10)).toBe(20)
  expect(warnings.map(({ code }) => code)).toEqual(['duplicate'])
})

test('one function memoized twice is one function', async () => {
  const { cache, warnings } = watched()
  const fn = (x: number): number => x
  await memoize(fn, { cache, name: 'f' })(1)
  await memoize(fn, { cache, name: 'f' })(1)
  expect(warnings).toEqual([])
})

test("with duplicates: 'warn' a function of other source is only warned of", async () => {
  const { cache, warnings } = watched(testStore(), { duplicates: 'warn' })
  await memoize(() => 1, { cache, name: 'f' })()
  expect(await memoize(() => 2, { cache, name: 'f' })()).toBe(1)
  expect(warnings.map(({ code }) => code)).toEqual(['duplicate'])
})

test('functions that are made in a loop, each with an `env` of its own, take no memory once they are gone', async () => {
  const cache = createCache(testStore())
  const make = async (from: number, count: number): Promise<number> => {
    for (let i = from; i < from + count; i += 1) await memoize(() => i, { cache, name: 'f', env: [i] }).contains()
    await collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const before = await make(0, 3000)
  const after = await make(3000, 10_000)
  expect((after - before) / 10_000).toBeLessThan(50)
})
