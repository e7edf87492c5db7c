import { asDigest, type CallCondition, type FindOptions } from '@riposte/core'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fragment, SqliteDatabase, SqliteValue } from '../src/database.ts'
import { sqliteStore } from '../src/index.ts'
import { callOf, entryOf, keyOf } from './samples.ts'

const CALLS = 10_000
const database = new Database(':memory:')
const statements: string[] = []
const queries: Fragment[] = []

/** The same database, noting every statement that is run. */
const noting: SqliteDatabase = {
  exec: text => {
    statements.push(text)
    return database.exec(text)
  },
  prepare: text => {
    const statement = database.prepare(text)
    const noted = <R>(run: (...values: SqliteValue[]) => R) => {
      return (...values: SqliteValue[]) => {
        statements.push(text)
        queries.push({ text, values })
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
          { position: 2, name: 'options', path: '/days', digest: keyOf(`days ${i % 40}`) },
        ],
        resultParts: [
          { path: '/n', digest: keyOf(`n ${i % 500}`) },
          { path: '/isEven', digest: keyOf(String(i % 2 === 0)) },
          ...(i % 500 === 0 ? [{ path: '*', digest: keyOf(i) }] : []),
        ],
        metadata: [
          { path: '/run', value: undefined },
          { path: '/run/host', value: undefined },
          { path: '/run/host/cpu', value: undefined },
          { path: '/run/host/cpu/cores', value: i % 250 },
          ...(i % 2000 === 0 ? [{ path: '*', value: undefined }] : []),
          { path: '/runtime', value: undefined },
          { path: '/runtime/durationMs', value: i % 1000 },
          { path: '/runtime/startedAt', value: 1_800_000_000_000 + i },
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

/** Whether a step reads a whole table of what grows with the calls: not of functions, nor a list of ids, nor what a count is of. */
function isScan(step: string): boolean {
  return step.startsWith('SCAN') && !/^SCAN (functions_v3|j|json_each|\(subquery-\d+\))/.test(step)
}

function stepsOf(options: FindOptions): { readonly keys: readonly string[]; readonly steps: readonly string[] } {
  queries.length = 0
  statements.length = 0
  const keys = Array.from(store.calls.find(options), ({ key }) => key)
  const asked = queries.filter(({ text }) => text.startsWith('SELECT'))
  expect(asked.length).toBeGreaterThan(0)
  return { keys, steps: [...new Map(asked.map(query => [query.text, query])).values()].flatMap(plan) }
}

const kinds: { readonly [kind: string]: { readonly where: readonly CallCondition[]; readonly finds: number } } = {
  namespace: { where: [{ field: 'namespace', equals: 'space 1' }], finds: 3333 },
  name: { where: [{ field: 'name', equals: 'f7' }], finds: 200 },
  version: { where: [{ field: 'version', equals: '1' }], finds: 2500 },
  'no version': { where: [{ field: 'version', equals: undefined }], finds: 5000 },
  result: { where: [{ field: 'result', equals: keyOf('result 7') }], finds: 2 },
  'a part of a result': { where: [{ field: 'resultPart', path: '/n', equals: keyOf('n 7') }], finds: 20 },
  'a name and a part of a result': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'resultPart', path: '/n', equals: keyOf('n 7') },
    ],
    finds: 20,
  },
  'a name and a part of a result that all of these calls have': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'resultPart', path: '/isEven', equals: keyOf('false') },
    ],
    finds: 200,
  },
  'the presence of a part of a result, and a name': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'resultPart', path: '/n', equals: undefined },
    ],
    finds: 200,
  },
  'results of which not all parts are listed': {
    where: [{ field: 'resultPart', path: '*', equals: undefined }],
    finds: 20,
  },
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
  'a property of an argument': {
    where: [{ field: 'argument', at: 'options', path: '/days', equals: keyOf('days 7') }],
    finds: 250,
  },
  'a property of an argument by position, and a name': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'argument', at: 2, path: '/days', equals: keyOf('days 7') },
    ],
    finds: 50,
  },
  'when calls started': {
    where: [
      {
        field: 'metadata',
        path: '/runtime/startedAt',
        test: { gte: 1_800_000_000_100, lt: 1_800_000_000_140 },
      },
    ],
    finds: 40,
  },
  'a name, and since when': {
    where: [
      { field: 'name', equals: 'f7' },
      { field: 'metadata', path: '/runtime/startedAt', test: { gte: 1_800_000_009_000 } },
    ],
    finds: 20,
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
  'metadata deep down': {
    where: [{ field: 'metadata', path: '/run/host/cpu/cores', test: { equals: 8 } }],
    finds: 40,
  },
  'metadata deep down in a range': {
    where: [{ field: 'metadata', path: '/run/host/cpu/cores', test: { gt: 246 } }],
    finds: 120,
  },
  'metadata of which not all is listed': { where: [{ field: 'opaque', path: '*' }], finds: 5 },
  'present metadata': { where: [{ field: 'metadata', path: '/tags/rare', test: undefined }], finds: 10 },
}

describe.each(Object.entries(kinds))('%s', (_kind, { where, finds }) => {
  test(`is found by an index: ${finds} of ${CALLS}`, () => {
    const { keys, steps } = stepsOf({ where })
    expect(keys.length).toBe(finds)
    expect(steps.filter(isScan)).toEqual([])
    expect(steps.filter(step => step.startsWith('SEARCH') && !/USING .*(INDEX|PRIMARY KEY)/.test(step))).toEqual([])
    expect(steps.filter(step => step.startsWith('USE TEMP B-TREE'))).toEqual([])
  })

  test('takes statements for each function and page, not for each call', () => {
    const { keys } = stepsOf({ where, limit: 100 })
    expect(keys.length).toBe(Math.min(finds, 100))
    // There are 300 functions, versions counted.
    expect(statements.length).toBeLessThanOrEqual(10 + 3 * 300)
  })
})

const one: readonly CallCondition[] = [
  { field: 'name', equals: 'f7' },
  { field: 'namespace', equals: 'space 1' },
  { field: 'version', equals: '3' },
]
const user: CallCondition = { field: 'argument', at: 'user', path: '', equals: keyOf('user 7') }
const part: CallCondition = { field: 'resultPart', path: '/isEven', equals: keyOf('false') }
const slow: CallCondition = { field: 'metadata', path: '/runtime/durationMs', test: { gt: 300 } }
const ordered: { readonly [kind: string]: FindOptions } = {
  'all calls by key': { where: [] },
  'all calls by key, descending': { where: [], order: { by: 'key', direction: 'desc' } },
  'all calls by name': { where: [], order: { by: 'name', direction: 'asc' } },
  'all calls by version, descending': { where: [], order: { by: 'version', direction: 'desc' } },
  'all calls by metadata': { where: [], order: { by: '/runtime/durationMs', direction: 'asc' } },
  'all calls by metadata, descending': { where: [], order: { by: '/runtime/durationMs', direction: 'desc' } },
  'all calls by metadata that few have': { where: [], order: { by: '/tags/rare', direction: 'asc' } },
  'a function by metadata': { where: one, order: { by: '/runtime/durationMs', direction: 'asc' } },
  'a function by metadata, descending': { where: one, order: { by: '/runtime/durationMs', direction: 'desc' } },
  'a function and an argument by metadata': {
    where: [...one, user],
    order: { by: '/runtime/durationMs', direction: 'desc' },
  },
  'all calls by metadata deep down': { where: [], order: { by: '/run/host/cpu/cores', direction: 'desc' } },
  'a function and a part of a result by key': { where: [...one, part] },
  'a function and a part of a result by metadata': {
    where: [...one, part],
    order: { by: '/run/host/cpu/cores', direction: 'asc' },
  },
  'a range by what it is of': { where: [slow], order: { by: '/runtime/durationMs', direction: 'asc' } },
  'a range by what it is of, descending': { where: [slow], order: { by: '/runtime/durationMs', direction: 'desc' } },
  'a function and a range by key': { where: [...one, slow] },
}

test.each(Object.entries(ordered))('%s: page for page the engine searches, and sorts nothing', (_kind, options) => {
  const seen: string[] = []
  let after: FindOptions['after']
  for (let page = 0; page < 3; page += 1) {
    const { steps } = stepsOf({ ...options, after, limit: 20 })
    expect(steps.filter(step => isScan(step) && !(options.where.length === 0 && step.startsWith('SCAN c')))).toEqual([])
    expect(steps.filter(step => step.startsWith('USE TEMP B-TREE'))).toEqual([])
    const found = [...store.calls.find({ ...options, after, limit: 20 })]
    seen.push(...found.map(({ key }) => key))
    after = found.at(-1) && { key: found.at(-1)!.key, value: found.at(-1)!.value }
  }
  expect(seen).toEqual(Array.from(store.calls.find(options), ({ key }) => key).slice(0, 60))
})

test('the calls of a function are not counted one by one', () => {
  const { steps } = stepsOf({ where: [...one, user], order: { by: '/runtime/durationMs', direction: 'asc' }, limit: 5 })
  expect(steps).toContain('SEARCH call_terms_v3 USING INTEGER PRIMARY KEY (rowid>?)')
  expect(steps.filter(step => step.includes('call_terms_v3 USING') && !step.includes('rowid>?'))).toEqual([])
})

test('along the values of one slot, behind a place', () => {
  const order = { by: '/runtime/durationMs', direction: 'asc' } as const
  const after = { key: keyOf('any'), value: 500 }
  const { steps } = stepsOf({ where: one, order, after, limit: 5 })
  expect(steps).toContain('SEARCH c USING COVERING INDEX terms_by_value_v3 (slot=? AND (value,key)>(?,?) AND value<?)')
})

test('the condition that fewest calls of a function fulfil leads to them', () => {
  const flag: CallCondition = { field: 'argument', at: 'flag', path: '', equals: keyOf('false') }
  const rare: CallCondition = { field: 'result', equals: keyOf('result 7') }
  const { keys, steps } = stepsOf({ where: [...one, flag, rare, user, slow], limit: 10 })
  expect(keys).toEqual([])
  expect(steps).toContain('SEARCH c USING COVERING INDEX calls_by_result_v3 (result=? AND function=?)')
  expect(stepsOf({ where: [...one, flag, rare, user] }).keys).toEqual([keyOf(7)])
})

test('a part of a result is looked up in each era, and in the calls that no era has yet', () => {
  const { keys, steps } = stepsOf({ where: [...one, part] })
  expect(keys.length).toBeGreaterThan(0)
  expect(steps).toContain('SEARCH x USING PRIMARY KEY (function=? AND era=? AND hash=?)')
  expect(steps).toContain('SEARCH c USING INTEGER PRIMARY KEY (rowid=?)')
  expect(steps).toContain('SEARCH c USING INTEGER PRIMARY KEY (rowid>?)')
})

test('nobody walks over calls to find those of which not all parts are listed', () => {
  const { keys, steps } = stepsOf({ where: [...one, { field: 'resultPart', path: '*', equals: undefined }], limit: 5 })
  expect(keys).toEqual([])
  expect(steps).toContain('SEARCH x USING PRIMARY KEY (function=? AND era=? AND hash=?)')
  expect(steps.filter(step => step.includes('calls_by_function'))).toEqual([])
})

test('a prefix is a range of keys in the index', () => {
  statements.length = 0
  const prefix = '3f6'
  const keys = [...store.values.list({ prefix })].map(({ key }) => key)
  const expected = Array.from({ length: 2000 }, (_, i) => keyOf(i)).filter(key => key.startsWith(prefix))
  expect(keys).toEqual(expected.sort())
  const list = statements.filter(text => text.includes('values_v3'))
  expect(list.length).toBe(1)
  expect(plan({ text: list[0] ?? '', values: [new Uint8Array(32), new Uint8Array(32)] })).toEqual([
    'SEARCH values_v3 USING PRIMARY KEY (key>? AND key<?)',
  ])
})

test('a listing is read in pages', () => {
  statements.length = 0
  expect([...store.values.list()].length).toBe(2000)
  expect(statements.length).toBe(2000 / 500 + 1)
  const after = asDigest('8'.repeat(64))
  expect([...store.values.list({ after })].every(({ key }) => key > after)).toBe(true)
})

test('a commit is one transaction of four statements a value, and at most three a term and seven for a record', () => {
  statements.length = 0
  const args = [1, 2].map(i => ({ position: i, name: `p${i}`, path: '', digest: keyOf(i) }))
  const metadata = [{ path: '/runtime/durationMs', value: 3 }]
  store.commit({ values: [entryOf('v')], calls: [callOf('c', { args, metadata })], mode: 'absent' })
  expect(statements[0]).toBe('BEGIN IMMEDIATE')
  expect(statements.at(-1)).toBe('COMMIT')
  expect(statements.length).toBeLessThanOrEqual(2 + 4 + 7 + 3 * 3)
})
