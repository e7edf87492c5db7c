import type { MaybePromise } from '../flow.ts'
import type { Query } from './types.ts'

/** One item of a pass: what the user sees, and what it takes to remove it. */
export interface Item<C, T> {
  readonly shown: C
  readonly source: T
}

/** Where a query reads from. */
export interface QuerySource<C, T> {
  /** Reads anew. */
  pass(): AsyncIterable<Item<C, T>>
  /** Removes what a pass gave and is still as it was; returns how many went. */
  remove(sources: readonly T[]): Promise<number>
  /** When the call started, for `latest`. */
  startedAt(shown: C): number | undefined
}

/** Items that are removed at once. */
const BATCH = 256

/** A query over a source: nothing is read before somebody asks for items, and every pass reads anew. */
export function createQuery<C, T>(source: QuerySource<C, T>): Query<C> {
  const over = (pass: () => AsyncIterable<Item<C, T>>): Query<C> => createQuery({ ...source, pass })

  const query: Query<C> = {
    async *[Symbol.asyncIterator]() {
      for await (const { shown } of source.pass()) yield shown
    },
    take(count) {
      checkCount('take', count)
      return over(() => taken(source.pass, count))
    },
    skip(count) {
      checkCount('skip', count)
      return over(() => skipped(source.pass, count))
    },
    filter(keep) {
      checkFunction('filter', keep)
      return over(() => filtered(source.pass, keep))
    },
    map<U>(change: (call: C) => MaybePromise<U>) {
      checkFunction('map', change)
      const mapped = {
        async *[Symbol.asyncIterator](): AsyncGenerator<U, void, undefined> {
          for await (const call of query) yield await change(call)
        },
        toArray: (): Promise<U[]> => arrayOf(mapped),
      }
      return mapped
    },
    toArray: () => arrayOf(query),
    async first() {
      for await (const call of query) return call
      return undefined
    },
    async only() {
      const [call, ...more] = await query.take(2).toArray()
      if (call === undefined) throw new RangeError('expected one matching call; there is none')
      if (more.length > 0) throw new RangeError('expected one matching call; there are several')
      return call
    },
    async count() {
      let count = 0
      for await (const _ of source.pass()) count += 1
      return count
    },
    async latest() {
      let latest: { readonly call: C; readonly at: number } | undefined
      for await (const call of query) {
        const at = source.startedAt(call)
        if (at !== undefined && (latest === undefined || at > latest.at)) latest = { call, at }
      }
      return latest?.call
    },
    async evict() {
      let removed = 0
      let batch: T[] = []
      for await (const { source: item } of source.pass()) {
        batch.push(item)
        if (batch.length < BATCH) continue
        removed += await source.remove(batch)
        batch = []
      }
      return removed + (await source.remove(batch))
    },
  }
  return query
}

type Pass<T> = () => AsyncIterable<T>

async function* taken<T>(pass: Pass<T>, count: number): AsyncGenerator<T, void, undefined> {
  if (count === 0) return
  let left = count
  for await (const item of pass()) {
    yield item
    left -= 1
    // Not one more is read.
    if (left === 0) return
  }
}

async function* skipped<T>(pass: Pass<T>, count: number): AsyncGenerator<T, void, undefined> {
  let left = count
  for await (const item of pass()) {
    if (left > 0) left -= 1
    else yield item
  }
}

async function* filtered<C, T>(
  pass: Pass<Item<C, T>>,
  keep: (call: C) => MaybePromise<boolean>,
): AsyncGenerator<Item<C, T>, void, undefined> {
  for await (const item of pass()) if (await keep(item.shown)) yield item
}

async function arrayOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const array: T[] = []
  for await (const item of items) array.push(item)
  return array
}

function checkCount(verb: string, count: number): void {
  if (typeof count !== 'number') throw new TypeError(`expected a number for ${verb}; got ${typeof count}`)
  if (!Number.isSafeInteger(count) || count < 0) {
    throw new RangeError(`expected a whole number from 0 for ${verb}; got ${count}`)
  }
}

function checkFunction(verb: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`expected a function for ${verb}; got ${typeof value}`)
}
