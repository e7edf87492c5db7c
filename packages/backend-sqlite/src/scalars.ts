/**
 * Metadata values as one untyped column, in which the engine's order of types (numbers, TEXT, BLOBs) keeps the kinds
 * apart: a number is a number, a string a BLOB, and anything else a TEXT that names it.
 */
import type { Scalar, ScalarTest } from '@riposte/core'
import type { Fragment, SqliteValue } from './database.ts'
import { blobOfText } from './text.ts'

/** What is there, but is no scalar. */
const OTHER = 'other'

/** The engine has no NaN: it would store NULL. */
const NOT_A_NUMBER = 'NaN'

export function storedScalar(value: Scalar | undefined): SqliteValue {
  if (typeof value === 'string') return blobOfText(value)
  if (typeof value === 'number') return Number.isNaN(value) ? NOT_A_NUMBER : value
  return value === undefined ? OTHER : String(value)
}

/** The condition on `column` that a scalar passes the test. */
export function scalarCondition(column: string, test: ScalarTest): Fragment {
  const texts = [`${column} <> '${OTHER}'`]
  const values: SqliteValue[] = []
  if (test.equals !== undefined) {
    texts.push(`${column} = ?`)
    values.push(storedScalar(test.equals))
  }
  if (test.in !== undefined) {
    texts.push(`${column} IN (${test.in.map(() => '?').join(', ')})`)
    values.push(...test.in.map(storedScalar))
  }
  for (const [bound, operator] of [
    [test.lt, '<'],
    [test.lte, '<='],
    [test.gt, '>'],
    [test.gte, '>='],
  ] as const) {
    if (bound === undefined) continue
    // Nothing is above or below NaN. Numbers come before all TEXT, strings are what comes after it.
    const sameKind = typeof bound === 'string' ? `${column} >= x''` : Number.isNaN(bound) ? 'FALSE' : `${column} < ''`
    texts.push(`${column} ${operator} ? AND ${sameKind}`)
    values.push(storedScalar(bound))
  }
  return { text: texts.join(' AND '), values }
}
