import { stepTo } from '../digest/path.ts'
import { digestInTemplate } from '../matching/digest-in-template.ts'
import { pointerTo } from '../matching/json-pointer.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { ANY, isExact } from '../matching/pattern.ts'
import { isPlainObject, type PlainObject } from '../matching/plain-object.ts'
import type { CallCondition, Scalar, ScalarTest } from '../ports/call-index.ts'
import type { StoredRecord } from './stored-record.ts'
import { isScalar } from './terms-of.ts'

type Metadata = StoredRecord['metadata']

/** What a template asks of metadata. */
export interface MetadataSearch {
  readonly where: readonly CallCondition[]
  readonly checks: readonly ((metadata: Metadata) => boolean)[]
}

const RANGE = ['lt', 'lte', 'gt', 'gte', 'in', 'between']
const LONE_SURROGATE = /\p{Surrogate}/u

/** @throws {TypeError} when it is no template of metadata */
export function compileMetadata(template: unknown, digestOf: DigestOf): MetadataSearch {
  if (!isPlainObject(template)) {
    throw new TypeError(
      'expected metadata in a template as a plain object, such as { runtime: { durationMs: { gt: 100 } } }',
    )
  }
  const where: CallCondition[] = []
  const checks: ((metadata: Metadata) => boolean)[] = []

  const ask = (path: readonly string[], pattern: unknown): void => {
    const pointer = path.reduce(pointerTo, '')
    const test = isRange(pattern) ? rangeTest(pattern, pointer) : equalityTest(pattern)
    where.push({ field: 'metadata', path: pointer, test })
    if (test !== undefined && !needsCheck(test.equals)) return
    if (pattern === ANY || isEmpty(pattern)) return
    const place = `.metadata${path.map(key => stepTo(template, key)).join('')}`
    const digest = digestInTemplate(isExact(pattern) ? pattern.exact : pattern, place, digestOf)
    checks.push(metadata => digestOf(path.reduce<unknown>(propertyOf, metadata)) === digest)
  }

  for (const namespace of Object.keys(template)) {
    const pattern = template[namespace]
    if (!isPlainObject(pattern) || isEmpty(pattern) || isExact(pattern)) ask([namespace], pattern)
    else for (const key of Object.keys(pattern)) ask([namespace, key], pattern[key])
  }
  return { where, checks }
}

function equalityTest(pattern: unknown): ScalarTest | undefined {
  const value = isExact(pattern) ? pattern.exact : pattern
  return isScalar(value) ? { equals: value } : undefined
}

/** Whether engines may see a scalar less sharply than its digest does: both zeros, text that is not well-formed. */
function needsCheck(value: Scalar | undefined): boolean {
  return value === 0 || (typeof value === 'string' && LONE_SURROGATE.test(value))
}

function isEmpty(pattern: unknown): boolean {
  return isPlainObject(pattern) && Object.keys(pattern).length === 0
}

function isRange(pattern: unknown): pattern is PlainObject {
  return isPlainObject(pattern) && !isEmpty(pattern) && Object.keys(pattern).every(key => RANGE.includes(key))
}

function rangeTest(range: PlainObject, pointer: string): ScalarTest {
  const { between, in: oneOf, ...bounds } = range
  const test: { -readonly [K in keyof ScalarTest]: ScalarTest[K] } = {}
  for (const [name, bound] of Object.entries(bounds)) {
    // The keys left are lt, lte, gt and gte: a range has no others.
    test[name as 'lt' | 'lte' | 'gt' | 'gte'] = checkBound(bound, pointer)
  }
  if (oneOf !== undefined) {
    if (!Array.isArray(oneOf) || !oneOf.every(isScalar)) {
      throw new TypeError(
        `expected \`in\` of metadata ${pointer} as an array of strings, finite numbers, booleans or null`,
      )
    }
    test.in = oneOf
  }
  if (between !== undefined) {
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
  throw new TypeError(`expected the bounds of metadata ${pointer} as strings or numbers; got ${String(bound)}`)
}

function propertyOf(value: unknown, key: string): unknown {
  return isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}
