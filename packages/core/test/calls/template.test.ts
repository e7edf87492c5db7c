import { describe, expect, test } from 'vitest'
import { ANY, type CallTemplate, createCache, memoryStore, type Store } from '../../src/index.ts'
import { indexedStore, laterStore } from '../cache/support.ts'
import { fillWithCalls, huge, matchesOf, TEMPLATES } from '../support/templates.ts'

class Point {
  readonly x = 1
}

const STORES: readonly (readonly [string, () => Store])[] = [
  ['a scan', memoryStore],
  ['a scan of a store that answers later', () => laterStore()],
  ['an index', indexedStore],
]

describe.each(STORES)('by %s', (_name, open) => {
  const cache = createCache(open(), { inlineBelow: 1000 })
  const filled = fillWithCalls(cache)

  test.each(TEMPLATES)('%s', async (_rule, asked, matches) => {
    expect(await matchesOf(cache, asked, await filled)).toBe(matches)
  })
})

test('a template that is none is refused at once, by what was expected', () => {
  const { calls } = createCache(memoryStore())
  const query = (asked: unknown) => () => calls.query(asked as CallTemplate)
  expect(query('slow')).toThrow(/expected a template as a plain object/)
  expect(query({ nam: 'slow' })).toThrow(/fields among namespace, name, version, args, result, metadata; got "nam"/)
  expect(query({ name: undefined })).toThrow(/name in a template as a string or ANY; got undefined/)
  expect(query({ version: null })).toThrow(TypeError)
  expect(query({ args: 'ada' })).toThrow(TypeError)
  expect(query({ args: new Point() })).toThrow(TypeError)
  expect(query({ metadata: undefined })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { gt: null } } } })).toThrow(
    /bounds of metadata \/runtime\/durationMs/,
  )
  expect(query({ metadata: { runtime: { durationMs: { in: 3 } } } })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { between: [1] } } } })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { between: [1, 2], gte: 0 } } } })).toThrow(TypeError)
  expect(query({ args: [() => 1] })).toThrow(expect.objectContaining({ code: 'ERR_UNDIGESTIBLE' }))
})

test('listing records reads no value', async () => {
  const inner = memoryStore()
  let reads = 0
  const values = {
    ...inner.values,
    get: (keys: readonly never[]) => {
      reads += 1
      return inner.values.get(keys)
    },
  }
  const { calls } = createCache({ ...inner, values })
  for (let i = 0; i < 300; i += 1) {
    const call = calls.prepare(
      { namespace: '', name: 'f', version: 1, conditions: [] },
      { values: [i, huge], names: undefined },
    )
    await calls.commit(call, 'x'.repeat(5000), { metadata: { tags: { i } } })
  }
  reads = 0
  const asked = { args: [ANY, { user: 'ada' }], metadata: { tags: { i: { lt: 200 } } } }
  expect(
    await calls
      .query(asked)
      .filter(call => call.metadata.tags?.['i'] !== 7)
      .count(),
  ).toBe(199)
  expect(reads).toBe(0)
})
