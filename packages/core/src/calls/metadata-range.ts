import { isPlainObject, type PlainObject } from '../matching/plain-object.ts'
import type { ScalarTest } from '../ports/call-index.ts'
import { shownValue } from '../shown-value.ts'
import { isScalar } from './metadata-terms.ts'

const RANGE = ['lt', 'lte', 'gt', 'gte', 'in', 'between']

/** Whether a pattern of metadata is a range: an object that has the names of bounds, and no others. */
export function isRange(pattern: unknown): pattern is PlainObject {
  if (!isPlainObject(pattern)) return false
  const keys = Object.keys(pattern)
  return keys.length > 0 && keys.every(key => RANGE.includes(key))
}

/**
 * What a range asks of a scalar.
 *
 * @param pointer - where it stands in metadata, for errors
 * @throws {TypeError} when a bound is none
 */
export function rangeTest(range: PlainObject, pointer: string): ScalarTest {
  const { between, in: oneOf, ...bounds } = range
  const test: { -readonly [K in keyof ScalarTest]: ScalarTest[K] } = {}
  for (const [name, bound] of Object.entries(bounds)) {
    // The keys left are lt, lte, gt and gte: a range has no others.
    test[name as 'lt' | 'lte' | 'gt' | 'gte'] = checkBound(bound, pointer)
  }
  if ('in' in range) {
    const values: readonly unknown[] | undefined = Array.isArray(oneOf) ? [...oneOf] : undefined
    if (!values?.every(isScalar)) {
      throw new TypeError(
        `expected \`in\` of metadata ${pointer} as an array of strings, finite numbers, booleans or null`,
      )
    }
    test.in = values
  }
  if ('between' in range) {
    if (!Array.isArray(between) || between.length !== 2) {
      throw new TypeError(`expected \`between\` of metadata ${pointer} as [from, to]`)
    }
    if (test.gte !== undefined || test.lte !== undefined) {
      throw new TypeError(`expected either \`between\` or \`gte\` and \`lte\` for metadata ${pointer}; got both`)
    }
    test.gte = checkBound(between[0], pointer)
    test.lte = checkBound(between[1], pointer)
  }
  return test
}

function checkBound(bound: unknown, pointer: string): string | number {
  if (typeof bound === 'string' || (typeof bound === 'number' && !Number.isNaN(bound))) return bound
  throw new TypeError(`expected the bounds of metadata ${pointer} as strings or numbers; got ${shownValue(bound)}`)
}
