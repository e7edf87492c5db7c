import { asDigest, type CallCondition } from '@riposte/core'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../src/conditions.ts'
import type { Fragment, Sql, SqliteDatabase } from '../src/database.ts'
import { chooseSource, gatherQuery, pageQuery } from '../src/find.ts'
import { sqliteStore } from '../src/index.ts'
import { callOf, entryOf, keyOf } from './samples.ts'

const CALLS = 10_000
const database = new Database(':memory:')
const statements: string[] = []

/** The same database, noting every statement that is run. */
const noting: SqliteDatabase = {
  exec: text => {
    statements.push(text)
    return database.exec(text)
  },
  prepare: text => {
    const statement = database.prepare(text)
    const noted = <A extends unknown[], R>(run: (...values: A) => R) => {
      return (...values: A) => {
        statements.push(text)
        return run(...values)
      }
    }
    return {
      run: noted((...values) => statement.run(...values)),
      get: noted((...values) => statement.get(...values)),
      all: noted((...values) => statement.all(...values)),
    }
  },
  close: () => database.close(),
}

const store = sqliteStore(noting)
const sql: Sql = text => database.prepare(text)

beforeAll(() => {
  store.values.put(
    Array.from({ length: 2000 }, (_, i) => entryOf(i)),
    'keep',
  )
  store.calls.put(
    Array.from({ length: CALLS }, (_, i) =>
      callOf(i, {
        namespace: `space ${i % 3}`,
        name: `f${i % 50}`,
        version: i % 2 === 0 ? undefined : String(i % 4),
        result: keyOf(`result ${i % 5000}`),
        args: [
          { position: 0, name: 'user', path: '', digest: keyOf(`user ${i % 100}`) },
          { position: 1, name: 'flag', path: '', digest: keyOf(String(i % 2 === 0)) },
        ],
        metadata: [
          { path: '/runtime', value: undefined },
          { path: '/runtime/durationMs', value: i % 1000 },
          ...(i % 1000 === 0 ? [{ path: '/tags/rare', value: 'yes' }] : []),
        ],
      }),
    ),
    'absent',
  )
})

afterAll(() => {
  store.close()
  database.close()
})

/** The steps of the engine's plan, without those that only name a part of it. */
function plan({ text, values }: Fragment): readonly string[] {
  // What EXPLAIN QUERY PLAN selects.
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values) as { detail: string }[]
  return rows.map(({ detail }) => detail).filter(detail => /^(SCAN|SEARCH|USE)/.test(detail))
}

/** Whether a step reads a whole table; the page itself, and the list of ids in it, are small. */
function isScan(step: string): boolean {
  return step.startsWith('SCAN') && !/^SCAN (p$|json_each )/.test(step)
}

const kinds: { readonly [kind: string]: { readonly where: readonly CallCondition[]; readonly finds: number } } = {
  namespace: { where: [{ field: 'namespace', equals: 'space 1' }], finds: 3333 },
  name: { where: [{ field: 'name', equals: 'f7' }], finds: 200 },
  version: { where: [{ field: 'version', equals: '1' }], finds: 2500 },
  'no version': { where: [{ field: 'version', equals: undefined }], finds: 5000 },
  result: { where: [{ field: 'result', equals: keyOf('result 7') }], finds: 2 },
  'an argument by name': {
    where: [{ field: 'argument', at: 'user', path: '', equals: keyOf('user 7') }],
    finds: 100,
  },
  'an argument by position': {
    where: [{ field: 'argument', at: 0, path: '', equals: keyOf('user 7') }],
    finds: 100,
  },
  'a name and an argument': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'argument', at: 'user', path: '', equals: keyOf('user 7') },
    ],
    finds: 100,
  },
  'equal metadata': { where: [{ field: 'metadata', path: '/runtime/durationMs', test: { equals: 7 } }], finds: 10 },
  'one of metadata': {
    where: [{ field: 'metadata', path: '/runtime/durationMs', test: { in: [7, 8] } }],
    finds: 20,
  },
  'a range of metadata': {
    where: [{ field: 'metadata', path: '/runtime/durationMs', test: { gt: 990, lte: 992 } }],
    finds: 20,
  },
  'metadata above': { where: [{ field: 'metadata', path: '/runtime/durationMs', test: { gt: 990 } }], finds: 90 },
  'metadata below': { where: [{ field: 'metadata', path: '/runtime/durationMs', test: { lt: 5 } }], finds: 50 },
  'present metadata': { where: [{ field: 'metadata', path: '/tags/rare', test: undefined }], finds: 10 },
}

describe.each(Object.entries(kinds))('%s', (_kind, { where, finds }) => {
  test(`is found by an index: ${finds} of ${CALLS}`, () => {
    expect([...store.calls.find({ where })].length).toBe(finds)
    const compiled = compile(where)
    const source = chooseSource(sql, compiled)
    const queries = [
      ...compiled.drivers.map(driver => gatherQuery(driver, compiled.filter)),
      pageQuery(compiled, source, new Uint8Array(0), 0),
    ].filter(query => query !== undefined)
    const steps = queries.flatMap(plan)
    expect(steps.length).toBeGreaterThan(queries.length)
    expect(steps.filter(isScan)).toEqual([])
    expect(steps.filter(step => step.startsWith('SEARCH') && !/USING .*(INDEX|PRIMARY KEY)/.test(step))).toEqual([])
  })

  test('takes as many statements as there are pages, and at most five more', () => {
    statements.length = 0
    expect([...store.calls.find({ where })].length).toBe(finds)
    expect(statements.length).toBeLessThanOrEqual(Math.ceil(finds / 200) + 1 + 5)
  })
})

test('the calls of one function come in the order of their keys, unsorted, and with other conditions filtered', () => {
  const compiled = compile([
    { field: 'name', equals: 'f7' },
    { field: 'namespace', equals: 'space 1' },
    { field: 'version', equals: '3' },
    { field: 'argument', at: 'user', path: '', equals: undefined },
  ])
  const source = chooseSource(sql, compiled)
  expect(source.kind).toBe('function')
  const query = pageQuery(compiled, source, new Uint8Array(0), 0)
  const steps = query === undefined ? [] : plan(query)
  expect(steps[0]).toBe('SEARCH c USING COVERING INDEX calls_by_function_v1 (function=? AND key>?)')
  expect(steps.filter(step => isScan(step) || step.startsWith('USE TEMP B-TREE'))).toEqual([])
})

test('the condition that fewest calls fulfil leads to them', () => {
  const user: CallCondition = { field: 'argument', at: 'user', path: '', equals: keyOf('user 7') }
  const flag: CallCondition = { field: 'argument', at: 'flag', path: '', equals: keyOf('false') }
  statements.length = 0
  const found = [...store.calls.find({ where: [flag, { field: 'metadata', path: '/runtime', test: undefined }, user] })]
  expect(found.length).toBe(100)
  const gather = statements.find(text => text.startsWith('SELECT c.id'))
  expect(
    gather?.match(
      /c\.id IN \(SELECT call FROM (\w+) . WHERE a\.position >= 0 AND a\.name = \? AND a\.path = \? AND a\.value/,
    )?.[1],
  ).toBe('terms_v1')
})

test('a prefix is a range of keys in the index', () => {
  statements.length = 0
  const prefix = '3f6'
  const keys = [...store.values.list({ prefix })].map(({ key }) => key)
  const expected = Array.from({ length: 2000 }, (_, i) => keyOf(i)).filter(key => key.startsWith(prefix))
  expect(keys).toEqual(expected.sort())
  const list = statements.filter(text => text.includes('values_v1'))
  expect(list.length).toBe(1)
  expect(plan({ text: list[0] ?? '', values: [new Uint8Array(32), new Uint8Array(32)] })).toEqual([
    'SEARCH values_v1 USING PRIMARY KEY (key>? AND key<?)',
  ])
})

test('a listing is read in pages', () => {
  statements.length = 0
  expect([...store.values.list()].length).toBe(2000)
  expect(statements.length).toBe(2000 / 500 + 1)
  const after = asDigest('8'.repeat(64))
  expect([...store.values.list({ after })].every(({ key }) => key > after)).toBe(true)
})

test('a commit is one transaction of four statements a value, and at most two a term and six for a record', () => {
  statements.length = 0
  const args = [1, 2].map(i => ({ position: i, name: `p${i}`, path: '', digest: keyOf(i) }))
  const metadata = [{ path: '/runtime/durationMs', value: 3 }]
  store.commit({ values: [entryOf('v')], calls: [callOf('c', { args, metadata })], mode: 'absent' })
  expect(statements[0]).toBe('BEGIN IMMEDIATE')
  expect(statements.at(-1)).toBe('COMMIT')
  expect(statements.length).toBeLessThanOrEqual(2 + 4 + 6 + 2 + 2)
})
