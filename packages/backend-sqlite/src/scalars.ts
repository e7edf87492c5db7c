/**
 * Metadata values as one untyped column, in which the engine's order is that of the port: numbers are numbers and come
 * first; anything else is a BLOB that begins with its kind. Kinds from `UNORDERED` on are what nothing is ordered by.
 */
import type { Scalar, ScalarTest } from '@riposte/core'
import { allOf, type Fragment, type SqliteValue } from './database.ts'
import { blobOfText, textOfBlob } from './text.ts'

/** A scalar, as it is stored. */
export type Stored = number | Uint8Array

const STRING = 1
const BOOLEAN = 2
const NULL = 3
/** The engine has no NaN: it would store NULL. */
const NOT_A_NUMBER = 4
/** What is there, but is no scalar. */
const OPAQUE = 5

/** What is stored from here on has no place in an order. */
export const UNORDERED = "x'03'"
/** What is stored of that which is no scalar. */
export const OPAQUE_VALUE = "x'05'"

export function storedScalar(value: Scalar | undefined): Stored {
  switch (typeof value) {
    case 'number':
      return Number.isNaN(value) ? Uint8Array.of(NOT_A_NUMBER) : value
    case 'string':
      return Buffer.concat([Uint8Array.of(STRING), blobOfText(value)])
    case 'boolean':
      return Uint8Array.of(BOOLEAN, Number(value))
    default:
      return Uint8Array.of(value === null ? NULL : OPAQUE)
  }
}

/** What stands in an order, as it is stored; `undefined` for what does not. */
export function storedPlace(value: Scalar | undefined): Stored | undefined {
  return value === undefined || value === null || Number.isNaN(value) ? undefined : storedScalar(value)
}

export function scalarOf(stored: Stored): Scalar | undefined {
  if (typeof stored === 'number') return stored
  switch (stored[0]) {
    case STRING:
      return textOfBlob(stored.subarray(1))
    case BOOLEAN:
      return stored[1] === 1
    default:
      return undefined
  }
}

/** Below zero where `a` comes first in the engine's order. */
export function compareStored(a: Stored, b: Stored): number {
  if (typeof a === 'number') return typeof b === 'number' ? a - b || Number(a > b) - Number(a < b) : -1
  return typeof b === 'number' ? 1 : Buffer.compare(a, b)
}

/** Conditions on a column, by what they bound. */
export interface Bounds {
  readonly lower: readonly Fragment[]
  readonly upper: readonly Fragment[]
  readonly others: readonly Fragment[]
}

/** The conditions on `column` that a scalar passes the test. */
export function boundsOf(column: string, test: ScalarTest): Bounds {
  const lower: Fragment[] = []
  const upper: Fragment[] = [literal(`${column} < ${OPAQUE_VALUE}`)]
  const others: Fragment[] = []
  const bind = (operator: string, value: Scalar): Fragment => ({
    text: `${column} ${operator} ?`,
    values: [storedScalar(value)],
  })
  if (test.equals !== undefined) {
    lower.push(bind('>=', test.equals))
    upper.push(bind('<=', test.equals))
  }
  if (test.in !== undefined) {
    others.push({
      text: `${column} IN (${test.in.map(() => '?').join(', ')})`,
      values: test.in.map((value): SqliteValue => storedScalar(value)),
    })
  }
  for (const [bound, operator, isLower] of [
    [test.lt, '<', false],
    [test.lte, '<=', false],
    [test.gt, '>', true],
    [test.gte, '>=', true],
  ] as const) {
    if (bound === undefined) continue
    ;(isLower ? lower : upper).push(bind(operator, bound))
    // Bounds hold between values of one kind. Nothing is above or below NaN.
    if (typeof bound === 'string') {
      lower.push(literal(`${column} >= x'01'`))
      upper.push(literal(`${column} < x'02'`))
    } else upper.push(literal(Number.isNaN(bound) ? 'FALSE' : `${column} < x''`))
  }
  return { lower, upper, others }
}

/** The same as one condition. What is equal is not also bounded: an index goes on behind it. */
export function scalarCondition(column: string, test: ScalarTest): Fragment {
  const { equals, ...rest } = test
  const { lower, upper, others } = boundsOf(column, rest)
  const parts = [...lower, ...upper, ...others]
  if (equals !== undefined) parts.push({ text: `${column} = ?`, values: [storedScalar(equals)] })
  return allOf(parts)
}

function literal(text: string): Fragment {
  return { text, values: [] }
}
