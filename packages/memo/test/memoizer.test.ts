import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoizeMethod, memoizer } from '../src/index.ts'
import { settled, watched } from './caches.ts'

const open = () => createCache(testStore())

test('cacheErrors goes for all functions; what a function gives wins', async () => {
  const memo = memoizer({ cache: open(), cacheErrors: { if: error => error instanceof RangeError } })
  const runs: string[] = []
  const failing = (name: string, options: object = {}) =>
    memo(
      async (): Promise<never> => {
        runs.push(name)
        throw new RangeError(name)
      },
      { name, ...options },
    )
  const [f, g] = [failing('f'), failing('g', { cacheErrors: false })]
  for (const call of [f, f, g, g]) await expect(call()).rejects.toThrow(RangeError)
  expect(runs).toEqual(['f', 'g', 'g'])
})

test('cacheIf goes for all functions; what a function gives wins', async () => {
  const memo = memoizer({ cache: open(), cacheIf: result => result !== undefined })
  const f = memo(async (x?: number) => x, { name: 'f' })
  const g = memo(async (x?: number) => x, { name: 'g', cacheIf: () => true })
  await Promise.all([f(), f(1), g()])
  expect([await f.contains(), await f.contains(1), await g.contains()]).toEqual([false, true, true])
})

test('concurrency is each function’s own, and not shared', async () => {
  const memo = memoizer({ cache: open(), concurrency: 1 })
  const running = new Map<string, number>()
  const most = new Map<string, number>()
  let mostAtAll = 0
  const bounded = (name: string, options: object = {}) =>
    memo(
      async (_: number) => {
        running.set(name, (running.get(name) ?? 0) + 1)
        most.set(name, Math.max(most.get(name) ?? 0, running.get(name)!))
        mostAtAll = Math.max(
          mostAtAll,
          [...running.values()].reduce((a, b) => a + b, 0),
        )
        await settled()
        running.set(name, running.get(name)! - 1)
      },
      { name, ...options },
    )
  const [f, g, h] = [bounded('f'), bounded('g'), bounded('h', { concurrency: 2 })]
  await Promise.all([f(1), f(2), f(3), g(1), g(2), h(1), h(2), h(3)])
  expect(Object.fromEntries(most)).toEqual({ f: 1, g: 1, h: 2 })
  expect(mostAtAll).toBeGreaterThan(1)
})

test('metadata of a memoizer and of a function are united by namespace, and the function’s wins; tags are united by name', async () => {
  const cache = open()
  const memo = memoizer({
    cache,
    tags: { from: 'memoizer', team: 'a' },
    metadata: async ({ args, result }) => ({
      size: { args: args.length, result: String(result).length },
      source: { of: 'memoizer', more: true },
      tags: { from: 'its metadata', run: 1 },
    }),
  })
  const f = memo(async (x: number) => 10 * x, {
    name: 'f',
    tags: { level: 2 },
    metadata: ({ result }) => ({ source: { of: result }, tags: { run: 2 } }),
  })
  const g = memo((x: number) => x, { name: 'g' })
  await f(3)
  await g(3)
  expect((await f.record(3))?.metadata).toMatchObject({
    size: { args: 1, result: 2 },
    source: { of: 30 },
    tags: { from: 'its metadata', team: 'a', level: 2, run: 2 },
  })
  expect((await f.record(3))?.metadata.source).toEqual({ of: 30 })
  expect((await g.record(3))?.metadata).toMatchObject({
    size: { args: 1, result: 1 },
    source: { of: 'memoizer', more: true },
    tags: { from: 'its metadata', team: 'a', run: 1 },
  })
})

test('the other forms take them too', async () => {
  const cache = open()
  const memo = memoizer({ cache, cacheErrors: true, concurrency: 1, metadata: () => ({ note: { of: 'memoizer' } }) })
  let runs = 0
  const fails = memo.sync(
    () => {
      runs += 1
      throw new RangeError('no')
    },
    { name: 'fails' },
  )
  expect(() => fails()).toThrow(RangeError)
  expect(() => fails()).toThrow(RangeError)
  expect(runs).toBe(1)
  const post = memo.method(
    async function (this: object, id: number) {
      return id
    },
    { name: 'post', context: 'ignore' },
  )
  await Reflect.apply(post, {}, [1])
  expect((await post.query().only()).metadata).toMatchObject({ note: { of: 'memoizer' } })
})

test('metadata that is no object of namespaces costs the record, whose it is', async () => {
  const { cache, warnings } = watched()
  // Wrong on purpose: the types refuse it where they see it.
  const memo = memoizer({ cache, metadata: (() => 'text') as never })
  expect(await memo((x: number) => x, { name: 'f', metadata: () => ({ a: 1 }) })(1)).toBe(1)
  expect(warnings).toMatchObject([{ code: 'uncached', message: expect.stringContaining('got "text"') }])
})

test.each([
  ['cacheErrors', { cacheErrors: 1 }],
  ['concurrency', { concurrency: 0 }],
  ['metadata', { metadata: {} }],
  ['cacheIf', { cacheIf: true }],
])('a wrong %s is refused when the memoizer is made', (name, options) => {
  expect(() => memoizer(options as never)).toThrow(`the option ${name} to be`)
  expect(() => memoizeMethod(() => 1, { name: 'f', context: 'ignore', ...(options as object) })).toThrow(name)
})
