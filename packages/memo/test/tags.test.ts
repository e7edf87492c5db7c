import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, withTags } from '../src/index.ts'
import { answeringLater, settled, watched } from './caches.ts'

test('calls that are computed in a scope have its tags, over those of the options, under those of metadata', async () => {
  const cache = createCache(answeringLater(testStore()))
  const f = memoize(async (x: string) => x, {
    cache,
    name: 'f',
    tags: { team: 'a', by: 'options', which: 'options' },
    metadata: () => ({ tags: { which: 'metadata' } }),
  })
  await withTags({ run: 1, by: 'scope', which: 'scope' }, async () => {
    await settled()
    await f('in')
    await withTags({ run: 2, inner: true }, () => f('inner'))
  })
  await f('out')
  const tags = async (x: string) => (await f.record(x))?.metadata.tags
  expect(await tags('in')).toEqual({ team: 'a', run: 1, by: 'scope', which: 'metadata' })
  expect(await tags('inner')).toEqual({ team: 'a', run: 2, inner: true, by: 'scope', which: 'metadata' })
  expect(await tags('out')).toEqual({ team: 'a', by: 'options', which: 'metadata' })
  expect(await f.query({}, { metadata: { tags: { run: 2 } } }).count()).toBe(1)
})

test('tags are no part of the key, and a recorded call keeps those it has', async () => {
  const f = memoize(async (x: number) => x, { cache: createCache(testStore()), name: 'f' })
  await withTags({ run: 1 }, () => f(1))
  await withTags({ run: 2 }, () => f(1))
  expect((await f.record(1))?.metadata.tags).toEqual({ run: 1 })
})

test('a scope gives what its body gives', async () => {
  expect(withTags({ a: 1 }, () => 3)).toBe(3)
  await expect(withTags({ a: 1 }, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('what are no tags is refused', () => {
  expect(() => withTags({ a: {} } as never, () => 1)).toThrow(TypeError)
  expect(() => withTags('a' as never, () => 1)).toThrow(TypeError)
  expect(() => withTags(['a'] as never, () => 1)).toThrow(TypeError)
  expect(() => withTags('a' as never, () => 1)).toThrow('booleans, got "a"')
  expect(() => withTags({ a: 1 }, undefined as never)).toThrow(
    new TypeError("expected a function to run, got undefined; write withTags({ run: 'a' }, () => work())"),
  )
})

test.each([['fast'], [['fast']], [3], [null]])(
  'tags that metadata returns are an object, not %j: it is told',
  async tags => {
    const { cache, warnings } = watched()
    const f = memoize(async (x: number) => x, { cache, name: 'f', metadata: () => ({ tags }) })
    expect(await f(1)).toBe(1)
    expect(await f.contains(1)).toBe(false)
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringMatching(/metadata failed: .*tags/)])
    const other = memoize(async (x: number) => x, { cache, name: 'g', metadata: (): object => ({ tags: undefined }) })
    await other(1)
    expect((await other.record(1))?.metadata.tags).toBeUndefined()
    expect(warnings).toHaveLength(1)
  },
)
