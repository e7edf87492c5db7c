import { inspect } from 'node:util'
import { createCache } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeMethod, memoizeSync } from '../src/index.ts'

const cache = createCache(testStore())

test.each([
  ['memoize', () => memoize((x: number) => x, { cache, name: 'f', namespace: 'app', version: 2 })],
  ['memoizeSync', () => memoizeSync((x: number) => x, { cache, name: 'f', namespace: 'app', version: 2 })],
  [
    'memoizeMethod',
    () => memoizeMethod((x: number) => x, { cache, name: 'f', namespace: 'app', version: 2, context: 'ignore' }),
  ],
])('as text a function is who it is, and its verbs and source are as before: %s', (_, make) => {
  const f: object = make()
  expect([String(f), inspect(f), `${f}`]).toEqual(Array(3).fill('Memoized "app" "f" version 2'))
  expect(Object.keys(f)).not.toContain('toString')
  expect(Function.prototype.toString.call(f)).toContain('passed')
})

test("the source text of a function is its own with code: 'body', whatever it says as text", async () => {
  const of = (text: string, fn: (x: number) => number) =>
    memoize(Object.assign(fn, { toString: () => text }), { cache, name: 'source', code: 'body' }).digest(1)
  expect(of('a', x => x + 1)).not.toBe(of('a', x => x + 2))
  const same = (x: number) => x
  expect(of('a', same)).toBe(of('b', same))
})

test('a record of a function shows what it says', async () => {
  const ask = memoize(async (model: string, _prompt: string) => model, {
    cache,
    name: 'ask',
    params: ['model', 'prompt'],
  })
  await ask('gpt', 'hi')
  const call = await ask.query().only()
  expect(inspect(call).replaceAll(/\s+/g, ' ')).toContain("params: [ 'model', 'prompt' ], args: [ 'gpt', 'hi' ],")

  const keyed = memoize(async (model: string) => model, { cache, name: 'keyed', key: model => ({ model }) })
  await keyed('gpt')
  const named = await keyed.query().only()
  expect(inspect(named).replaceAll(/\s+/g, ' ')).toContain("name: 'keyed', args: { model: 'gpt' },")
  expect(named.args.model).toBe('gpt')
  expect(String(named)).toMatch(/^CallRecord keyed [0-9a-f]{12}…$/)
})

test('durations are noted to thousandths of a millisecond', async () => {
  const f = memoize((x: number) => x, { cache, name: 'quick' })
  await Promise.all(Array.from({ length: 50 }, (_, i) => f(i)))
  for await (const { metadata } of f.query()) {
    expect(String(metadata.runtime!.durationMs)).toMatch(/^\d+(\.\d{1,3})?$/)
  }
})

test('what is wrong is shown by its class where it is too large to be shown whole', () => {
  class Settings {
    readonly values = Array.from({ length: 40 }, (_, i) => `value ${i}`)
  }
  const message = (value: unknown) => {
    try {
      memoize(value as never, { name: 'f' })
    } catch (error) {
      return (error as Error).message
    }
    return undefined
  }
  expect(message(new Settings())).toBe('expected a function to memoize, got a large Settings')
  expect(message(new Map([[1, 'x'.repeat(99)]]))).toMatch(/got a large Map$/)
  expect(message({ text: 'x'.repeat(99) })).toMatch(/got a large object$/)
  expect(message(Object.assign(Object.create(null), { text: 'x'.repeat(99) }))).toMatch(/got a large object$/)
  expect(message(Object.assign(Object.create({ constructor: 3 }), { text: 'x'.repeat(99) }))).toMatch(/large object$/)
})
