import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizer } from '../src/index.ts'

const cache = createCache(testStore())
const refused = (options: object): (() => unknown) => {
  // Wrong on purpose, as plain JavaScript may pass it.
  return () => memoize((a: number, b: number) => a + b, { cache, name: 'f', ...options } as never)
}

test.each([
  ['name', { name: '' }],
  ['name', { name: 3 }],
  ['name', { name: undefined }],
  ['namespace', { namespace: 1 }],
  ['version', { version: Number.NaN }],
  ['version', { version: {} }],
  ['params', { params: 'ab' }],
  ['params', { params: ['a', ''] }],
  ['params', { params: ['a', 'a'] }],
  ['params', { params: ['...a', 'b'] }],
  ['params', { params: ['a', '...'] }],
  ['ignore', { ignore: ['a'] }],
  ['ignore', { params: ['a'], ignore: ['b'] }],
  ['ignore', { params: ['a'], ignore: [1] }],
  ['ignore', { ignore: [-1] }],
  ['ignore', { ignore: [0.5] }],
  ['key', { key: 'id' }],
  ['ignore', { key: () => [], ignore: [0] }],
  ['tags', { tags: 'a' }],
  ['tags', { tags: { a: {} } }],
  ['tags', { tags: ['a'] }],
  ['metadata', { metadata: {} }],
  ['cacheIf', { cacheIf: true }],
  ['env', { env: 'NODE_ENV' }],
  ['deps', { deps: {} }],
  ['deps', { deps: ['abc'] }],
  ['deps', { deps: [() => 1] }],
  ['results', { results: 'shared' }],
  ['strict', { strict: 1 }],
  ['storeArguments', { storeArguments: 0 }],
  ['onStoreError', { onStoreError: 'ignore' }],
  ['cache', { cache: 'memory' }],
  ['maxage', { maxage: 1 }],
])('a wrong %s is refused at once: %j', (name, options) => {
  expect(refused(options)).toThrow(TypeError)
  expect(refused(options)).toThrow(new RegExp(name))
})

test.each([
  [{ maxage: 1 }, 'did you mean maxAge'],
  [{ ttl: 1 }, 'did you mean maxAge'],
  [{ cacheKey: JSON.stringify }, 'did you mean key'],
  [{ store: new Map() }, 'did you mean cache'],
  [{ deps: ['abc'] }, '"abc" at deps[0]'],
  [{ tags: { team: 'a', list: ['x'] } }, "[ 'x' ] at tags.list"],
  [{ params: ['a', 3] }, '3 at params[1]'],
  [{ ignore: [0, {}] }, '{} at ignore[1]'],
  [{ collect: ['git', 'time'] }, '"time" at collect[1]'],
  [{ cacheErrors: { maxAge: -1 } }, '-1 at cacheErrors.maxAge'],
  [{ version: { major: 1 } }, '{ major: 1 }'],
  [{ lease: 1 }, 'the option lease to be true or false; got 1'],
  [{ cache: testStore() }, 'got a store; wrap it: createCache(store)'],
  [{ ignore: ['log'] }, 'got "log"; name all parameters, as in { params: ["log", …] }, or give its position'],
])('what is wrong in %j is named', (options, part) => {
  expect(refused(options)).toThrow(part)
})

test('params that are fewer than the parameters of the function are refused, by both numbers', () => {
  expect(refused({ params: ['a'] })).toThrow(TypeError)
  expect(refused({ params: ['a'] })).toThrow(/function, which has 2; got 1: \["a"\]/)
  for (const params of [
    ['a', 'b'],
    ['a', 'b', 'c'],
    ['a', '...rest'],
  ])
    expect(refused({ params })).not.toThrow()
  expect(() => memoize((_a: number, _b = 1, ..._c: number[]) => 1, { name: 'f', params: ['a'] } as never)).not.toThrow()
})

test.each([0, -1, 1.5, Number.NaN])('concurrency %d is refused at once', concurrency => {
  expect(refused({ concurrency })).toThrow(RangeError)
})

test('a name is never taken from the function', () => {
  expect(() => memoize(function named() {}, { cache } as never)).toThrow(/name/)
})

test('an option that is undefined counts as not given', async () => {
  const options = { cache, name: 'undefined', version: undefined, key: undefined, concurrency: undefined }
  expect(await memoize((x: number) => x, options as never as { name: string })(1)).toBe(1)
})

test('what is no function, and no options, is refused at once', () => {
  expect(() => memoize(3 as never, { name: 'f' })).toThrow(TypeError)
  expect(() => memoize(() => 1, undefined as never)).toThrow(TypeError)
  expect(() => memoize(() => 1, undefined as never)).toThrow("got undefined; write memoize(fn, { name: 'ask' })")
  expect(() => memoizer('cache' as never)).toThrow(TypeError)
  expect(() => memoizer('cache' as never)).toThrow('write memoizer({')
  expect(() => memoizer({ name: 'f' } as never)).toThrow(/name/)
})

test('a value in env that has no digest is refused at once, by its path', () => {
  expect(refused({ env: [{ log: () => {} }] })).toThrow(expect.objectContaining({ code: 'ERR_UNDIGESTIBLE' }))
})
