import { createCache } from '@riposte/core'
import { afterEach, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizer, overrideCache, setDefaultCache, withCache } from '../src/index.ts'
import { settled } from './caches.ts'

const open = () => createCache(testStore())
const undo: Disposable[] = []
afterEach(() => {
  for (const disposable of undo.splice(0).reverse()) disposable[Symbol.dispose]()
})

test('without a cache the first call rejects and says how to give one', async () => {
  const f = memoize((x: number) => x, { name: 'lost' })
  const error = await f(1).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(TypeError)
  for (const part of ['"lost"', 'cache', 'withCache', 'setDefaultCache', "'riposte'"])
    expect(String(error)).toContain(part)
  await expect(f.load(1)).rejects.toThrow(TypeError)
  expect(() => f.peek(1)).toThrow(TypeError)
})

test('digest needs no cache', () => {
  const fn = (x: number): number => x
  expect(memoize(fn, { name: 'f' }).digest(1)).toBe(memoize(fn, { name: 'f', cache: open() }).digest(1))
})

test('override goes over scope, scope over option, option over default, default over fallback', async () => {
  const caches = { fallback: open(), default: open(), option: open(), scope: open(), override: open() }
  const f = memoizer({ fallback: () => caches.fallback })((x: string) => x, { name: 'f' })
  const g = memoizer({ fallback: () => caches.fallback })((x: string) => x, { name: 'f', cache: () => caches.option })

  await f('fallback')
  undo.push(setDefaultCache(() => caches.default))
  await f('default')
  await g('option')
  await withCache(caches.scope, () => g('scope'))
  undo.push(overrideCache(caches.override))
  await withCache(caches.scope, () => g('override'))

  for (const [name, cache] of Object.entries(caches)) {
    expect(
      await cache.calls
        .query()
        .map(call => call.args)
        .toArray(),
      name,
    ).toEqual([[name]])
  }
})

test('a function that gives no cache leaves it to what is below', async () => {
  const cache = open()
  undo.push(setDefaultCache(cache))
  const f = memoize((x: number) => x, { name: 'f', cache: () => undefined })
  await f(1)
  expect(await cache.calls.query().count()).toBe(1)
})

test('a scope holds across awaits, nests, and ends', async () => {
  const [outer, inner] = [open(), open()]
  const f = memoize((x: string) => x, { name: 'f' })
  await withCache(outer, async () => {
    await settled()
    await f('outer')
    await withCache(inner, async () => {
      await settled()
      await f('inner')
    })
    await f('outer again')
  })
  expect(await outer.calls.query().count()).toBe(2)
  expect(await inner.calls.query().count()).toBe(1)
  await expect(f('after')).rejects.toThrow(TypeError)
})

test('overrides and defaults may be disposed in any order, more than once', async () => {
  const [one, two] = [open(), open()]
  const f = memoize((x: number) => x, { name: 'f' })
  for (const set of [overrideCache, setDefaultCache]) {
    const first = set(one)
    const second = set(two)
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    await f.seed([1], 1)
    expect([await one.calls.query().count(), await two.calls.query().count()]).toEqual([0, 1])
    second[Symbol.dispose]()
    await expect(f(1)).rejects.toThrow(TypeError)
    await two.calls.query().evict()
  }
})

test('setDefaultCache(undefined) leaves no default', async () => {
  undo.push(setDefaultCache(open()), setDefaultCache(undefined))
  await expect(memoize((x: number) => x, { name: 'f' })(1)).rejects.toThrow(TypeError)
})

test('what is no cache is refused at once', () => {
  // A cache by its looks, and not made by createCache.
  const fake = { ...open() }
  expect(() => withCache(fake, () => 1)).toThrow(TypeError)
  expect(() => overrideCache(fake)).toThrow(TypeError)
  expect(() => setDefaultCache(fake)).toThrow(TypeError)
})

test('a memoizer gives its options, unites tags, and what a function is given wins', async () => {
  const [own, given] = [open(), open()]
  const memo = memoizer({ cache: own, namespace: 'n', version: 1, tags: { team: 'a', level: 1 } })
  const f = memo((x: number) => x, { name: 'f', tags: { level: 2 } })
  const g = memo((x: number) => x, { name: 'g', cache: given, namespace: '', version: 2 })
  await f(1)
  await g(1)
  expect(f.identity).toEqual({ namespace: 'n', name: 'f', version: 1 })
  expect(g.identity).toEqual({ namespace: '', name: 'g', version: 2 })
  expect((await own.calls.query().only()).metadata.tags).toEqual({ team: 'a', level: 2 })
  expect((await given.calls.query().only()).metadata.tags).toEqual({ team: 'a', level: 1 })
})

test('what is no function to run is refused, with how to say it', () => {
  // Wrong on purpose: the types refuse it where they see it.
  expect(() => withCache(open(), 3 as never)).toThrow(
    new TypeError('expected a function to run, got 3; write withCache(cache, () => work())'),
  )
})
