import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeSync } from '../src/index.ts'
import { watched } from './caches.ts'

const cause = (): never => {
  throw new Error('oops')
}

test.each([
  ['cacheIf', { cacheIf: cause }],
  ['maxAge', { maxAge: cause }],
  ['metadata', { metadata: cause }],
])('where %s fails it is named; a strict function rejects with the same text', async (option, options) => {
  const { cache, warnings } = watched()
  expect(await memoize((x: number) => x, { cache, name: 'f', ...options })(1)).toBe(1)
  const message = `a call of "f" is not cached: the option ${option} failed: oops`
  expect(warnings).toMatchObject([{ code: 'uncached', message }])
  const strict = memoize((x: number) => x, { cache, name: 'f', version: 1, strict: true, ...options })
  await expect(strict(1)).rejects.toThrow('version 1 is not cached: the option')
  await expect(strict(1)).rejects.toMatchObject({ name: 'TypeError', cause: { message: 'oops' } })
})

test('a strict function rejects an argument without a digest with its path, and what can be done', async () => {
  const f = memoize((_: object) => 1, {
    cache: createCache(testStore()),
    name: 'f',
    params: ['options'],
    strict: true,
  })
  const error = await f({ done: () => {} }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'ERR_UNDIGESTIBLE', details: { path: expect.stringContaining('done') } })
  expect(String(error)).toMatch(/"f".*`ignore`.*`key`/)
})

test('a key that promises is refused', async () => {
  // Wrong on purpose: the types refuse it where they see it.
  const key = (async (x: number) => ({ x })) as never
  await expect(memoize((x: number) => x, { cache: createCache(testStore()), name: 'f', key })(1)).rejects.toThrow(
    'key must answer at once; await before the call',
  )
})

test.each([
  ['cacheIf', { cacheIf: async () => false }],
  ['cacheIf', { cacheIf: () => Promise.reject(new Error('unheard')) }],
  ['maxAge', { maxAge: () => Promise.reject(new Error('unheard')) }],
])('%s that promises is no yes: nothing is kept, and it is told', async (option, options) => {
  const { cache, warnings } = watched()
  // Wrong on purpose: the types refuse it where they see it.
  const f = memoize((x: number) => x, { cache, name: 'f', ...(options as object) })
  expect(await f(1)).toBe(1)
  expect(await f.contains(1)).toBe(false)
  const message = `a call of "f" is not cached: the option ${option} failed: expected ${option} to return`
  expect(warnings).toMatchObject([{ code: 'uncached', message: expect.stringContaining(message) }])
  expect(warnings[0]?.message).toMatch(/got a promise: \w+ must answer at once; await in the body/)
})

test.each([
  ['promises', () => Promise.reject(new Error('unheard')), 'got a promise'],
  ['throws', cause, 'oops'],
])(
  'a condition of cacheErrors that %s is no yes: the error is not kept, and it is told',
  async (_, condition, part) => {
    const { cache, warnings } = watched()
    const f = memoize(() => Promise.reject(new Error('no')), {
      cache,
      name: 'f',
      // Wrong on purpose: the types refuse it where they see it.
      cacheErrors: { if: condition as never },
    })
    await expect(f()).rejects.toThrow('no')
    expect(await f.contains()).toBe(false)
    expect(warnings).toMatchObject([{ code: 'uncached', message: expect.stringContaining(part) }])
    expect(warnings[0]?.message).toContain('the option cacheErrors failed')
  },
)

test('a key that is one value is told to be wrapped', async () => {
  // Wrong on purpose: the types refuse it where they see it.
  const key = ((url: string) => url.toLowerCase()) as never
  await expect(memoize((url: string) => url, { cache: createCache(testStore()), name: 'f', key })('A')).rejects.toThrow(
    'got "a"; wrap it in [ ]',
  )
})

test.each([
  [
    'an instance',
    () => new (class Client {})(),
    /its result, .*Client, cannot be stored: return plain data, or register the class/,
  ],
  ['a response', () => new Response('x'), /Response.*return plain data, such as \{ status, text: await response\.text/],
  ['a part', () => ({ log: [() => 1] }), /at \.log\[0\] of its result cannot be stored: return plain data$/],
  [
    'a promise in it',
    () => ({ log: Promise.resolve(1) }),
    /Promise at \.log of its result cannot be stored: await it first$/,
  ],
])('of a result that cannot be stored it is said what helps: %s', async (_, body, message) => {
  const { cache, warnings } = watched()
  await memoize((): unknown => body(), { cache, name: 'f' })()
  expect(warnings).toMatchObject([{ code: 'uncached', message: expect.stringMatching(message) }])
  expect(warnings[0]?.message).not.toContain('digestOf')
})

test('a handle that is passed as an argument is told to be passed by its ref', async () => {
  const { cache, warnings } = watched()
  const rows = memoize(async () => ['x'.repeat(2000)], { cache, name: 'rows' })
  const f = memoize(async (_: unknown) => 1, { cache, name: 'f' })
  await f.withRefs(await rows.lazy())
  expect(warnings).toMatchObject([{ message: expect.stringContaining('a handle is no value: pass handle.ref') }])
  await f.withRefs((await rows.lazy()).ref)
  expect(await f.contains(await rows())).toBe(true)
})

test('a body of memoizeSync that promises is told to use memoize, and its promise is passed on', async () => {
  const { cache, warnings } = watched()
  // Wrong on purpose: the types refuse it where they see it.
  const f = memoizeSync((async x => x) as (x: number) => unknown, { cache, name: 'f' })
  expect(await f(1)).toBe(1)
  expect(warnings).toMatchObject([{ code: 'uncached', message: expect.stringContaining('use memoize') }])
  expect(await f.contains(1)).toBe(false)
})

test('arguments to seed that are no array are refused, with how it is written', async () => {
  const f = memoize((x: string) => x.length, { cache: createCache(testStore()), name: 'f' })
  const wrong = f.seed('a' as never, 1)
  await expect(wrong).rejects.toThrow(TypeError)
  await expect(wrong).rejects.toThrow('as an array, got "a"; write seed(["a"], result)')
})
