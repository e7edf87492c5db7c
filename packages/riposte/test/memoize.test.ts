import * as memo from '@riposte/memo'
import { expect, test } from 'vitest'
import {
  createCache,
  memoize,
  memoized,
  memoizeMethod,
  memoizer,
  memoizeSync,
  memoryStore,
  overrideCache,
  setDefaultCache,
  withCache,
} from '../src/index.ts'

const open = () => createCache(memoryStore())

test('whatever names a cache goes over the default one', async () => {
  const caches = { default: open(), option: open(), memoizer: open(), scope: open(), override: open() }
  const fn = (x: string): string => x
  {
    using _ = setDefaultCache(caches.default)
    await memoize(fn, { name: 'f' })('default')
    await memoizer({ namespace: '' })(fn, { name: 'f' })('default')
    await memoize(fn, { name: 'f', cache: caches.option })('option')
    await memoizer({ cache: caches.memoizer })(fn, { name: 'f' })('memoizer')
    await withCache(caches.scope, () => memoize(fn, { name: 'f' })('scope'))
    using __ = overrideCache(caches.override)
    await memoize(fn, { name: 'f', cache: caches.option })('override')
  }
  for (const [name, cache] of Object.entries(caches)) {
    expect(
      await cache.calls
        .query()
        .map(call => call.args)
        .toArray(),
    ).toEqual([[name]])
  }
})

test('it is the memoize of @riposte/memo: scopes and overrides of the one hold for the other', async () => {
  const cache = open()
  const fn = (x: number): number => x
  using _ = memo.overrideCache(cache)
  await memoize(fn, { name: 'f' })(1)
  expect(await memo.memoize(fn, { name: 'f' }).contains(1)).toBe(true)
})

test('mistakes name the line of the user', async () => {
  const cache = open()
  await memoize(() => 1, { name: 'f', cache })()
  await expect(memoize(() => 2, { name: 'f', cache })()).rejects.toThrow(/riposte\/test\/memoize\.test\.ts:\d+/)
})

test('mistakes in other forms name the line of the user too', async () => {
  const cache = open()
  memoizeSync(() => 1, { name: 'f', cache })()
  expect(() => memoizeSync(() => 2, { name: 'f', cache })()).toThrow(/riposte\/test\/memoize\.test\.ts:\d+/)
  const decorated = memoized<object, [], number>({ name: 'f', cache, context: 'ignore' })
  const method = decorated(async () => 3, { kind: 'method', name: 'x' } as ClassMethodDecoratorContext as never)
  await expect(method.call({})).rejects.toThrow(
    /riposte\/test\/memoize\.test\.ts:\d+.*riposte\/test\/memoize\.test\.ts:\d+/,
  )
})

test('the other forms use the default cache as well', async () => {
  const cache = open()
  using _ = setDefaultCache(cache)
  expect(memoizeSync((x: number) => x + 1, { name: 'sync' })(1)).toBe(2)
  const method = memoizeMethod(
    async function (this: { base: string }) {
      return this.base
    },
    { name: 'method', context: 'ignore' },
  )
  expect(await method.call({ base: 'a' })).toBe('a')
  expect((await cache.stats()).calls.entries).toBe(2)
})
