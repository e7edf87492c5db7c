/** Finds call records by their terms. */
import type { CallCondition, Entry } from '@riposte/core'
import { type Compiled, compile } from './conditions.ts'
import type { Connection } from './connection.ts'
import type { Fragment, Sql } from './database.ts'
import { type BytesRow, joined } from './entry-table.ts'
import { keyOfBlob, nextKey } from './keys.ts'

/** Records that one statement reads. */
const PAGE = 200

/**
 * Calls up to this number are found and sorted before the first is given: some 20 ms. Where every index would give
 * more, the calls of a function are read in the order of their keys, and filtered.
 */
const FEW = 10_000

/** Where the calls `c` of a page come from. */
export type Source =
  /** All, in the order of their keys. Those without terms fulfil only the empty list of conditions. */
  | { readonly kind: 'all' }
  /** Those of one function, in the order of their keys. */
  | { readonly kind: 'function'; readonly id: number }
  /** These ids, in the order of their keys, which were found before. */
  | { readonly kind: 'gathered'; readonly ids: readonly number[] }

interface FoundRow extends BytesRow {
  readonly key: Uint8Array
}

/**
 * The records that fulfil all conditions, ascending by key. One statement a page, and at most three before the first.
 *
 * @param check - throws when the records may no longer be read
 */
export function find(connection: Connection, check: () => void, where: readonly CallCondition[]): Iterable<Entry> {
  check()
  return walk(connection, check, compile(where))
}

function* walk(connection: Connection, check: () => void, compiled: Compiled): Iterable<Entry> {
  const source = connection.read('find', sql => chooseSource(sql, compiled))
  let from: Uint8Array = new Uint8Array(0)
  for (let page = 0; ; page++) {
    check()
    const query = pageQuery(compiled, source, from, page)
    if (query === undefined) return
    const rows = connection.run('find', sql => all<FoundRow>(sql, query))
    for (const row of rows) {
      // An id that was freed may have gone to a record with a lesser key.
      if (Buffer.compare(row.key, from) < 0) continue
      const key = keyOfBlob(row.key)
      from = nextKey(key)
      yield { key, bytes: joined(row) }
    }
    if (source.kind !== 'gathered' && rows.length < PAGE) return
  }
}

/** The way that promises the least work. */
export function chooseSource(sql: Sql, { functions, drivers, filter }: Compiled): Source {
  if (drivers.length === 0) return { kind: 'all' }
  const ids = functions === undefined ? undefined : all<{ id: number }>(sql, functions).map(({ id }) => Number(id))
  if (ids?.length === 0) return { kind: 'gathered', ids }
  const counts = drivers.length === 1 ? [0] : countUpToFew(sql, drivers)
  const least = Math.min(...counts)
  const chosen = counts.indexOf(least)
  const byFunction = chosen === drivers.length - 1
  const [id, ...more] = ids ?? []
  if (id !== undefined && more.length === 0 && (byFunction || least >= FEW)) return { kind: 'function', id }
  const query = gatherQuery(drivers[chosen] as Fragment, filter) // an index of counts, which has one for each driver
  return { kind: 'gathered', ids: all<{ id: number }>(sql, query).map(row => Number(row.id)) }
}

function countUpToFew(sql: Sql, drivers: readonly Fragment[]): readonly number[] {
  const counts = drivers.map(({ text }, i) => `(SELECT count(*) FROM (${text} LIMIT ${FEW})) AS n${i}`)
  const [row] = all<object>(sql, {
    text: `SELECT ${counts.join(', ')}`,
    values: drivers.flatMap(({ values }) => values),
  })
  return Object.values(row as object).map(Number) // a SELECT without FROM gives one row
}

/** The statement that finds the ids of all calls a driver leads to and that fulfil all conditions. */
export function gatherQuery(driver: Fragment, filter: Fragment): Fragment {
  return {
    text: `SELECT c.id FROM call_terms_v1 c WHERE c.id IN (${driver.text}) AND ${filter.text} ORDER BY c.key`,
    values: [...driver.values, ...filter.values],
  }
}

/** The statement that reads a page: calls from the key `from` on, or the page of this number of those gathered. */
export function pageQuery(compiled: Compiled, source: Source, from: Uint8Array, page: number): Fragment | undefined {
  switch (source.kind) {
    case 'all':
      return pageOf('calls_v1', { text: 'c.key >= ?', values: [from] }, compiled)
    case 'function':
      return pageOf('call_terms_v1', { text: 'c.function = ? AND c.key >= ?', values: [source.id, from] }, compiled)
    case 'gathered': {
      const ids = source.ids.slice(page * PAGE, (page + 1) * PAGE)
      if (ids.length === 0) return undefined
      const among = { text: 'c.id IN (SELECT value FROM json_each(?))', values: [JSON.stringify(ids)] }
      // Held against all conditions again: the record may have been replaced since.
      return pageOf('call_terms_v1', among, compiled)
    }
  }
}

/** Calls are filtered before their bytes are looked up: the subquery stays one, for its limit. */
function pageOf(calls: string, among: Fragment, { filter }: Compiled): Fragment {
  return {
    text: `SELECT p.key, b.bytes, b.rest
      FROM (SELECT c.id, c.key FROM ${calls} c WHERE ${among.text} AND ${filter.text} ORDER BY c.key LIMIT ${PAGE}) p
      CROSS JOIN call_bytes_v1 b ON b.id = p.id ORDER BY p.key`,
    values: [...among.values, ...filter.values],
  }
}

function all<R>(sql: Sql, { text, values }: Fragment): R[] {
  return sql<R>(text).all(...values)
}
