import { inspect, isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { createCache } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'

async function record(args: readonly unknown[], names?: readonly string[], version?: number) {
  const cache = createCache(testStore())
  const identity = { namespace: 'app', name: 'slow', version, conditions: [] }
  const call = cache.calls.prepare(identity, { values: args, names })
  await cache.calls.commit(call, 'result', { metadata: { tags: { project: 'x' } } })
  await cache.values.evict((await cache.calls.load(call.digest)).resultRef.digest)
  return cache.calls.load(call.digest)
}

test('a record shows what it says, arguments by position beside their names, and asks the store for nothing', async () => {
  const shown = inspect(await record(['ada', 3], ['user', 'day'], 2))
  expect(shown.replaceAll(/\s+/g, ' ')).toMatch(
    /^CallRecord \{ digest: '[0-9a-f]{12}…', namespace: 'app', name: 'slow', version: 2, params: \[ 'user', 'day' \], args: \[ 'ada', 3 \], metadata: \{ tags: \{ project: 'x' \} \} \}$/,
  )
})

test.each([
  ['without names', [1, 'a'], undefined, "args: [ 1, 'a' ]"],
  ['of a rest', [1, 2], ['xs', 'xs'], 'args: [ 1, 2 ]'],
])('arguments %s are shown by position', async (_, args, names, expected) => {
  expect(inspect(await record(args, names)).replaceAll(/\s+/g, ' ')).toContain(expected)
})

test('as text a record is its function and the first digits of its digest', async () => {
  const one = await record([1])
  expect(String(one)).toBe(`CallRecord app/slow ${one.digest.slice(0, 12)}…`)
  expect(Object.keys(one)).not.toContain('toString')
})

test('inside other objects a record is as deep as any', async () => {
  const one = await record([1])
  expect(inspect({ a: { b: { c: one } } })).toContain('[CallRecord]')
  expect(isDeepStrictEqual({ ...one, args: 0 }, { ...one, args: 0 })).toBe(true)
  expect(Object.getOwnPropertySymbols({ ...one })).toEqual([])
})
