import { expect, test } from 'vitest'
import { openRecord } from '../../src/calls/record-codec.ts'
import { termsOf } from '../../src/calls/terms-of.ts'
import { type CallTerms, createCache, defaultRegistry, digest, type Store } from '../../src/index.ts'
import { identity } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

async function termsFor(
  argument: unknown,
  options: { inlineBelow?: number; storeArguments?: boolean; result?: unknown; metadata?: object } = {},
): Promise<CallTerms> {
  let given: CallTerms | undefined
  const inner = testStore()
  const store: Store = {
    ...inner,
    commit(batch) {
      given = batch.calls[0]!.terms
      return inner.commit(batch)
    },
  }
  const { inlineBelow = 4096, storeArguments = true, result = 1, metadata } = options
  const { calls } = createCache(store, { inlineBelow })
  const call = calls.prepare(identity, { values: [argument], names: ['options'] }, { storeArguments })
  await calls.commit(call, result, { metadata: { tags: { a: 'x', b: [1] }, note: 'y', ...metadata } })
  const [{ key } = { key: undefined }] = inner.calls.list()
  const [bytes] = inner.calls.get([key!])
  const { record } = openRecord({ key: key!, bytes: bytes! }, defaultRegistry)
  // What a record can be found by follows from the record alone.
  expect(termsOf(record, defaultRegistry, digest)).toEqual(given)
  return given!
}

const paths = ({ args }: CallTerms): readonly string[] => args.map(({ path }) => path)

test('properties are listed breadth first, with the digests of their values', async () => {
  const terms = await termsFor({ user: 'ada', deep: { a: { b: 1 }, list: [{ c: 1 }] } })
  expect(paths(terms)).toEqual(['', '/user', '/deep', '/deep/a', '/deep/list', '/deep/a/b'])
  expect(terms.args.map(term => term.digest)).toEqual([
    digest({ user: 'ada', deep: { a: { b: 1 }, list: [{ c: 1 }] } }),
    digest('ada'),
    digest({ a: { b: 1 }, list: [{ c: 1 }] }),
    digest({ b: 1 }),
    digest([{ c: 1 }]),
    digest(1),
  ])
  expect(terms.args.every(({ position, name }) => position === 0 && name === 'options')).toBe(true)
})

const big = { text: 'x'.repeat(9000), small: 1, deep: { text: 'y'.repeat(9000), n: [1, 2] }, list: ['z'.repeat(3000)] }

test.each([
  ['kept in parts', {}],
  ['split everywhere', { inlineBelow: 0 }],
  ['not split', { inlineBelow: Infinity }],
])('large arguments list the same: %s', async (_how, options) => {
  const terms = await termsFor(big, options)
  expect(Object.fromEntries(terms.args.map(({ path, digest: stands }) => [path, stands]))).toEqual({
    '': digest(big),
    '/text': digest(big.text),
    '/small': digest(1),
    '/deep': digest(big.deep),
    '/list': digest(big.list),
    '/deep/text': digest(big.deep.text),
    '/deep/n': digest([1, 2]),
  })
})

test('of an argument that is not stored only its digest is listed', async () => {
  const terms = await termsFor(big, { storeArguments: false })
  expect(terms.args.map(({ path, digest: stands }) => [path, stands])).toEqual([['', digest(big)]])
})

test.each([
  ['an array', [{ a: 1 }]],
  ['a Map', new Map([['a', 1]])],
  ['text', 'a'],
  ['null', null],
  ['an empty object', {}],
])('nothing inside %s is listed', async (_what, argument) => {
  expect(paths(await termsFor(argument))).toEqual([''])
})

test('an object without a prototype is a plain object', async () => {
  expect(paths(await termsFor(Object.assign(Object.create(null), { a: 1 })))).toEqual(['', '/a'])
})

test('at most 64 properties are listed, and a term says that there are more', async () => {
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
  expect(paths(await termsFor(wide(64)))).toHaveLength(65)
  const cut = paths(await termsFor(wide(65)))
  expect(cut).toHaveLength(66)
  expect(cut.at(-1)).toBe('*')
})

const partsOf = async (result: unknown, options: { inlineBelow?: number } = {}) =>
  (await termsFor(0, { ...options, result })).resultParts

test.each([
  ['kept in parts', {}],
  ['split everywhere', { inlineBelow: 0 }],
  ['not split', { inlineBelow: Infinity }],
])('a large result lists what a large argument does: %s', async (_how, options) => {
  const { args, resultParts } = await termsFor(big, { ...options, result: big })
  const nested = args.filter(({ path }) => path !== '').map(({ path, digest: stands }) => ({ path, digest: stands }))
  expect(nested.length).toBeGreaterThan(5)
  expect(resultParts).toEqual(nested)
})

test('a small result lists its properties, and one whose parts stand elsewhere theirs too', async () => {
  expect(await partsOf({ a: 1, deep: { b: [2] } })).toEqual([
    { path: '/a', digest: digest(1) },
    { path: '/deep', digest: digest({ b: [2] }) },
    { path: '/deep/b', digest: digest([2]) },
  ])
  const rows = { n: 1, text: 'x'.repeat(5000) }
  expect(await partsOf({ a: 1, rows })).toEqual([
    { path: '/a', digest: digest(1) },
    { path: '/rows', digest: digest(rows) },
    { path: '/rows/n', digest: digest(1) },
    { path: '/rows/text', digest: digest(rows.text) },
  ])
})

test.each([
  ['an array', [{ a: 1 }]],
  ['a Map', new Map([['a', 1]])],
  ['text', 'x'.repeat(9000)],
  ['null', null],
  ['an empty object', {}],
])('of a result that is %s nothing is listed', async (_what, result) => {
  expect(await partsOf(result)).toEqual([])
})

test('at most 32 properties of a result are listed, and a term says that there are more', async () => {
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
  expect(await partsOf(wide(32))).toHaveLength(32)
  const cut = await partsOf(wide(33))
  expect(cut).toHaveLength(33)
  expect(cut.at(-1)).toEqual({ path: '*', digest: digest(wide(33)) })
  // To build it would take as long as it took to encode it.
  const huge = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, `value ${i}`]))
  expect(await partsOf(huge)).toEqual([{ path: '*', digest: digest(huge) }])
})

test('metadata further down is listed, up to 64 values, and a term says that there are more', async () => {
  const listed = async (metadata: object) => (await termsFor(1, { metadata })).metadata.slice(4)
  expect(await listed({ run: { host: { name: 'a', at: new Date(0) }, n: 1 }, cpu: { a: { b: { c: null } } } })).toEqual(
    [
      { path: '/run', value: undefined },
      { path: '/run/host', value: undefined },
      { path: '/run/n', value: 1 },
      { path: '/cpu', value: undefined },
      { path: '/cpu/a', value: undefined },
      { path: '/run/host/name', value: 'a' },
      { path: '/run/host/at', value: undefined },
      { path: '/cpu/a/b', value: undefined },
      { path: '/cpu/a/b/c', value: null },
    ],
  )
  const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]))
  expect((await listed({ near: wide(100) })).length).toBe(101)
  expect((await listed({ near: { wide: wide(64) } })).length).toBe(2 + 64)
  expect((await listed({ near: { wide: wide(65) } })).at(-1)).toEqual({ path: '*', value: undefined })
  expect((await listed({ near: { a: wide(40), b: wide(40) } })).length).toBe(3 + 64 + 1)
})

test('metadata lists its scalars, and that what is no scalar is there', async () => {
  expect((await termsFor(1)).metadata).toEqual([
    { path: '/tags', value: undefined },
    { path: '/tags/a', value: 'x' },
    { path: '/tags/b', value: undefined },
    { path: '/note', value: 'y' },
  ])
})
