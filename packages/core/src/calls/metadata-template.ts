import type { Digest } from '../digest/address.ts'
import { stepTo } from '../digest/path.ts'
import { cyclicTemplate, digestInTemplate } from '../matching/digest-in-template.ts'
import { pointerTo } from '../matching/json-pointer.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { ANY, isExact } from '../matching/pattern.ts'
import { isPlainObject, type PlainObject, symbolKeys } from '../matching/plain-object.ts'
import { passes } from '../matching/terms.ts'
import type { CallCondition, Scalar, ScalarTest } from '../ports/call-index.ts'
import { isScalar } from './metadata-terms.ts'
import type { StoredRecord } from './stored-record.ts'

type Metadata = StoredRecord['metadata']

/** What a template asks of metadata. */
export interface MetadataSearch {
  readonly where: readonly CallCondition[]
  readonly checks: readonly ((metadata: Metadata) => boolean)[]
  /** What it asks of values deeper than those in a namespace: of these a record need not list all. */
  readonly deep: DeepMetadataSearch | undefined
}

export interface DeepMetadataSearch {
  /** What holds where all are listed. */
  readonly where: readonly CallCondition[]
  /** Whether no more need be asked of those. */
  readonly tells: boolean
  /** Whether metadata fulfils all of it. */
  readonly holds: (metadata: Metadata) => boolean
}

/** What is asked of a value in metadata. */
interface Asked {
  readonly path: readonly string[]
  readonly condition: Extract<CallCondition, { field: 'metadata' }>
  /** Where an equal is asked for: what counts in the end. */
  readonly digest: Digest | undefined
  /** Whether the condition tells as much as the digest. */
  readonly tells: boolean
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
  const asked: Asked[] = []
  const around = new Set<object>()

  const ask = (path: readonly string[], pattern: unknown): void => {
    const pointer = path.reduce(pointerTo, '')
    const range = isRange(pattern) ? rangeTest(pattern, pointer) : undefined
    const test = range ?? equalityTest(pattern)
    const condition = { field: 'metadata', path: pointer, test } as const
    if (range !== undefined || pattern === ANY || isEmpty(pattern)) {
      asked.push({ path, condition, digest: undefined, tells: true })
      return
    }
    const digest = digestInTemplate(isExact(pattern) ? pattern.exact : pattern, placeOf(path), digestOf)
    asked.push({ path, condition, digest, tells: test !== undefined && !needsCheck(test.equals) })
  }
  const visit = (path: readonly string[], pattern: unknown): void => {
    if (!isPlainObject(pattern)) {
      ask(path, pattern)
      return
    }
    if (symbolKeys(pattern).length > 0) {
      throw new TypeError('a template names metadata by strings, not symbols; match the whole object with exact(…)')
    }
    if (path.length > 0 && (isEmpty(pattern) || isRange(pattern))) {
      ask(path, pattern)
      return
    }
    if (around.has(pattern)) throw cyclicTemplate(placeOf(path))
    around.add(pattern)
    for (const key of Object.keys(pattern)) visit([...path, key], pattern[key])
    around.delete(pattern)
  }
  const placeOf = (path: readonly string[]): string => `.metadata${path.map(key => stepTo(template, key)).join('')}`

  visit([], template)
  const [near, deep] = [asked.filter(one => !liesDeep(one)), asked.filter(liesDeep)]
  return {
    where: near.map(({ condition }) => condition),
    checks: near.flatMap(({ path, digest, tells }) =>
      tells || digest === undefined
        ? []
        : [(metadata: Metadata) => digestOf(path.reduce<unknown>(propertyOf, metadata)) === digest],
    ),
    deep:
      deep.length === 0
        ? undefined
        : {
            where: deep.map(({ condition }) => condition),
            tells: deep.every(({ tells }) => tells),
            holds: metadata => deep.every(one => isFulfilled(one, metadata, digestOf)),
          },
  }
}

function liesDeep({ path }: Asked): boolean {
  return path.length > 2
}

function isFulfilled({ path, condition: { test }, digest }: Asked, metadata: Metadata, digestOf: DigestOf): boolean {
  let value: unknown = metadata
  for (const key of path) {
    if (!isPlainObject(value) || !Object.hasOwn(value, key)) return false
    value = value[key]
  }
  if (digest !== undefined) return digestOf(value) === digest
  return test === undefined || (isScalar(value) && passes(value, test))
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
