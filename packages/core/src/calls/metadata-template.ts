import type { Digest } from '../digest/address.ts'
import { stepTo } from '../digest/path.ts'
import { cyclicTemplate, digestInTemplate } from '../matching/digest-in-template.ts'
import { pointerTo } from '../matching/json-pointer.ts'
import type { DigestOf } from '../matching/matcher.ts'
import { ANY, isExact } from '../matching/pattern.ts'
import { isPlainObject, symbolKeys } from '../matching/plain-object.ts'
import { passes } from '../matching/terms.ts'
import type { CallCondition, Scalar, ScalarTest } from '../ports/call-index.ts'
import { CUT_PATH } from './cut-path.ts'
import { isRange, rangeTest } from './metadata-range.ts'
import { isScalar } from './metadata-terms.ts'
import type { Check, NestedSearch, Search } from './searches.ts'
import type { StoredRecord } from './stored-record.ts'

/** What a template asks of metadata. */
export interface MetadataSearch extends Pick<Search, 'where' | 'checks'> {
  /** What it asks of values deeper than those in a namespace. */
  readonly deep: NestedSearch | undefined
}

/** What is asked of a value in metadata. */
interface Asked {
  readonly path: readonly string[]
  readonly condition: Extract<CallCondition, { field: 'metadata' }>
  /** Where an equal is asked for: what counts in the end. */
  readonly digest: Digest | undefined
  /** Whether the condition tells as much as the digest. */
  readonly suffices: boolean
}

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
      asked.push({ path, condition, digest: undefined, suffices: true })
      return
    }
    const digest = digestInTemplate(isExact(pattern) ? pattern.exact : pattern, placeOf(path), digestOf)
    asked.push({ path, condition, digest, suffices: test !== undefined && !isBlurred(test.equals) })
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
  const near = asked.filter(one => !liesDeep(one))
  return {
    where: near.map(({ condition }) => condition),
    checks: near.filter(({ suffices }) => !suffices).map(one => checkOf([one], digestOf)),
    deep: deepSearch(asked.filter(liesDeep), digestOf),
  }
}

function liesDeep({ path }: Asked): boolean {
  return path.length > 2
}

function deepSearch(asked: readonly Asked[], digestOf: DigestOf): NestedSearch | undefined {
  if (asked.length === 0) return undefined
  return {
    listed: asked.map(({ condition }) => condition),
    cut: { field: 'opaque', path: CUT_PATH },
    anyway: [],
    check: checkOf(asked, digestOf),
    checkFails: asked.every(({ suffices }) => suffices) ? 'never' : 'often',
  }
}

function checkOf(asked: readonly Asked[], digestOf: DigestOf): Check {
  return ({ record }) => asked.every(one => isFulfilled(one, record.metadata, digestOf))
}

function isFulfilled(
  { path, condition: { test }, digest }: Asked,
  metadata: StoredRecord['metadata'],
  digestOf: DigestOf,
): boolean {
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
function isBlurred(value: Scalar | undefined): boolean {
  return value === 0 || (typeof value === 'string' && LONE_SURROGATE.test(value))
}

function isEmpty(pattern: unknown): boolean {
  return isPlainObject(pattern) && Object.keys(pattern).length === 0
}
