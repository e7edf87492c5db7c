import { asDigest, type CallCondition, type CallEntry, type Digest, matchesTerms, type PartTerm } from '@riposte/core'
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { ERA } from '../src/schema.ts'
import { callOf, keyOf } from './samples.ts'

/** Two digests that begin alike: whatever is found by their beginning finds both. */
const ALIKE = ['0', '1'].map(end => asDigest(`abcdef0123456789${end.repeat(48)}`))

function open() {
  const database = new Database(':memory:')
  const store = sqliteStore(database)
  const rows = (): number =>
    (database.prepare('SELECT count(*) AS n FROM result_parts_v3').get() as { readonly n: number }).n
  const close = (): void => {
    store.close()
    database.close()
  }
  return { store, rows, close }
}

const has = (path: string, equals: Digest | undefined): CallCondition => ({ field: 'resultPart', path, equals })

function callWith(name: string | number, resultParts: readonly PartTerm[]): CallEntry {
  return callOf(name, { name: `f${Number(name) % 2}`, resultParts })
}

const partsOf = (i: number): readonly PartTerm[] => [
  { path: '/n', digest: keyOf(i % 50) },
  { path: '/alike', digest: ALIKE[i % 2]! },
  { path: `/own ${i}`, digest: keyOf('one') },
  ...(i % 100 === 0 ? [{ path: '*', digest: keyOf(i) }] : []),
]

const SEARCHES: readonly (readonly CallCondition[])[] = [
  [has('/n', keyOf(7))],
  [has('/n', keyOf(7)), { field: 'name', equals: 'f1' }],
  [has('/n', keyOf(7)), has('/alike', ALIKE[1])],
  [has('/alike', ALIKE[0])],
  [has('/alike', undefined), has('/n', keyOf(8))],
  [has('*', undefined)],
  [has('*', keyOf(200))],
  [has('/own 3', undefined)],
  [has('/own 3', keyOf('one'))],
  [has('/own 3', keyOf('two'))],
]

function expectAllFound(store: ReturnType<typeof open>['store'], calls: readonly CallEntry[]): void {
  for (const where of SEARCHES) {
    const expected = calls.filter(({ terms }) => matchesTerms(terms, where)).map(({ key }) => key)
    expect(Array.from(store.calls.find({ where }), ({ key }) => key)).toEqual(expected.sort())
  }
}

test.each([1, 255, 256, 257, 700, ERA + 300])('of %i calls all are found by parts of their results', count => {
  const { store, close } = open()
  const calls = Array.from({ length: count }, (_, i) => callWith(i, partsOf(i)))
  store.calls.put(calls, 'absent')
  expectAllFound(store, calls)
  close()
})

test('parts go with their call, and come with what replaces it, whether it is new or was there long ago', () => {
  const { store, rows, close } = open()
  const calls = Array.from({ length: 700 }, (_, i) => callWith(i, partsOf(i)))
  store.calls.put(calls, 'absent')
  const replaced = calls.map((call, i) => (i % 3 === 0 ? callWith(i, partsOf(i + 1)) : call))
  store.calls.put(
    replaced.filter((_, i) => i % 3 === 0),
    'replace',
  )
  expectAllFound(store, replaced)
  const [gone, kept] = [replaced.filter((_, i) => i % 2 === 0), replaced.filter((_, i) => i % 2 === 1)]
  store.calls.delete(gone.map(({ key }) => ({ key })))
  expectAllFound(store, kept)
  const more = Array.from({ length: 300 }, (_, i) => callWith(1000 + i, partsOf(i)))
  store.calls.put(more, 'absent')
  expectAllFound(store, [...kept, ...more])
  store.calls.delete([...kept, ...more].map(({ key }) => ({ key })))
  expect(rows()).toBe(0)
  close()
})

test('what was never listed takes no row', () => {
  const { store, rows, close } = open()
  store.calls.put(
    Array.from({ length: 600 }, (_, i) => callWith(i, [])),
    'absent',
  )
  expect(rows()).toBe(0)
  expect([...store.calls.find({ where: [has('/n', keyOf(7))] })]).toEqual([])
  close()
})
