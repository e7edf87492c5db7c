/** Reads the records that match a template: through the store's index, in any order it has, or by a scan, ascending by digest. */

import type { Digest } from '../digest/address.ts'
import { isRiposteError, type RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { pagesOf } from '../keys/walk.ts'
import { compareInOrder } from '../matching/find-order.ts'
import type { Entry } from '../ports/backend.ts'
import {
  type CallCondition,
  type CallIndex,
  type FindOptions,
  type FindOrder,
  type FindPlace,
  type FoundEntry,
  isCallIndex,
} from '../ports/call-index.ts'
import { removeCorrupt } from '../values/corruption.ts'
import { CUT_PATH } from './cut-path.ts'
import { listedRecord } from './listed-record.ts'
import { matchesSearches } from './matches-searches.ts'
import { mergeInOrder } from './merge-in-order.ts'
import { isDeep } from './query-order.ts'
import type { Search } from './searches.ts'
import type { StoredRecord } from './stored-record.ts'

/** Records that are read at once, at most. */
const PAGE = 256

/** Of what a single search found: all of it was found by the first. */
const BY_FIRST: readonly number[] = [0]

/** A record, and the bytes that it was read from. */
export interface Match {
  readonly record: StoredRecord
  readonly entry: FoundEntry
}

/** What of the matches is wanted. */
export interface Wanting {
  /** Left out: ascending by digest. Only what `answersInOrder` agreed to. */
  readonly order?: FindOrder | undefined
  readonly after?: FindPlace | undefined
  /** So many will do, if all are sound: more come when more are asked for. */
  readonly limit?: number | undefined
}

export async function* findMatches(
  inside: Inside,
  searches: readonly Search[],
  wanting: Wanting = {},
): AsyncGenerator<Match, void, undefined> {
  for await (const page of findPages(inside, searches, wanting)) yield* page
}

/** The same, as they were read: several at once, where nothing is asked of each but what an index knows. */
export async function* findPages(
  inside: Inside,
  searches: readonly Search[],
  wanting: Wanting = {},
): AsyncGenerator<readonly Match[], void, undefined> {
  const isChecked = searches.some(({ checks }) => checks.length > 0)
  for await (const page of listedPages(inside, searches, wanting)) {
    inside.checkOpen()
    const matches: Match[] = []
    for (const { entry, found } of page) {
      const record = readable(inside, entry)
      if (record instanceof Error) await run(removeCorrupt(inside, inside.store.calls, entry.key, record))
      if (record === undefined || record instanceof Error) continue
      if (!isChecked && found !== undefined) matches.push({ record, entry })
      else if (await run(matchesSearches(inside, searches, record, found))) {
        // Whoever wants the first need not wait until all of the page were asked.
        if (isChecked) yield [{ record, entry }]
        else matches.push({ record, entry })
      }
    }
    if (matches.length > 0) yield matches
  }
}

function listedPages(
  inside: Inside,
  searches: readonly Search[],
  { order, after, limit }: Wanting,
): AsyncIterable<readonly Listed[]> {
  const { calls } = inside.store
  if (!isCallIndex(calls)) return scan(inside, after?.key)
  const sources = searches.map(({ where, checksRarelyFail }) =>
    findAll(calls, { where, order, after, limit: checksRarelyFail ? limit : undefined }),
  )
  const [only] = sources
  if (only !== undefined && sources.length === 1) return foundByFirst(only)
  const merged = mergeInOrder(sources.map(itemsOf), order)
  return pagesOf(merged, Math.min(PAGE, limit ?? PAGE))
}

/**
 * Whether the store gives matches in this order by itself: it has an index, and what it is to go by is a scalar wherever
 * it is there, and listed wherever it may be. Dates and bigints order records too, but no index knows them.
 */
export async function answersInOrder(
  { store: { calls } }: Inside,
  searches: readonly Search[],
  order: FindOrder,
): Promise<boolean> {
  if (!isCallIndex(calls)) return false
  const { by } = order
  if (!by.startsWith('/')) return true
  for (const path of isDeep(by) ? [by, CUT_PATH] : [by]) {
    const opaque: CallCondition = { field: 'opaque', path }
    // Hardly ever is there one at all, and that is answered at once.
    if (!(await finds(calls, [opaque]))) continue
    for (const { where } of searches) if (await finds(calls, [...where, opaque])) return false
  }
  return true
}

async function finds(calls: CallIndex, where: readonly CallCondition[]): Promise<boolean> {
  for await (const _ of calls.find({ where, limit: 1 })) return true
  return false
}

/** All that an index finds. A limit is how many it is asked for at once. */
async function* findAll(
  calls: CallIndex,
  options: FindOptions,
): AsyncGenerator<readonly FoundEntry[], void, undefined> {
  const { limit, order } = options
  let after = options.after
  for (let given = 0; ; given = 0) {
    const asked = after
    for await (const page of pagesOf(calls.find({ ...options, after }), Math.min(PAGE, limit ?? PAGE))) {
      const beyond = asked === undefined ? page : page.filter(entry => compareInOrder(entry, asked, order) > 0)
      const last = beyond.at(-1)
      if (last === undefined) continue
      given += beyond.length
      after = { key: last.key, value: last.value }
      yield beyond
    }
    if (limit === undefined || given < limit) return
  }
}

async function* itemsOf(pages: AsyncIterable<readonly FoundEntry[]>): AsyncGenerator<FoundEntry, void, undefined> {
  for await (const page of pages) yield* page
}

async function* foundByFirst(
  pages: AsyncIterable<readonly FoundEntry[]>,
): AsyncGenerator<readonly Listed[], void, undefined> {
  for await (const page of pages) yield page.map(entry => ({ entry, found: BY_FIRST }))
}

/** An entry, and the searches that it was found by where an index was asked. */
interface Listed {
  readonly entry: FoundEntry
  readonly found: readonly number[] | undefined
}

async function* scan(inside: Inside, after: Digest | undefined): AsyncGenerator<readonly Listed[], void, undefined> {
  const { calls } = inside.store
  for await (const page of pagesOf(calls.list({ after }), PAGE)) {
    const keys = page.map(({ key }) => key)
    const read = await calls.get(keys)
    yield keys.flatMap((key, i) => {
      const bytes = read[i]
      // Removed meanwhile.
      return bytes === undefined ? [] : [{ entry: { key, bytes }, found: undefined }]
    })
  }
}

/** The record of an entry; what is wrong with one that is damaged; `undefined` for one of another format. */
function readable(inside: Inside, entry: Entry): StoredRecord | RiposteError<'ERR_CORRUPT'> | undefined {
  try {
    return listedRecord(entry, inside.registry)
  } catch (error) {
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    if (isRiposteError(error, 'ERR_CORRUPT')) return error
    throw error
  }
}
