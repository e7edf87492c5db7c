/** Passes over passes: each reads its source when it is read itself, and no further than it must. */
import type { MaybePromise } from '../flow.ts'
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

export type Pass<C> = (wanted: Wanted) => AsyncIterable<Item<C>>

export function placeOf<C>({ entry, sortKey }: Item<C>): Place {
  return { sortKey, digest: entry.key }
}

export async function* taken<C>(
  pass: Pass<C>,
  count: number,
  order: Order<never> | undefined,
  { after }: Wanted,
): AsyncGenerator<Item<C>, void, undefined> {
  if (count === 0) return
  let left = count
  for await (const item of pass({ limit: count })) {
    if (isBeyond(item, after, order)) yield item
    left -= 1
    // Not one more is read.
    if (left === 0) return
  }
}

export async function* skipped<C>(
  pass: Pass<C>,
  count: number,
  order: Order<never> | undefined,
  { after, limit }: Wanted,
): AsyncGenerator<Item<C>, void, undefined> {
  let left = count
  const inner = after === undefined && limit !== undefined ? { limit: limit + count } : {}
  for await (const item of pass(inner)) {
    if (left > 0) left -= 1
    else if (isBeyond(item, after, order)) yield item
  }
}

export async function* filtered<C>(
  pass: Pass<C>,
  keep: (call: C) => MaybePromise<boolean>,
  { after }: Wanted,
): AsyncGenerator<Item<C>, void, undefined> {
  for await (const item of pass({ after })) if (await keep(item.shown)) yield item
}

export async function* unique<C>(
  pass: Pass<C>,
  keyOf: (call: C) => MaybePromise<unknown>,
  order: Order<never> | undefined,
  { after }: Wanted,
): AsyncGenerator<Item<C>, void, undefined> {
  const seen = new Set<unknown>()
  for await (const item of pass({})) {
    const key = await keyOf(item.shown)
    if (seen.has(key)) continue
    seen.add(key)
    if (isBeyond(item, after, order)) yield item
  }
}

export async function* sorted<C>(
  pass: Pass<C>,
  order: Order<Item<C>>,
  { after, limit = Number.POSITIVE_INFINITY }: Wanted,
): AsyncGenerator<Item<C>, void, undefined> {
  let items: Item<C>[] = []
  const compare = (a: Item<C>, b: Item<C>): number => comparePlaces(placeOf(a), placeOf(b), order.direction)
  for await (const each of pass({})) {
    const item = { ...each, sortKey: await order.keyOf(each) }
    if (!isBeyond(item, after, order)) continue
    items.push(item)
    // Twice as many as are wanted, so that each cut takes away half.
    if (items.length > 2 * limit) items = items.sort(compare).slice(0, limit)
  }
  yield* items.sort(compare).slice(0, limit)
}

function isBeyond<C>(item: Item<C>, after: Place | undefined, order: Order<never> | undefined): boolean {
  return after === undefined || comparePlaces(placeOf(item), after, order?.direction ?? 'asc') > 0
}
