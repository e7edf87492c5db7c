import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { watched } from './caches.ts'

function seeded(cache = createCache(testStore()), strict = false) {
  let runs = 0
  const f = memoize(
    async (model: string, seed?: number) => {
      runs += 1
      return [model, seed, runs]
    },
    { cache, name: 'f', params: ['model', 'seed'], require: ['seed'], strict },
  )
  return { f, runs: () => runs }
}

test('a call that leaves out what must be passed runs each time, with one warning that names it', async () => {
  const { cache, warnings } = watched()
  const { f, runs } = seeded(cache)
  await f('m')
  await f('m', undefined)
  expect(runs()).toBe(2)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]?.message).toMatch(/"f".*seed/)
  expect((await cache.stats()).calls.entries).toBe(0)
})

test('one that passes it is kept', async () => {
  const { f, runs } = seeded()
  expect(await f('m', 1)).toEqual(await f('m', 1))
  await f('m', 0)
  expect(runs()).toBe(2)
})

test('where it is strict such a call rejects, and its verbs always do', async () => {
  await expect(seeded(undefined, true).f('m')).rejects.toThrow(/seed/)
  const { f, runs } = seeded()
  await expect(f.contains('m')).rejects.toThrow(/seed/)
  await expect(f.seed(['m'], [])).rejects.toThrow(/seed/)
  expect(() => f.digest('m')).toThrow(/seed/)
  expect(runs()).toBe(0)
})

test('positions and a rest can be required', async () => {
  const { cache, warnings } = watched()
  const byPosition = memoize(async (...xs: number[]) => xs.length, { cache, name: 'position', require: [1] })
  const byRest = memoize(async (a: number, ...xs: unknown[]) => [a, xs], {
    cache,
    name: 'rest',
    params: ['a', '...xs'],
    require: ['...xs'],
  })
  await byPosition(1, 2)
  await byRest(1, undefined)
  expect(warnings).toEqual([])
  await byPosition(1)
  await byRest(1)
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('[1]'),
    expect.stringContaining('xs'),
  ])
})
