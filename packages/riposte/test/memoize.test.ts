import * as memo from '@riposte/memo'
import { expect, test } from 'vitest'
import { createCache, memoize, memoizer, memoryStore, overrideCache, setDefaultCache, withCache } from '../src/index.ts'

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
