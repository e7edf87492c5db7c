/** Figures of what is there, without counting it. */
import type { FunctionSummary, Summary } from '@riposte/core'
import { type Fragment, rowsOf, type Sql } from './database.ts'
import type { Gone, TableNames } from './entry-table.ts'
import { TAKE_IN_PARTS } from './parts.ts'
import { CALLS } from './schema.ts'
import { textOfStored } from './text.ts'

/**
 * Entries after which they are taken into the totals: some 50 µs then, and 2 µs for each part of a result; and no more than
 * these to be counted, or looked through, later.
 */
const BLOCK = 256

/** Entries of which the ages are looked through whenever somebody asks. */
const FEW = 1000

/** The totals of one kind of entries. */
export interface Totals {
  /** To be called when an entry was written that is new, in the same transaction. */
  added(sql: Sql, id: number): void
  /** To be called when entries were removed, in the same transaction; returns the id up to which entries are taken in. */
  removed(sql: Sql, gone: readonly Gone[]): number
  /** What is known at once; ages are `undefined` where they are not, or where there are no entries. */
  read(sql: Sql): Summary
  /** Looks all ages through. */
  readAges(sql: Sql): Ages
  /** Notes ages that were looked through in the same transaction. */
  noteAges(sql: Sql, ages: Ages): void
}

export type Ages = Pick<Summary, 'oldest' | 'newest'>

type Figures<T> = { readonly [K in keyof T]: number | bigint | null }

export function totalsOf({ totals: row, keys, bytes }: TableNames): Totals {
  const upto = `(SELECT upto FROM totals_v3 WHERE id = ${row})`
  const above = `SELECT count(*) AS entries, coalesce(sum(length(bytes) + coalesce(length(rest), 0)), 0) AS bytes,
    min(added) AS oldest, max(added) AS newest FROM ${bytes} WHERE id > ${upto}`
  // The plus keeps the engine from reading all calls in the order of their functions.
  const takeInFunctions = `UPDATE functions_v3 SET calls = functions_v3.calls + t.calls, bytes = functions_v3.bytes + t.bytes
    FROM (SELECT function, count(*) AS calls, sum(size) AS bytes FROM call_terms_v3 WHERE id > ${upto} GROUP BY +function) t
    WHERE t.function = functions_v3.id`
  // Of the first ones the oldest is known. Should the clock have been set back, it is looked for.
  const takeIn = `UPDATE totals_v3 SET (upto, entries, bytes, oldest, newest) =
    (SELECT max(t.upto, (SELECT coalesce(max(id), 0) FROM ${bytes})), t.entries + a.entries, t.bytes + a.bytes,
      CASE WHEN t.entries = 0 THEN (SELECT min(touched) FROM ${keys}) WHEN a.oldest >= t.oldest THEN t.oldest END,
      CASE WHEN t.entries = 0 THEN (SELECT max(touched) FROM ${keys}) ELSE max(a.newest, coalesce(t.newest, 0)) END
    FROM totals_v3 t, (${above}) a WHERE t.id = ${row}) WHERE id = ${row}`
  const totals = `SELECT t.entries + a.entries AS entries, t.bytes + a.bytes AS bytes,
    CASE WHEN a.entries = 0 OR a.oldest >= t.oldest THEN t.oldest END AS oldest,
    CASE WHEN a.entries > 0 THEN max(a.newest, coalesce(t.newest, 0)) ELSE t.newest END AS newest
    FROM totals_v3 t, (${above}) a WHERE t.id = ${row}`
  const ages = `SELECT min(touched) AS oldest, max(touched) AS newest FROM ${keys}`
  const bounds = `SELECT upto, oldest, newest FROM totals_v3 WHERE id = ${row}`
  const takeOut = `UPDATE totals_v3 SET entries = entries - ?, bytes = bytes - ?,
    oldest = iif(?, NULL, oldest), newest = iif(?, NULL, newest) WHERE id = ${row}`
  const note = `UPDATE totals_v3 SET oldest = ?, newest = ? WHERE id = ${row}`

  const agesOf = (found: Figures<Ages> | undefined): Ages => ({
    oldest: milliseconds(found?.oldest),
    newest: milliseconds(found?.newest),
  })

  return {
    added(sql, id) {
      if (id % BLOCK !== 0) return
      if (row === CALLS) {
        sql(takeInFunctions).run()
        sql(TAKE_IN_PARTS).run()
      }
      sql(takeIn).run()
    },
    removed(sql, gone) {
      const [now] = rowsOf<{ readonly upto: number; readonly oldest: number | null; readonly newest: number | null }>(
        sql,
        plain(bounds),
      )
      const upto = Number(now?.upto)
      const taken = gone.filter(({ id }) => id <= upto)
      const isGone = (time: number | bigint | null | undefined): boolean =>
        time != null && gone.some(({ touched }) => touched === Number(time))
      const [oldestGone, newestGone] = [isGone(now?.oldest), isGone(now?.newest)]
      if (taken.length === 0 && !oldestGone && !newestGone) return upto
      const bytes = taken.reduce((sum, { size }) => sum + size, 0)
      sql(takeOut).run(taken.length, bytes, Number(oldestGone), Number(newestGone))
      return upto
    },
    read(sql) {
      const [found] = rowsOf<Figures<Summary>>(sql, plain(totals))
      const entries = Number(found?.entries)
      const known = entries <= FEW ? this.readAges(sql) : agesOf(found)
      return { entries, bytes: Number(found?.bytes), ...known }
    },
    readAges: sql => agesOf(rowsOf<Figures<Ages>>(sql, plain(ages))[0]),
    noteAges(sql, { oldest, newest }) {
      sql(note).run(micros(oldest), micros(newest))
    },
  }
}

function plain(text: string): Fragment {
  return { text, values: [] }
}

function milliseconds(time: number | bigint | null | undefined): number | undefined {
  return time == null ? undefined : Number(time) / 1000
}

function micros(time: number | undefined): number | null {
  return time === undefined ? null : Math.round(time * 1000)
}

const FUNCTIONS = `SELECT namespace, name, sum(calls) AS calls, sum(bytes) AS bytes FROM (
    SELECT namespace, name, calls, bytes FROM functions_v3
    UNION ALL
    SELECT f.namespace, f.name, 1 AS calls, c.size AS bytes FROM call_terms_v3 c CROSS JOIN functions_v3 f ON f.id = c.function
      WHERE c.id > (SELECT upto FROM totals_v3 WHERE id = ${CALLS})
  ) GROUP BY namespace, name`

interface FunctionFigures {
  readonly namespace: string | Uint8Array
  readonly name: string | Uint8Array
  readonly calls: number | bigint
  readonly bytes: number | bigint
}

/** The calls of each function that have terms. */
export function summarizeFunctions(sql: Sql): readonly FunctionSummary[] {
  return rowsOf<FunctionFigures>(sql, plain(FUNCTIONS)).map(({ namespace, name, calls, bytes }) => ({
    namespace: textOfStored(namespace),
    name: textOfStored(name),
    calls: Number(calls),
    bytes: Number(bytes),
  }))
}
