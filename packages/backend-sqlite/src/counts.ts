/** How many calls there are here and there, to choose the shortest way by. */
import { type Fragment, rowsOf, type Sql } from './database.ts'
import type { Range } from './range.ts'
import { UNORDERED } from './scalars.ts'
import { CALLS } from './schema.ts'

/** The calls of a range, counted up to a number. */
export function countUpTo(sql: Sql, range: Range, limit: number): number {
  const { from, where } = range.counted ?? range
  return single(sql, {
    text: `SELECT count(*) AS n FROM (SELECT 1 FROM ${from} WHERE ${where.text} LIMIT ?)`,
    values: [...where.values, limit],
  })
}

/** The calls of a function. */
export function countCalls(sql: Sql, owner: number): number {
  // The plus keeps the engine from reading all calls of the function.
  const upto = `(SELECT upto FROM totals_v3 WHERE id = ${CALLS})`
  return single(sql, {
    text: `SELECT calls + (SELECT count(*) FROM call_terms_v3 WHERE id > ${upto} AND +function = ?) AS n FROM functions_v3 WHERE id = ?`,
    values: [owner, owner],
  })
}

/** The calls that have a scalar in slots of one path, each in one of them. */
export function countValues(sql: Sql, slots: readonly number[]): number {
  return slots.reduce((sum, slot) => {
    const text = `SELECT count(*) AS n FROM terms_v3 WHERE slot = ? AND value < ${UNORDERED}`
    return sum + single(sql, { text, values: [slot] })
  }, 0)
}

function single(sql: Sql, fragment: Fragment): number {
  return Number(rowsOf<{ readonly n: number }>(sql, fragment)[0]?.n ?? 0)
}
