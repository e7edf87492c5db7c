/** Orders of records: what they go by, and how two of them compare. */

import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import { isPlainObject } from '../matching/plain-object.ts'
import { compareSortKeys, type SortKey } from '../matching/sort-keys.ts'
import type { FindOrder, FindPlace, Scalar } from '../ports/call-index.ts'
import { shownValue } from '../shown-value.ts'
import type { Direction, OrderField } from './query-types.ts'
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
  const order = compareSortKeys(a.sortKey, b.sortKey, direction)
  if (order !== 0) return order
  return a.digest < b.digest ? -1 : a.digest > b.digest ? 1 : 0
}

const FIELDS = ['digest', 'namespace', 'name', 'version', 'startedAt', 'durationMs']

/** @throws {TypeError} when it is no field */
export function orderByField(field: OrderField, direction: Direction): Order<StoredRecord> {
  if (typeof field !== 'string' || !(FIELDS.includes(field) || field.startsWith('/'))) {
    throw new TypeError(
      `expected an order by ${FIELDS.join(', ')}, or by the JSON Pointer of metadata, such as "/tags/project"; got ${shownValue(field)}`,
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
      return scalarAt(record, field)
  }
}

/** A scalar in the metadata, by JSON Pointer. */
export function scalarAt(record: StoredRecord, pointer: `/${string}`): SortKey {
  return metadataAt(record, pointer.split('/').slice(1).map(unescapePointer))
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

/** The order as an index is asked for it; `undefined` where its terms do not reach. */
export function findOrderOf(field: OrderField, direction: Direction): FindOrder | undefined {
  switch (field) {
    case 'digest':
      return { by: 'key', direction }
    case 'namespace':
    case 'name':
    case 'version':
      return { by: field, direction }
    case 'startedAt':
    case 'durationMs':
      return { by: `/runtime/${field}`, direction }
    default:
      return isListed(field) ? { by: field, direction } : undefined
  }
}

/** A place as an index is asked for what comes after it. */
export function findPlaceOf({ sortKey, digest }: Place, { by }: FindOrder): FindPlace {
  return { key: digest, value: by === 'key' ? undefined : scalarOf(sortKey) }
}

/** What stands at the same place among scalars. */
function scalarOf(key: SortKey): Scalar | undefined {
  return typeof key === 'bigint' || key instanceof Date ? Number(key) : key
}

/** Whether a JSON Pointer is spelled as in the terms of records. */
function isListed(pointer: string): pointer is `/${string}` {
  return /^(\/([^~/]|~[01])*)+$/.test(pointer)
}

/** Whether metadata at a JSON Pointer lies deeper than in a namespace: of that, a record need not list all. */
export function isDeep(pointer: string): boolean {
  return pointer.split('/').length > 3
}
