import { describe, expect, test } from 'vitest'
import { ANY, type CallTemplate, createCache, exact, type Store } from '../../src/index.ts'
import { indexedStore, laterStore } from '../cache/support.ts'
import { fillWithCalls, huge, matchesOf, TEMPLATES } from '../support/templates.ts'
import { testStore } from '../support/test-store.ts'

class Point {
  readonly x = 1
}

const STORES: readonly (readonly [string, () => Store])[] = [
  ['a scan', testStore],
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
  const { calls } = createCache(testStore())
  const query = (asked: unknown) => () => calls.query(asked as CallTemplate)
  expect(query('slow')).toThrow(/expected a template as a plain object/)
  expect(query({ nam: 'slow' })).toThrow(/fields among namespace, name, version, args, result, metadata; got "nam"/)
  expect(query({ name: undefined })).toThrow(/name in a template as a string or ANY; got undefined/)
  expect(query({ name: Object.create(null) })).toThrow(/a string or ANY; got an object/)
  expect(query({ version: null })).toThrow(TypeError)
  expect(query({ args: 'ada' })).toThrow(TypeError)
  expect(query({ args: new Point() })).toThrow(TypeError)
  expect(query({ metadata: undefined })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { gt: null } } } })).toThrow(
    /bounds of metadata \/runtime\/durationMs/,
  )
  expect(query({ metadata: { runtime: { durationMs: { in: 3 } } } })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { in: Array(1) } } } })).toThrow(TypeError)
  for (const name of ['lt', 'in', 'between']) {
    expect(query({ metadata: { runtime: { durationMs: { [name]: undefined } } } })).toThrow(TypeError)
  }
  expect(query({ metadata: { runtime: { durationMs: { between: [1] } } } })).toThrow(TypeError)
  expect(query({ metadata: { runtime: { durationMs: { between: [1, 2], gte: 0 } } } })).toThrow(TypeError)
})

const cyclic: { me?: unknown; n: number } = { n: 1 }
cyclic.me = { again: cyclic }

/** Templates of which no record can be asked, and where in them that is. */
const WITHOUT_DIGEST: readonly (readonly [asked: CallTemplate, code: string, path: string])[] = [
  [{ args: [1, () => 1] }, 'ERR_UNDIGESTIBLE', '.args[1]'],
  [{ args: { user: () => 1 } }, 'ERR_UNDIGESTIBLE', '.args.user'],
  [{ args: { 'the user': { deep: [1, { f: () => 1 }] } } }, 'ERR_UNDIGESTIBLE', '.args["the user"].deep[1].f'],
  [{ args: [exact({ f: () => 1 })] }, 'ERR_UNDIGESTIBLE', '.args[0].f'],
  [{ result: Promise.resolve() }, 'ERR_UNDIGESTIBLE', '.result'],
  [{ result: { a: new Map([[1, () => 1]]) } }, 'ERR_UNDIGESTIBLE', '.result.a.get(1)'],
  [{ metadata: { own: () => 1 } }, 'ERR_UNDIGESTIBLE', '.metadata.own'],
  [{ metadata: { own: { x: [() => 1] } } }, 'ERR_UNDIGESTIBLE', '.metadata.own.x[0]'],
  [{ args: [cyclic] }, 'ERR_CYCLIC', '.args[0].me.again'],
  [{ args: [[cyclic]] }, 'ERR_CYCLIC', '.args[0][0].me.again'],
  [{ result: exact(cyclic) }, 'ERR_CYCLIC', '.result.me.again'],
  [{ metadata: { own: cyclic } }, 'ERR_CYCLIC', '.metadata.own.me.again'],
]

test.each(WITHOUT_DIGEST.map(([asked, code, path]) => [code, path, asked] as const))(
  '%s at %s of a template is refused at once, by the path',
  (code, path, asked) => {
    const { calls } = createCache(testStore())
    expect(() => calls.query(asked)).toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(path),
        details: expect.objectContaining({ path }),
      }),
    )
  },
)

test('a query asks what its template said when it was made', async () => {
  const cache = createCache(indexedStore())
  await fillWithCalls(cache)
  const projects = ['x', 0]
  const query = cache.calls.query({ metadata: { tags: { project: { in: projects } } } })
  const found = await query.count()
  projects.length = 0
  expect(await query.count()).toBe(found)
  expect(found).toBe(3)
})

test('a part that stands in a template twice is no cycle', () => {
  const { calls } = createCache(testStore())
  const twice = { n: 1 }
  expect(() => calls.query({ args: [{ a: twice, b: { c: twice } }, twice] })).not.toThrow()
})

const many = Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`k${i}`, i]))
const LARGE: readonly (readonly [string, (last: number) => CallTemplate])[] = [
  ['arguments', last => ({ args: [{}, ...Object.values({ ...many, k1199: last })] })],
  ['properties of an argument', last => ({ args: { options: { ...many, k1199: last } } })],
  ['properties of a result', last => ({ result: { ...many, k1199: last } })],
  ['keys of metadata', last => ({ metadata: { own: { ...many, k1199: last } } })],
  ['keys of metadata deep down', last => ({ metadata: { run: { own: { ...many, k1199: last } } } })],
  [
    'values of which metadata is one',
    last => ({ metadata: { own: { k1199: { in: Array.from({ length: 40_000 }, (_, i) => last - i) } } } }),
  ],
]

test.each(LARGE)('a template may ask for any number of %s', async (_what, asked) => {
  const { calls } = createCache(testStore())
  const values = [many, ...Object.values(many)]
  const names = ['options', ...Object.keys(many)]
  for (const name of ['one', 'two']) {
    const call = calls.prepare({ namespace: '', name, version: 1, conditions: [] }, { values, names })
    await calls.commit(call, many, { metadata: { own: many, run: { own: many } } })
  }
  expect(await calls.query(asked(1199)).count()).toBe(2)
  expect(await calls.query({ ...asked(1199), name: 'two' }).count()).toBe(1)
  expect(await calls.query(asked(1198)).count()).toBe(0)
})

test('listing records reads no value', async () => {
  const inner = testStore()
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
