import {
  type ArgumentTerm,
  type CallCondition,
  type CallEntry,
  type CallTerms,
  compareInOrder,
  type FindOrder,
  type FindPlace,
  type FoundEntry,
  type MetadataTerm,
  type PartTerm,
  placeInOrder,
  type Scalar,
  type ScalarTest,
} from '@riposte/core'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { connect } from '../src/connection.ts'
import { sqliteStore } from '../src/index.ts'
import { storedPlace } from '../src/scalars.ts'
import { laneFor } from '../src/search.ts'
import { callOf, keyOf } from './samples.ts'

// Few of each, so that conditions meet.
const names = ['', 'f', 'F', 'é', 'e\u0301', 'f\0', '\ud800', '\udbff', '\ufffd']
const paths = ['', '/a', '/a/b', '/__proto__', '/\udc00']
// Some that begin or end as another, in quotation marks or as text that holds a part is put together.
const parts = [
  '/a',
  '/a/b',
  '*',
  '/',
  '/"',
  '/a"',
  '/a\\',
  '/a\\"',
  '/a","',
  '/,',
  '/\udc00',
  '/\0',
  '/é',
  '/__proto__',
]
const digests = [1, 2, 3].map(keyOf)
const scalars: readonly Scalar[] = [
  ...[null, true, false, 'null', 'true', 'other', 'NaN', '', '1', 'a', 'aa', 'b', '\ue000', '\u{10000}', '\ud800', 'é'],
  ...[0, -0, 1, 1.5, -1, 2 ** 53, 2 ** 53 + 2, 1e300, 5e-324, 0.1, 0.30000000000000004],
]

const argument: fc.Arbitrary<ArgumentTerm> = fc.record({
  position: fc.nat(2),
  name: fc.constantFrom(undefined, ...names),
  path: fc.constantFrom(...paths),
  digest: fc.constantFrom(...digests),
})

const metadatum: fc.Arbitrary<MetadataTerm> = fc.record({
  path: fc.constantFrom(...paths),
  value: fc.constantFrom(undefined, ...scalars),
})

const part: fc.Arbitrary<PartTerm> = fc.record({
  path: fc.constantFrom(...parts),
  digest: fc.constantFrom(...digests),
})

const terms: fc.Arbitrary<CallTerms> = fc.record({
  namespace: fc.constantFrom(...names.slice(0, 3)),
  name: fc.constantFrom(...names),
  version: fc.constantFrom(undefined, '1', '"1"', ''),
  args: fc.array(argument, { maxLength: 4 }),
  result: fc.constantFrom(undefined, ...digests),
  resultParts: fc.array(part, { maxLength: 4 }),
  metadata: fc.array(metadatum, { maxLength: 4 }),
})

const bound = fc.constantFrom(...scalars.filter(scalar => typeof scalar === 'string' || typeof scalar === 'number'))

const scalarTest: fc.Arbitrary<ScalarTest> = fc.record(
  {
    equals: fc.constantFrom(...scalars),
    in: fc.array(fc.constantFrom(...scalars), { maxLength: 6 }),
    lt: bound,
    lte: bound,
    gt: bound,
    gte: bound,
  },
  { requiredKeys: [] },
)

// fast-check's types lose which field goes with which value.
const condition = fc.oneof(
  fc.record({ field: fc.constantFrom('namespace', 'name'), equals: fc.constantFrom(...names) }),
  fc.record({ field: fc.constant('version'), equals: fc.constantFrom(undefined, '1', '"1"', '') }),
  fc.record({ field: fc.constant('result'), equals: fc.constantFrom(...digests) }),
  fc.record({
    field: fc.constant('argument'),
    at: fc.oneof(fc.nat(2), fc.constantFrom(...names)),
    path: fc.constantFrom(...paths),
    equals: fc.constantFrom(undefined, ...digests),
  }),
  fc.record({
    field: fc.constant('resultPart'),
    path: fc.constantFrom(...parts),
    equals: fc.constantFrom(undefined, ...digests),
  }),
  fc.record({ field: fc.constant('opaque'), path: fc.constantFrom(...paths) }),
  fc.record({
    field: fc.constant('metadata'),
    path: fc.constantFrom(...paths),
    test: fc.option(scalarTest, { nil: undefined }),
  }),
) as fc.Arbitrary<CallCondition>

/** The doc comments of the port, read naively. */
function holds(call: CallTerms, asked: CallCondition): boolean {
  switch (asked.field) {
    case 'argument':
      return call.args.some(
        term =>
          (term.position === asked.at || term.name === asked.at) &&
          term.path === asked.path &&
          (asked.equals === undefined || term.digest === asked.equals),
      )
    case 'metadata':
      return call.metadata.some(
        term => term.path === asked.path && (asked.test === undefined || passes(term.value, asked.test)),
      )
    case 'resultPart':
      return call.resultParts.some(
        term => term.path === asked.path && (asked.equals === undefined || term.digest === asked.equals),
      )
    case 'opaque':
      return call.metadata.some(term => term.path === asked.path && term.value === undefined)
    default:
      return call[asked.field] === asked.equals
  }
}

function passes(value: Scalar | undefined, asked: ScalarTest): boolean {
  if (value === undefined) return false
  if (asked.equals !== undefined && value !== asked.equals) return false
  if (asked.in !== undefined && !asked.in.some(one => one === value)) return false
  const orders = [
    [asked.lt, (sign: number) => sign < 0],
    [asked.lte, (sign: number) => sign <= 0],
    [asked.gt, (sign: number) => sign > 0],
    [asked.gte, (sign: number) => sign >= 0],
  ] as const
  return orders.every(([limit, accepts]) => limit === undefined || ordered(value, limit, accepts))
}

function ordered(value: Scalar, limit: string | number, accepts: (sign: number) => boolean): boolean {
  if (typeof value === 'number' && typeof limit === 'number') return accepts(Math.sign(value - limit))
  if (typeof value !== 'string' || typeof limit !== 'string') return false
  const [a, b] = [codePoints(value), codePoints(limit)]
  const i = a.findIndex((point, at) => point !== b[at])
  return accepts(i === -1 ? a.length - b.length : Math.sign((a[i] ?? 0) - (b[i] ?? -1)))
}

const codePoints = (text: string) => Array.from(text, character => character.codePointAt(0) ?? 0)

test('a search finds what a scan finds, in the order of the keys', () => {
  fc.assert(
    fc.property(fc.array(terms, { maxLength: 12 }), fc.array(condition, { maxLength: 3 }), (all, where) => {
      const store = sqliteStore(':memory:')
      const calls = all.map((one, i): CallEntry => callOf(i, one))
      store.calls.put(calls, 'absent')
      const expected = calls.filter(call => where.every(asked => holds(call.terms, asked))).map(({ key }) => key)
      expect([...store.calls.find({ where })].map(({ key }) => key)).toEqual(expected.sort())
      store.close()
    }),
    { numRuns: 400 },
  )
})

test('a property is found by a single condition of each kind, so that the one above finds something', () => {
  const store = sqliteStore(':memory:')
  fc.assert(
    fc.property(terms, fc.array(condition, { minLength: 1, maxLength: 1 }), (one, where) => {
      const call = callOf('one', one)
      store.calls.put([call], 'replace')
      const found = where.every(asked => holds(one, asked)) ? [call.key] : []
      expect([...store.calls.find({ where })].map(({ key }) => key)).toEqual(found)
    }),
    { numRuns: 1500 },
  )
  store.close()
})

const orders: fc.Arbitrary<FindOrder | undefined> = fc.option(
  fc.record({
    by: fc.constantFrom<FindOrder['by']>('key', 'namespace', 'name', 'version', '/a', '/a/b', '/__proto__'),
    direction: fc.constantFrom('asc', 'desc'),
  }),
  { nil: undefined },
)

/** At most one value at a path, as metadata has. */
const plainTerms = terms.map(one => ({
  ...one,
  metadata: one.metadata.filter(({ path }, i) => one.metadata.findIndex(other => other.path === path) === i),
}))

test('a search in any order goes on behind any place, and to any number, as a sorted scan does', () => {
  const searches = fc.record({
    all: fc.array(plainTerms, { maxLength: 16 }),
    where: fc.array(condition, { maxLength: 2 }),
    order: orders,
    at: fc.nat(16),
    limit: fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined }),
    gone: fc.boolean(),
  })
  fc.assert(
    fc.property(searches, ({ all, where, order, at, limit, gone }) => {
      const database = new Database(':memory:')
      const store = sqliteStore(database)
      const connection = connect(database, false)
      const calls = all.map((one, i): CallEntry => callOf(i, one))
      store.calls.put(calls, 'absent')
      const sorted = calls
        .filter(call => where.every(asked => holds(call.terms, asked)))
        .map(({ key, terms: own }) => placeInOrder(key, own, order))
        .sort((a, b) => compareInOrder(a, b, order))
      const after = sorted[at]
      if (gone && after !== undefined) store.calls.delete([{ key: after.key }])
      const behind = sorted.slice(after === undefined ? 0 : at + 1).map(({ key }) => key)
      const found = [...store.calls.find({ where, order, after, limit })]
      expect(found.map(({ key }) => key)).toEqual(behind.slice(0, limit))
      for (const entry of found) {
        const place = sorted.find(({ key }) => key === entry.key)
        expect(compareInOrder(entry, place ?? entry, order) === 0).toBe(true)
      }
      // Where many calls were there, others ways than for few would be gone.
      for (const few of [0, 2]) {
        const place = after && { key: after.key, value: storedPlace(after.value) ?? null }
        const rows = connection.read('find', sql => {
          const lane = laneFor(sql, where, order, { few, many: few })
          return lane(order?.by === 'key' ? place && { ...place, value: null } : place, limit ?? 100)
        })
        expect(rows.map(({ key }) => key)).toEqual(behind.slice(0, limit))
      }
      connection.close()
      store.close()
      database.close()
    }),
    { numRuns: 300 },
  )
})

test('values in any number of ties, read in pages of any size either way, come as a sort gives them', () => {
  const metadata = fc.array(fc.constantFrom<Scalar>(1, 2, 'a', 'b', true, false, null), { minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(metadata, fc.integer({ min: 1, max: 9 }), fc.constantFrom('asc', 'desc'), (values, size, direction) => {
      const order: FindOrder = { by: '/x', direction }
      const store = sqliteStore(':memory:')
      const calls = values.map((value, i) => callOf(i, { name: `f${i % 3}`, metadata: [{ path: '/x', value }] }))
      store.calls.put(calls, 'absent')
      const found: string[] = []
      for (let after: FindPlace | undefined; ; ) {
        const page: readonly FoundEntry[] = [...store.calls.find({ where: [], order, after, limit: size })]
        found.push(...page.map(({ key }) => key))
        const last = page.at(-1)
        if (last === undefined || page.length < size) break
        after = { key: last.key, value: last.value }
      }
      const places = calls.map(({ key, terms: own }) => placeInOrder(key, own, order))
      expect(found).toEqual(places.sort((a, b) => compareInOrder(a, b, order)).map(({ key }) => key))
      store.close()
    }),
    { numRuns: 150 },
  )
})

test('NaN equals itself, and is neither below nor above anything', () => {
  const store = sqliteStore(':memory:')
  const metadata = [{ path: '/x', value: Number.NaN }]
  store.calls.put([callOf('nan', { metadata }), callOf('zero', { metadata: [{ path: '/x', value: 0 }] })], 'absent')
  const found = (asked: ScalarTest) =>
    [...store.calls.find({ where: [{ field: 'metadata', path: '/x', test: asked }] })].map(({ key }) => key)
  expect(found({ equals: Number.NaN })).toEqual([keyOf('nan')])
  expect(found({ in: [Number.NaN, 7] })).toEqual([keyOf('nan')])
  expect(found({ lte: Number.NaN })).toEqual([])
  expect(found({ lte: Number.POSITIVE_INFINITY })).toEqual([keyOf('zero')])
  expect(found({ gte: 0 })).toEqual([keyOf('zero')])
  store.close()
})

const slow: readonly CallCondition[] = [{ field: 'name', equals: 'slow' }]
const tagged: readonly CallCondition[] = [{ field: 'metadata', path: '/tags/x', test: { equals: 1 } }]
const metadata: readonly MetadataTerm[] = [{ path: '/tags/x', value: 1 }]

test.each([
  ['by function', slow],
  ['gathered', tagged],
  ['all', []],
])('what is removed, replaced and added during a search %s: the order holds, each appears once', (_kind, where) => {
  const store = sqliteStore(':memory:')
  const many = Array.from({ length: 700 }, (_, i) => callOf(i, { name: 'slow', metadata }))
  many.sort((a, b) => (a.key < b.key ? -1 : 1))
  store.calls.put(many, 'absent')
  const [kept, removed] = [many.slice(0, 500), many.slice(500)].map(part => part.map(({ key }) => key))
  const found: string[] = []
  for (const { key } of store.calls.find({ where })) {
    found.push(key)
    if (found.length !== 50) continue
    store.calls.delete(many.slice(500).map(({ key }) => ({ key })))
    // These take the ids that were freed.
    store.calls.put(
      Array.from({ length: 100 }, (_, i) => callOf(`new ${i}`, { name: 'slow', metadata })),
      'absent',
    )
    store.calls.put(
      Array.from({ length: 100 }, (_, i) => callOf(`odd ${i}`, { name: 'odd' })),
      'absent',
    )
  }
  expect(found).toEqual([...new Set(found)].sort())
  expect(kept?.filter(key => !found.includes(key))).toEqual([])
  expect(removed?.filter(key => found.includes(key))).toEqual([])
  store.close()
})

test('a record that was replaced during a search is left out when it no longer fits', () => {
  const store = sqliteStore(':memory:')
  const many = Array.from({ length: 300 }, (_, i) => callOf(i, { metadata }))
  store.calls.put(many, 'absent')
  const last = many
    .map(({ key }) => key)
    .sort()
    .at(-1)
  const found: string[] = []
  for (const { key } of store.calls.find({ where: tagged })) {
    if (found.length === 0) {
      store.calls.put(
        many.filter(call => call.key === last).map(call => ({ ...call, terms: { ...call.terms, metadata: [] } })),
        'replace',
      )
    }
    found.push(key)
  }
  expect(found.length).toBe(299)
  expect(found).not.toContain(last)
  store.close()
})

test('an entry without terms is found by no condition, and where there is none', () => {
  const store = sqliteStore(':memory:')
  const { key, bytes } = callOf('plain')
  store.calls.put([{ key, bytes }], 'absent')
  expect([...store.calls.find({ where: [] })].map(found => found.key)).toEqual([key])
  expect([...store.calls.find({ where: [{ field: 'name', equals: 'f' }] })]).toEqual([])
  store.close()
})

test('a search runs on one connection beside writes: nothing is held open between pages', () => {
  const database = new Database(':memory:')
  const store = sqliteStore(database)
  store.calls.put(
    Array.from({ length: 500 }, (_, i) => callOf(i)),
    'absent',
  )
  for (const _ of store.calls.find({ where: [{ field: 'name', equals: 'f' }] })) {
    expect(database.inTransaction).toBe(false)
    database.exec('CREATE TABLE IF NOT EXISTS beside (x)')
    break
  }
  store.close()
  database.close()
})
