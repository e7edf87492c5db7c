// Where a scope was entered before, a body that awaits a call which cannot end before it does is found out.
import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, withTags } from '../src/index.ts'
import { settled } from './caches.ts'

const inScope = <T>(body: () => T): T => withTags({}, body)

test('a body that awaits its own call after a turn runs it, as the function would', async () => {
  const depths = [3, 2, 1]
  const f: (key: string) => Promise<number> = memoize(
    async (key: string) => {
      await settled()
      return depths.pop() === undefined ? 0 : 1 + (await f(key))
    },
    { cache: createCache(testStore()), name: 'f' },
  )
  expect(await inScope(() => f('k'))).toBe(3)
})

test('through another function too', async () => {
  const cache = createCache(testStore())
  const depths = [2, 1]
  const f: (key: string) => Promise<number> = memoize(
    async (key: string) => {
      await settled()
      return depths.pop() === undefined ? 0 : 1 + (await g(key))
    },
    { cache, name: 'f' },
  )
  const g = memoize(
    async (key: string) => {
      await settled()
      return 10 + (await f(key))
    },
    { cache, name: 'g' },
  )
  expect(await inScope(() => f('k'))).toBe(22)
})

test('two calls that each wait for the other end', async () => {
  const cache = createCache(testStore())
  const asked = new Set<string>()
  const pair = (name: string, other: () => (key: string) => Promise<string>) =>
    memoize(
      async (key: string): Promise<string> => {
        await settled()
        const first = !asked.has(name)
        asked.add(name)
        return first ? `${name}(${await other()(key)})` : name
      },
      { cache, name },
    )
  const f: (key: string) => Promise<string> = pair('f', () => g)
  const g: (key: string) => Promise<string> = pair('g', () => f)
  const [a, b] = await inScope(() => Promise.all([f('k'), g('k')]))
  expect(a).toMatch(/^f\(g/)
  expect(b).toMatch(/^g\(f/)
})

test('a call from a body that does not wait for it is joined by others', async () => {
  const cache = createCache(testStore())
  let runs = 0
  const slow = memoize(
    async (_x: number) => {
      await settled()
      runs += 1
      return runs
    },
    { cache, name: 'slow' },
  )
  const f = memoize(async (x: number) => (await Promise.all([slow(x), slow(x)])).join(), { cache, name: 'f' })
  expect(await inScope(() => Promise.all([f(1), slow(1), f(1)]))).toEqual(['1,1', 1, '1,1'])
  expect(runs).toBe(1)
})
