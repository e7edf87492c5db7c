import type { CopyOptions, CopyResult } from '../cache/copy.ts'
import type { Cache } from '../cache/types.ts'
import type { CallDigest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import { engineOf } from '../inside/engine.ts'
import { type Inside, insideOf } from '../inside/inside.ts'
import { checkWorkOptions } from '../inside/work-options.ts'
import { shownAs } from '../inspect.ts'
import type { Entry } from '../ports/backend.ts'
import { isRef } from '../ref.ts'
import { shownValue } from '../shown-value.ts'
import { readCursor, writeCursor } from './query-cursor.ts'
import { isSortKey, metadataAt, type Order, orderByField } from './query-order.ts'
import { filtered, type Item, type Pass, placeOf, skipped, sorted, taken, unique } from './query-passes.ts'
import type {
  Direction,
  MetadataPointer,
  OrderField,
  Page,
  PageOptions,
  Query,
  SortKey,
  TableOptions,
} from './query-types.ts'
import type { StoredRecord } from './stored-record.ts'

/** Where a query reads from. */
export interface QuerySource<C> {
  readonly inside: Inside
  /** What it asks for, for people. */
  readonly shown: () => string
  /** Reads anew. */
  readonly pass: Pass<C>
  /** What the pass is ordered by, if not by digest. */
  readonly order: Order<Item<C>> | undefined
  /** Where nothing came between the store and the query: the same items in another order, of which only those wanted need be read. */
  readonly orderedBy?: ((field: OrderField, direction: Direction) => Pass<C>) | undefined
  /** Removes what a pass gave and is still as it was; returns how many went. */
  remove(entries: readonly Entry[]): Promise<number>
}

/** Matches that are counted for a message, at most. */
const COUNTED = 100

/** Items that are removed at once. */
const BATCH = 256

const sources: WeakMap<object, unknown> = /* @__PURE__ */ new WeakMap()

/** A query over a source: nothing is read before somebody asks for items, and every pass reads anew. */
export function createQuery<C>(source: QuerySource<C>): Query<C> {
  const { inside, order } = source
  const then = (step: string) => (): string => `${source.shown()}.${step}`
  const over = (step: string, pass: Pass<C>): Query<C> =>
    createQuery({ ...source, shown: then(step), pass, orderedBy: undefined })
  const bySorting = (step: string, next: Order<Item<C>>): Query<C> =>
    createQuery({ ...source, shown: then(step), order: next, pass: wanted => sorted(source.pass, next, wanted) })
  // Keys that are objects count by what they hold, as values do in templates.
  const comparable = (key: unknown): unknown =>
    typeof key === 'object' && key !== null ? `digest ${isRef(key) ? key.digest : inside.digestOf(key)}` : key

  const query: Query<C> = {
    async *[Symbol.asyncIterator]() {
      for await (const page of source.pass({})) {
        for (const { shown } of page) {
          inside.checkOpen()
          yield shown
        }
      }
    },
    take(count) {
      checkCount('take', count, 0)
      return over(`take(${count})`, wanted => taken(source.pass, count, order, wanted))
    },
    skip(count) {
      checkCount('skip', count, 0)
      return over(`skip(${count})`, wanted => skipped(source.pass, count, order, wanted))
    },
    filter(keep) {
      checkFunction('filter', keep)
      return over('filter(…)', wanted => filtered(source.pass, keep, wanted))
    },
    unique(key) {
      checkFunction('unique', key)
      return over('unique(…)', wanted => unique(source.pass, async call => comparable(await key(call)), order, wanted))
    },
    orderBy(field: OrderField, direction: Direction = 'asc') {
      checkDirection(direction)
      const { name, keyOf } = orderByField(field, direction)
      const next: Order<Item<C>> = { name, keyOf: ({ record }) => keyOf(record), direction }
      const step = `orderBy("${field}", "${direction}")`
      if (source.orderedBy === undefined) return bySorting(step, next)
      return createQuery({ ...source, shown: then(step), order: next, pass: source.orderedBy(field, direction) })
    },
    sortedBy(key, direction = 'asc') {
      checkFunction('sortedBy', key)
      checkDirection(direction)
      return bySorting(`sortedBy(…, "${direction}")`, {
        name: `a key ${direction}`,
        keyOf: async ({ shown }) => checkKey(await key(shown)),
        direction,
      })
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
    toArray: () => shownOf(source.pass),
    async first() {
      for await (const [item] of source.pass({ limit: 1 })) if (item !== undefined) return item.shown
      return undefined
    },
    async only() {
      const [call, ...more] = await query.take(2).toArray()
      if (call !== undefined && more.length === 0) return call
      const count = call === undefined ? 0 : await query.take(COUNTED).count()
      const there = count === 0 ? 'there is none' : `there are ${count < COUNTED ? count : `${COUNTED} or more`}`
      throw new RangeError(`expected one call that matches ${source.shown()}; ${there}`)
    },
    async count() {
      let count = 0
      for await (const page of source.pass({})) count += page.length
      return count
    },
    latest: () => extreme(source, 'desc'),
    oldest: () => extreme(source, 'asc'),
    page: options => pageOf(source, options),
    async groupBy<K>(key: (call: C) => MaybePromise<K>) {
      checkFunction('groupBy', key)
      const first = new Map<unknown, K>()
      const groups = new Map<K, C[]>()
      for await (const call of query) {
        const given = await key(call)
        const same = comparable(given)
        if (!first.has(same)) {
          first.set(same, given)
          groups.set(given, [])
        }
        groups.get(first.get(same)!)!.push(call)
      }
      return groups
    },
    async toTable<P extends MetadataPointer = never>(options: TableOptions<P> = {}) {
      const { columnsOf, tableOf } = await inside.upkeep()
      const columns = columnsOf(options)
      return tableOf(inside, await itemsOf(source.pass({})), columns)
    },
    async copyTo(other: Cache, options: CopyOptions = {}): Promise<CopyResult> {
      checkWorkOptions(options, ['overwrite'])
      const { hot } = engineOf(other)
      const forget = (digest: CallDigest): void => hot?.delete(digest)
      const { copyCalls } = await inside.upkeep()
      return copyCalls(inside, insideOf(other), entriesOf(source.pass), options, forget)
    },
    async evict() {
      let removed = 0
      let batch: Entry[] = []
      for await (const entry of entriesOf(source.pass)) {
        batch.push(entry)
        if (batch.length < BATCH) continue
        removed += await source.remove(batch)
        batch = []
      }
      return removed + (await source.remove(batch))
    },
  }
  sources.set(query, source)
  return shownAs(query, () => `Query ${source.shown()}`)
}

/**
 * The same records, seen otherwise: all that is done with the query is done with what `view` makes of them.
 *
 * @throws {TypeError} when the query is none of this installed copy
 */
export function viewQuery<A, B>(query: Query<A>, view: (call: A) => B): Query<B> {
  // What a query was made with goes by the same calls as the query.
  const source = sources.get(query) as QuerySource<A> | undefined
  if (source === undefined) throw new TypeError('expected a query of a cache')
  const viewed = (pass: Pass<A>): Pass<B> =>
    async function* seen(wanted) {
      for await (const page of pass(wanted)) yield page.map(item => ({ ...item, shown: view(item.shown) }))
    }
  const { inside, shown, order, orderedBy } = source
  return createQuery<B>({
    inside,
    shown,
    pass: viewed(source.pass),
    orderedBy: orderedBy && ((field, direction) => viewed(orderedBy(field, direction))),
    // Only its name and direction count once items are sorted.
    order: order && { ...order, keyOf: ({ sortKey }) => sortKey },
    remove: entries => source.remove(entries),
  })
}

async function pageOf<C>({ pass, order }: QuerySource<C>, options: PageOptions): Promise<Page<C>> {
  if (typeof options !== 'object' || options === null) throw new TypeError('expected a page as { size, after }')
  const { size, after } = options
  checkCount('size', size, 1)
  const place = after === undefined ? undefined : readCursor(order?.name, after)
  const items: Item<C>[] = []
  let more = false
  for await (const page of pass({ after: place, limit: size + 1 })) {
    items.push(...page.slice(0, size + 1 - items.length))
    more = items.length > size
    if (more) break
  }
  if (more) items.pop()
  const last = items.at(-1)
  return {
    calls: items.map(({ shown }) => shown),
    next: more && last !== undefined ? writeCursor(order?.name, placeOf(last)) : undefined,
  }
}

/** The first by when it started, of those that say when; equals by digest. */
async function extreme<C>({ pass, orderedBy }: QuerySource<C>, direction: Direction): Promise<C | undefined> {
  if (orderedBy !== undefined) {
    const [first] = await itemsOf(taken(orderedBy('startedAt', direction), 1, undefined, {}))
    if (first === undefined || startOf(first.record) !== undefined) return first?.shown
    // What has nothing to go by comes last. If there is something, it is text where others have a time.
    if (first.sortKey === undefined) return undefined
  }
  const order: Order<Item<C>> = { name: '', keyOf: ({ record }) => startOf(record), direction }
  const [first] = await itemsOf(sorted(pass, order, { limit: 1 }))
  return first && startOf(first.record) !== undefined ? first.shown : undefined
}

function startOf(record: StoredRecord): number | undefined {
  const at = metadataAt(record, ['runtime', 'startedAt'])
  return typeof at === 'number' ? at : undefined
}

async function* entriesOf<C>(pass: Pass<C>): AsyncGenerator<Entry, void, undefined> {
  for await (const page of pass({})) yield* page.map(({ entry }) => entry)
}

async function shownOf<C>(pass: Pass<C>): Promise<C[]> {
  return (await itemsOf(pass({}))).map(({ shown }) => shown)
}

async function itemsOf<C>(pages: AsyncIterable<readonly Item<C>[]>): Promise<readonly Item<C>[]> {
  const items: Item<C>[] = []
  for await (const page of pages) for (const item of page) items.push(item)
  return items
}

async function arrayOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const array: T[] = []
  for await (const item of items) array.push(item)
  return array
}

function checkKey(key: unknown): SortKey {
  if (isSortKey(key)) return key
  throw new TypeError(
    `expected a key to sort by as a string, a number, a boolean, a Date or nothing; got ${shownValue(key)}`,
  )
}

function checkDirection(direction: Direction): void {
  if (direction === 'asc' || direction === 'desc') return
  throw new TypeError(`expected a direction as 'asc' or 'desc'; got ${shownValue(direction)}`)
}

function checkCount(verb: string, count: number, least: number): void {
  if (typeof count !== 'number') throw new TypeError(`expected a number for ${verb}; got ${shownValue(count)}`)
  if (!Number.isSafeInteger(count) || count < least) {
    throw new RangeError(`expected a whole number from ${least} for ${verb}; got ${count}`)
  }
}

function checkFunction(verb: string, value: unknown): void {
  if (typeof value !== 'function') throw new TypeError(`expected a function for ${verb}; got ${shownValue(value)}`)
}
