/** Orders of records: what they go by, and how two of them compare. */
import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import { compareCodePoints } from '../matching/code-points.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import type { Direction, OrderField, SortKey } from './query-types.ts'
import type { StoredRecord } from './stored-record.ts'

/** What a sorted pass goes by. Without one, records ascend by digest. */
export interface Order<T> {
  /** Tells cursors of one order from those of another. */
  readonly name: string
  readonly keyOf: (item: T) => MaybePromise<SortKey>
  readonly direction: Direction
}

/** A place in an order: what stands after it is what is still to come. */
export interface Place {
  readonly sortKey: SortKey
  readonly digest: Digest
}

/** Below zero where `a` comes first. What has no key comes last in either direction; equals go by digest. */
export function comparePlaces(a: Place, b: Place, direction: Direction): number {
  const rankA = rankOf(a.sortKey)
  const rankB = rankOf(b.sortKey)
  if (rankA !== rankB && (rankA === MISSING || rankB === MISSING)) return rankA - rankB
  const order = rankA !== rankB ? rankA - rankB : compareKeys(a.sortKey, b.sortKey)
  if (order !== 0) return direction === 'asc' ? order : -order
  return a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0
}

const MISSING = 3

/** Numbers and dates before text, text before booleans, nothing last. */
function rankOf(key: SortKey): number {
  if (key === null || key === undefined) return MISSING
  if (typeof key === 'string') return 1
  if (typeof key === 'boolean') return 2
  return Number.isNaN(Number(key)) ? MISSING : 0
}

function compareKeys(a: SortKey, b: SortKey): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b)
  if (rankOf(a) === MISSING) return 0
  // Of one rank: numbers, bigints and dates compare with each other, as booleans do.
  const [x, y] = [a, b] as readonly number[]
  return x! < y! ? -1 : x! > y! ? 1 : 0
}

const FIELDS = ['digest', 'namespace', 'name', 'version', 'startedAt', 'durationMs']

/** @throws {TypeError} when it is no field */
export function orderByField(field: OrderField, direction: Direction): Order<StoredRecord> {
  if (typeof field !== 'string' || !(FIELDS.includes(field) || field.startsWith('/'))) {
    throw new TypeError(
      `expected an order by ${FIELDS.join(', ')}, or by the JSON Pointer of metadata, such as "/tags/project"; got ${JSON.stringify(field)}`,
    )
  }
  return { name: `${field} ${direction}`, keyOf: record => fieldOf(record, field), direction }
}

function fieldOf(record: StoredRecord, field: OrderField): SortKey {
  switch (field) {
    case 'digest':
      return record.digest
    case 'namespace':
    case 'name':
    case 'version':
      return record.identity[field]
    case 'startedAt':
    case 'durationMs':
      return metadataAt(record, ['runtime', field])
    default:
      return metadataAt(record, field.split('/').slice(1).map(unescapePointer))
  }
}

/** A scalar in the metadata; nothing where there is none. */
export function metadataAt({ metadata }: StoredRecord, path: readonly string[]): SortKey {
  let value: unknown = metadata
  for (const key of path) value = isPlainObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
  return isSortKey(value) ? value : undefined
}

/** RFC 6901, §4: in this order. */
function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~')
}

export function isSortKey(value: unknown): value is SortKey {
  if (value === null || value === undefined || value instanceof Date) return true
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value)
}
