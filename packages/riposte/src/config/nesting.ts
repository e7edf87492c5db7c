/** How many stores one cache may be of: a description in itself, or names that name each other, would have no end. */
import { below, mistake, type Place } from './place.ts'

const MOST_DEEP = 16
const MOST_STORES = 1000

/** The stores of one cache so far, each name counted as often as it is used. */
export interface StoreCount {
  stores: number
}

/** @throws {TypeError} when a store stands too deep in others, or is one too many */
export function countStore(count: StoreCount, depth: number, place: Place): void {
  if (depth >= MOST_DEEP) throw mistake(place, `stores stand in stores more than ${MOST_DEEP} deep`)
  count.stores += 1
  if (count.stores > MOST_STORES) {
    throw mistake(place, `the cache is of more than ${MOST_STORES} stores, each name counted as often as it is used`)
  }
}

/** Counts what is written in place, before anything else looks at it. */
export function checkNesting(value: unknown, place: Place, count: StoreCount = { stores: 0 }, depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  countStore(count, depth, place)
  for (const key of ['tiers', 'members']) {
    // It is an object, so it has properties of any kind.
    const parts = (value as Readonly<Record<string, unknown>>)[key]
    if (!Array.isArray(parts)) continue
    for (const [index, part] of parts.entries()) checkNesting(part, below(below(place, key), index), count, depth + 1)
  }
}
