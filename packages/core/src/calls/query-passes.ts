/**
 * Passes over passes: each reads its source when it is read itself, and no further than it must. Items go from one to the
 * next in arrays: a promise for each of them, at each step, would take longer than to read them.
 */
import { isPromise, type MaybePromise } from '../flow.ts'
import { comparePlaces, type Order, type Place } from './query-order.ts'
import type { SortKey } from './query-types.ts'
import type { Match } from './search.ts'

/** One item of a pass: what the user sees, and the record behind it. */
export interface Item<C> extends Match {
  readonly shown: C
  /** Of an ordered pass: what it goes by. */
  readonly sortKey?: SortKey
}

/** What of a pass is wanted. A pass may give more than `limit` items, but none at or before `after`. */
export interface Wanted {
  readonly after?: Place | undefined
  readonly limit?: number | undefined
}

export type Pass<C> = (wanted: Wanted) => AsyncIterable<readonly Item<C>[]>

type Items<C> = AsyncGenerator<readonly Item<C>[], void, undefined>

export function placeOf<C>({ entry, sortKey }: Item<C>): Place {
  return { sortKey, digest: entry.key }
}

export async function* taken<C>(
  pass: Pass<C>,
  count: number,
  order: Order<never> | undefined,
  { after }: Wanted,
): Items<C> {
  if (count === 0) return
  let left = count
  for await (const page of pass({ limit: count })) {
    const some = page.slice(0, left)
    left -= some.length
    yield some.filter(item => isBeyond(item, after, order))
    // Not one more is read.
    if (left === 0) return
  }
}

export async function* skipped<C>(
  pass: Pass<C>,
  count: number,
  order: Order<never> | undefined,
  { after, limit }: Wanted,
): Items<C> {
  let left = count
  const inner = after === undefined && limit !== undefined ? { limit: limit + count } : {}
  for await (const page of pass(inner)) {
    const some = page.slice(left)
    left = Math.max(0, left - page.length)
    yield some.filter(item => isBeyond(item, after, order))
  }
}

export async function* filtered<C>(
  pass: Pass<C>,
  keep: (call: C) => MaybePromise<boolean>,
  { after }: Wanted,
): Items<C> {
  for await (const page of pass({ after })) {
    // One by one: no more is asked of `keep` than is wanted.
    for (const item of page) if (await keep(item.shown)) yield [item]
  }
}

export async function* unique<C>(
  pass: Pass<C>,
  keyOf: (call: C) => MaybePromise<unknown>,
  order: Order<never> | undefined,
  { after }: Wanted,
): Items<C> {
  const seen = new Set<unknown>()
  for await (const page of pass({})) {
    for (const item of page) {
      const key = await keyOf(item.shown)
      if (seen.has(key)) continue
      seen.add(key)
      if (isBeyond(item, after, order)) yield [item]
    }
  }
}

export async function* sorted<C>(
  pass: Pass<C>,
  order: Order<Item<C>>,
  { after, limit = Number.POSITIVE_INFINITY }: Wanted,
): Items<C> {
  let items: Item<C>[] = []
  const compare = (a: Item<C>, b: Item<C>): number => comparePlaces(placeOf(a), placeOf(b), order.direction)
  for await (const page of pass({})) {
    for (const each of page) {
      const key = order.keyOf(each)
      const item = { ...each, sortKey: isPromise(key) ? await key : key }
      if (!isBeyond(item, after, order)) continue
      items.push(item)
      // Twice as many as are wanted, so that each cut takes away half.
      if (items.length > 2 * limit) items = items.sort(compare).slice(0, limit)
    }
  }
  yield items.sort(compare).slice(0, limit)
}

function isBeyond<C>(item: Item<C>, after: Place | undefined, order: Order<never> | undefined): boolean {
  return after === undefined || comparePlaces(placeOf(item), after, order?.direction ?? 'asc') > 0
}
