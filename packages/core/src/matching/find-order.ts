/** Where records stand in the orders that a `CallIndex` is asked for: what it is held to, as by `matchesTerms` to the conditions. */
import type { Digest } from '../digest/address.ts'
import type { CallTerms, FindOrder, FindPlace, FoundEntry, Scalar } from '../ports/call-index.ts'
import { compareSortKeys } from './sort-keys.ts'

/** Where a record with these terms stands. */
export function placeInOrder(key: Digest, terms: CallTerms, order: FindOrder | undefined): FindPlace {
  return { key, value: order === undefined ? undefined : orderValue(terms, order.by) }
}

/** What has a place: it says so itself. */
type Placed = Pick<FoundEntry, 'key' | 'value'>

/** Below zero where `a` comes first, as `sort` wants it. */
export function compareInOrder(a: Placed, b: Placed, order: FindOrder | undefined): number {
  const byKey = a.key < b.key ? -1 : a.key > b.key ? 1 : 0
  if (order === undefined) return byKey
  if (order.by === 'key') return order.direction === 'asc' ? byKey : -byKey
  return compareSortKeys(a.value, b.value, order.direction) || byKey
}

function orderValue(terms: CallTerms, by: FindOrder['by']): Scalar | undefined {
  switch (by) {
    case 'key':
      return undefined
    case 'namespace':
    case 'name':
      return terms[by]
    case 'version':
      return versionValue(terms.version)
    default:
      return sortable(terms.metadata.find(({ path }) => path === by)?.value)
  }
}

/** What the JSON text of a version stands for. */
export function versionValue(version: string | undefined): Scalar | undefined {
  if (version === undefined) return undefined
  try {
    const value: unknown = JSON.parse(version)
    return typeof value === 'string' || typeof value === 'number' ? value : undefined
  } catch {
    // No JSON: no version of ours, and nothing to go by.
    return undefined
  }
}

function sortable(value: Scalar | undefined): Scalar | undefined {
  return value === null || Number.isNaN(value) ? undefined : value
}
