import fc from 'fast-check'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { shownShort } from '../../src/calls/shown-short.ts'
import { viewQuery } from '../../src/engine.ts'
import {
  type CallIndex,
  type CallRecord,
  createCache,
  digest,
  type OrderField,
  type Page,
  type Query,
  ref,
  type Store,
} from '../../src/index.ts'
import { identity, indexedStore, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const COUNT = 23
const startedAt = (i: number) => (i % 5 === 0 ? undefined : (i * 7) % COUNT)

/** More than one record lists, in the first: there `/deep/z/last` is not among it. */
const WIDE = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, i]))
const deepOf = (i: number) => ({ ...(i === 0 ? { a: WIDE } : {}), z: { last: { at: i % 6 } } })

async function filledWith(store: Store) {
  const { cache } = warnedCache(store)
  for (let i = 0; i < COUNT; i += 1) {
    const call = cache.calls.prepare(
      { ...identity, name: `f${i % 3}` },
      { values: [i, { group: i % 4 }], names: ['i', 'o'] },
    )
    const at = startedAt(i)
    const runtime = at === undefined ? { durationMs: i % 2 } : { startedAt: at, durationMs: i % 2 }
    const metadata = { runtime, 'a/b': { 'c~d': `t${i % 6}` }, deep: deepOf(i) }
    await cache.calls.commit(call, { square: i * i }, { metadata })
  }
  return cache
}

const argOf = (call: CallRecord): number => call.args[0] as number
const FIELDS: readonly (readonly [OrderField, (i: number) => string | number | undefined])[] = [
  ['name', i => `f${i % 3}`],
  ['startedAt', startedAt],
  ['durationMs', i => i % 2],
  ['/a~1b/c~0d', i => `t${i % 6}`],
  ['/deep/z/last/at', i => i % 6],
  ['/deep/z/last', () => undefined],
  ['/nowhere/at all', () => undefined],
]

/** All arguments in an order, by sorting an array: what lacks the key last, equals as they came (by digest). */
function ordered(all: readonly number[], key: (i: number) => string | number | undefined, direction: 'asc' | 'desc') {
  const missing = all.filter(i => key(i) === undefined)
  const present = all.filter(i => key(i) !== undefined)
  const sign = direction === 'asc' ? 1 : -1
  return [...present.sort((a, b) => (key(a)! < key(b)! ? -sign : key(a)! > key(b)! ? sign : 0)), ...missing]
}

async function pagesOf<C>(query: Query<C>, size: number): Promise<readonly (readonly C[])[]> {
  const pages: (readonly C[])[] = []
  for (let after: string | undefined, page: Page<C> | undefined; page === undefined || after !== undefined; ) {
    page = await query.page({ size, after })
    pages.push(page.calls)
    after = page.next
  }
  return pages
}

describe.each<[string, () => Store]>([
  ['a scan', testStore],
  ['a scan of a store that answers later', () => laterStore()],
  ['an index', indexedStore],
])('by %s', (_name, open) => {
  test.each(FIELDS)('by %s, calls come as an array sorts, whole, in part and by page', async (field, key) => {
    const cache = await filledWith(open())
    const all = (await cache.calls.query().toArray()).map(argOf)
    for (const direction of ['asc', 'desc'] as const) {
      const expected = ordered(all, key, direction)
      for (const query of [
        cache.calls.query().orderBy(field, direction),
        cache.calls.query().sortedBy(call => key(argOf(call)), direction),
      ]) {
        expect(await query.map(argOf).toArray()).toEqual(expected)
        expect(await query.take(3).map(argOf).toArray()).toEqual(expected.slice(0, 3))
        expect(await query.skip(4).take(3).map(argOf).toArray()).toEqual(expected.slice(4, 7))
        expect(argOf((await query.first())!)).toBe(expected[0])
        const pages = await pagesOf(query, 4)
        expect(pages.map(({ length }) => length)).toEqual([4, 4, 4, 4, 4, 3])
        expect(pages.flat().map(argOf)).toEqual(expected)
      }
    }
  })

  test('metadata deep down orders matches where each lists all of it, and where one does not', async () => {
    const cache = await filledWith(open())
    for (const name of ['f0', 'f1']) {
      const query = cache.calls.query({ name })
      const all = (await query.toArray()).map(argOf)
      const expected = ordered(all, i => i % 6, 'desc')
      expect(await query.orderBy('/deep/z/last/at', 'desc').map(argOf).toArray()).toEqual(expected)
    }
  })

  test('pages of any chain are its parts in order', async () => {
    const cache = await filledWith(open())
    const step = fc.oneof(
      fc.nat(30).map(count => (query: Query<CallRecord>) => query.take(count)),
      fc.nat(9).map(count => (query: Query<CallRecord>) => query.skip(count)),
      fc.constantFrom(2, 3).map(count => (query: Query<CallRecord>) => query.filter(call => argOf(call) % count === 0)),
      fc.constantFrom(3, 7).map(count => (query: Query<CallRecord>) => query.unique(call => argOf(call) % count)),
      fc.constantFrom(...FIELDS).map(
        ([field]) =>
          (query: Query<CallRecord>) =>
            query.orderBy(field),
      ),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), fc.integer({ min: 1, max: 9 }), async (steps, size) => {
        const query = steps.reduce((chain, next) => next(chain), cache.calls.query())
        const all = await query.map(argOf).toArray()
        expect((await pagesOf(query, size)).flat().map(argOf)).toEqual(all)
        expect(await viewQuery(query, argOf).toArray()).toEqual(all)
        expect((await pagesOf(viewQuery(query, argOf), size)).flat()).toEqual(all)
      }),
      { numRuns: 60 },
    )
  })

  test('a cursor stays good while calls come and go', async () => {
    const cache = await filledWith(open())
    const query = cache.calls.query().orderBy('durationMs', 'desc')
    const expected = await query.map(argOf).toArray()
    const first = await query.page({ size: 10 })
    for (const call of [...first.calls.slice(5), ...(await query.skip(12).take(2).toArray())])
      await cache.calls.evict(call.digest)
    const second = await query.page({ size: 100, after: first.next })
    expect(second.calls.map(argOf)).toEqual([...expected.slice(10, 12), ...expected.slice(14)])
    expect(second.next).toBeUndefined()
  })

  test('latest and oldest go by when calls started; the undated are neither', async () => {
    const cache = await filledWith(open())
    const dated = Array.from({ length: COUNT }, (_, i) => i).filter(i => startedAt(i) !== undefined)
    const by = ordered(dated, startedAt, 'asc')
    expect(argOf((await cache.calls.query().oldest())!)).toBe(by[0])
    expect(argOf((await cache.calls.query().latest())!)).toBe(by.at(-1))
    expect(await cache.calls.query({ args: { i: 0 } }).oldest()).toBeUndefined()
  })

  test('groups hold all calls, by what their keys hold', async () => {
    const cache = await filledWith(open())
    const groups = await cache.calls.query().groupBy(call => call.args[1] as { group: number })
    expect([...groups.keys()].map(({ group }) => group).sort()).toEqual([0, 1, 2, 3])
    for (const [{ group }, calls] of groups) expect(calls.every(call => argOf(call) % 4 === group)).toBe(true)
    expect([...groups.values()].flat()).toHaveLength(COUNT)
    const unique = await cache.calls
      .query()
      .unique(call => call.args[1])
      .toArray()
    expect(unique.map(argOf)).toEqual([...groups.values()].map(([first]) => argOf(first!)))
    const byRef = await cache.calls.query().groupBy(call => call.resultRef)
    expect(byRef.size).toBe(COUNT)
  })

  test('nothing is read before a terminal verb, and each pass reads anew', async () => {
    const cache = await filledWith(open())
    const queries = [cache.calls.query().orderBy('name'), cache.calls.query().unique(call => call.name)]
    expect(await Promise.all(queries.map(query => query.count()))).toEqual([COUNT, 3])
    await cache.calls.query({ name: 'f1' }).evict()
    expect(await Promise.all(queries.map(query => query.count()))).toEqual([15, 2])
  })

  test('calls may be evicted while an ordered pass is read', async () => {
    const cache = await filledWith(open())
    let seen = 0
    for await (const call of cache.calls.query().orderBy('startedAt')) {
      seen += 1
      await cache.calls.query({ args: [argOf(call)] }).evict()
    }
    expect(seen).toBe(COUNT)
    expect(await cache.calls.query().toTable()).toEqual([])
  })

  test('ordered calls evict as they are', async () => {
    const cache = await filledWith(open())
    const [oldest] = await cache.calls.query().orderBy('startedAt').take(1).toArray()
    expect(await cache.calls.query().orderBy('startedAt').take(1).evict()).toBe(1)
    expect(await cache.calls.contains(oldest!.digest)).toBe(false)
  })

  test('ranges of metadata: between takes both ends, in takes any of a list', async () => {
    const cache = await filledWith(open())
    const found = async (test: object) =>
      (await cache.calls.query({ metadata: { runtime: { startedAt: test } } }).toArray())
        .map(call => startedAt(argOf(call))!)
        .sort((a, b) => a - b)
    const all = Array.from({ length: COUNT }, (_, i) => startedAt(i)).filter(at => at !== undefined)
    expect(await found({ between: [5, 12] })).toEqual(all.filter(at => at >= 5 && at <= 12).sort((a, b) => a - b))
    expect(await found({ in: [3, 6, 999], gt: 3 })).toEqual(all.filter(at => at === 6))
  })
})

test('a table shows calls in short', async () => {
  const cache = createCache(testStore())
  const long = { text: 'x'.repeat(9000) }
  const call = cache.calls.prepare(
    { ...identity, namespace: 'lab', version: 2 },
    { values: [1, 'ada', long], names: undefined },
  )
  await cache.calls.commit(
    call,
    { list: [1, 2, 3, 4, 5, 6], long },
    { metadata: { runtime: { startedAt: 0, durationMs: 4 } } },
  )
  expect(await cache.calls.query().toTable()).toEqual([
    {
      call: call.digest.slice(0, 4),
      name: 'lab/slow',
      version: 2,
      args: `1, "ada", ref ${digest(long).slice(0, 8)}…`,
      started: '1970-01-01T00:00:00.000Z',
      durationMs: 4,
      result: `{ list: [1, 2, 3, 4, 5, …], long: { text: ref ${digest(long.text).slice(0, 8)}… } }`,
    },
  ])
})

test('a table leaves out what no call has, save the metadata that is asked for', async () => {
  const cache = createCache(testStore())
  await cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), 'x', {
    metadata: { tags: { a: 1 } },
  })
  const table = async (metadata: `/${string}`[] = []) => cache.calls.query().toTable({ metadata })
  expect(Object.keys((await table())[0]!)).toEqual(['call', 'name', 'args', 'result'])
  expect(Object.keys((await table(['/tags/b']))[0]!)).toEqual(['call', 'name', 'args', 'result', '/tags/b'])
  await cache.calls.commit(cache.calls.prepare({ ...identity, version: 2 }, { values: [1], names: undefined }), 'x')
  expect((await table()).map(row => 'version' in row)).toEqual([true, true])
})

test('a table has a column for each metadata that is named, and milliseconds to thousandths', async () => {
  const cache = createCache(testStore())
  const metadata = [
    { runtime: { startedAt: 0, durationMs: 4.123456, cpuMs: 1.00049 }, fit: { score: 0.123456, 'a/b': ['x'] } },
    { fit: { score: 'good', deep: { down: true } }, runtime: { durationMs: 2 } },
  ]
  for (const [i, one] of metadata.entries()) {
    await cache.calls.commit(cache.calls.prepare(identity, { values: [i], names: undefined }), i, { metadata: one })
  }
  const rows = await cache.calls
    .query()
    .orderBy('durationMs', 'desc')
    .toTable({ metadata: ['/fit/score', '/runtime/cpuMs', '/fit/deep/down', '/fit/a~1b', '/fit'] })
  expect(rows).toMatchObject([
    { durationMs: 4.123, '/fit/score': 0.123456, '/runtime/cpuMs': 1, '/fit/deep/down': undefined },
    { durationMs: 2, '/fit/score': 'good', '/runtime/cpuMs': undefined, '/fit/deep/down': true },
  ])
  for (const row of rows) expect(row).toMatchObject({ '/fit/a~1b': undefined, '/fit': undefined })
  const score: unknown = rows[0]?.['/fit/score']
  expect(score).toBe(0.123456)
  // @ts-expect-error: no such column was asked for
  expect(rows[0]?.['/fit/other']).toBeUndefined()
})

test.each([
  [{ metadata: '/fit/score' }, /expected metadata as an array of JSON Pointers; got "\/fit\/score"/],
  [{ metadata: ['fit'] }, /expected metadata by JSON Pointer, such as "\/tags\/project"; got "fit"/],
  [{ metadata: [3] }, /got 3/],
  [{ columns: [] }, /there is no option "columns"/],
])('a table of %j is refused', async (options, message) => {
  // The types refuse them as well.
  await expect(
    createCache(testStore())
      .calls.query()
      .toTable(options as object),
  ).rejects.toThrow(message)
})

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [-0, '-0'],
  [12n, '12n'],
  ['a "b"\n', '"a \\"b\\"\\n"'],
  [new Map([[1, { a: null }]]), 'Map { 1 => { a: null } }'],
  [new Set(['x']), 'Set { "x" }'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Date(Number.NaN), 'Invalid Date'],
  [/a/g, '/a/g'],
  [new TypeError('no'), 'TypeError: no'],
  [new Uint8Array(9), 'Uint8Array(9 bytes)'],
  [[[[[1]]]], '[[[[…]]]]'],
  [ref(digest(1)), `ref ${digest(1).slice(0, 8)}…`],
  [Object.create(null), '{  }'],
  [Symbol.for('x'), 'Symbol(x)'],
])('%o is shown as %s', (value, shown) => {
  expect(shownShort(value)).toBe(shown)
})

test('whatever is shown is short, and whole characters', () => {
  fc.assert(
    fc.property(fc.anything(), value => {
      expect(shownShort(value).length).toBeLessThanOrEqual(60)
    }),
  )
  expect(shownShort('😀'.repeat(40))).not.toMatch(/\p{Surrogate}/u)
})

test('an index is asked for the order of metadata deep down, but where a match does not list all of it', async () => {
  const inner = indexedStore()
  const { find } = inner.calls as CallIndex
  const orders: unknown[] = []
  const calls: CallIndex = {
    ...inner.calls,
    find(options) {
      if (options.order !== undefined) orders.push(options.order)
      return find(options)
    },
  }
  const cache = await filledWith({ ...inner, calls })
  const order = { by: '/deep/z/last/at', direction: 'asc' }
  await cache.calls.query({ name: 'f1' }).orderBy('/deep/z/last/at').take(2).toArray()
  expect(orders).toEqual([order])
  await cache.calls.query({ name: 'f0' }).orderBy('/deep/z/last/at').take(2).toArray()
  expect(orders).toEqual([order])
})

test('wrong orders, cursors and sizes are refused', async () => {
  const cache = await filledWith(testStore())
  const query = cache.calls.query()
  // @ts-expect-error there is no such field
  expect(() => query.orderBy('size')).toThrow(/JSON Pointer/)
  // @ts-expect-error there is no such direction
  expect(() => query.orderBy('name', 'down')).toThrow(TypeError)
  await expect(query.page({ size: 0 })).rejects.toThrow(RangeError)
  await expect(query.page({ size: 1, after: 'x' })).rejects.toThrow(/the same order/)
  const { next } = await query.orderBy('name').page({ size: 1 })
  await expect(query.orderBy('name', 'desc').page({ size: 1, after: next })).rejects.toThrow(/the same order/)
  await expect(query.page({ size: 1, after: next })).rejects.toThrow(/the same order/)
  // @ts-expect-error an object is no key to sort by
  await expect(query.sortedBy(call => call.args[1] as object).count()).rejects.toThrow(/sort by/)
})

test('types follow the calls', async () => {
  const query = createCache(testStore()).calls.query()
  expectTypeOf(await query.groupBy(call => call.name)).toEqualTypeOf<ReadonlyMap<string, readonly CallRecord[]>>()
  expectTypeOf((await query.page({ size: 1 })).calls).toEqualTypeOf<readonly CallRecord[]>()
  expectTypeOf(query.orderBy('/tags/x')).toEqualTypeOf<Query<CallRecord>>()
  expect(await query.count()).toBe(0)
})
