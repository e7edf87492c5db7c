/** Reads the records that match a template: through the store's index, in any order it has, or by a scan, ascending by digest. */
import type { Inside } from '../cache/inside.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import { compareInOrder } from '../matching/find-order.ts'
import { matchesTerms } from '../matching/terms.ts'
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
import { Candidate } from './candidate.ts'
import { mergeInOrder } from './merge-in-order.ts'
import { openRecord } from './record-codec.ts'
import type { StoredRecord } from './stored-record.ts'
import type { Search } from './template.ts'
import { plainTermsOf, termsOf } from './terms-of.ts'

/** Records that a scan reads at once. */
const PAGE = 256

/** A record, and the bytes that it was read from. */
export interface Match {
  readonly record: StoredRecord
  readonly entry: Entry
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
  { order, after, limit }: Wanting = {},
): AsyncGenerator<Match, void, undefined> {
  const { calls } = inside.store
  const entries = isCallIndex(calls)
    ? mergeInOrder(
        searches.map(({ where, checks }) =>
          findAll(calls, { where, order, after, limit: checks.length === 0 ? limit : undefined }),
        ),
        order,
      )
    : scan(inside, after?.key)
  for await (const { entry, found } of entries) {
    inside.checkOpen()
    const record = await readable(inside, entry)
    if (record === undefined) continue
    const candidate = new Candidate(inside, record)
    const terms = found === undefined ? termsFor(inside, searches, record) : undefined
    for (const [i, { where, checks }] of searches.entries()) {
      const listed = terms === undefined ? found!.includes(i) : matchesTerms(terms, where)
      if (!listed || !(await all(checks, check => check(candidate)))) continue
      yield { record, entry }
      break
    }
  }
}

/**
 * Whether the store gives matches in this order by itself: it has an index, and what it is to go by is a scalar wherever
 * it is there. Dates and bigints order records too, but no index knows them.
 */
export async function answersInOrder(
  { store: { calls } }: Inside,
  searches: readonly Search[],
  order: FindOrder,
): Promise<boolean> {
  if (!isCallIndex(calls)) return false
  const { by } = order
  if (!by.startsWith('/')) return true
  const opaque: CallCondition = { field: 'opaque', path: by }
  // Hardly ever is there one at all, and that is answered at once.
  if (!(await finds(calls, [opaque]))) return true
  for (const { where } of searches) if (await finds(calls, [...where, opaque])) return false
  return true
}

async function finds(calls: CallIndex, where: readonly CallCondition[]): Promise<boolean> {
  for await (const _ of calls.find({ where, limit: 1 })) return true
  return false
}

/** All that an index finds. A limit is how many it is asked for at once. */
async function* findAll(calls: CallIndex, options: FindOptions): AsyncGenerator<FoundEntry, void, undefined> {
  let after = options.after
  for (let given = 0; ; given = 0) {
    const asked = after
    for await (const entry of calls.find({ ...options, after })) {
      if (asked !== undefined && compareInOrder(entry, asked, options.order) <= 0) continue
      given += 1
      after = { key: entry.key, value: entry.value }
      yield entry
    }
    if (options.limit === undefined || given < options.limit) return
  }
}

/** An entry, and the searches that it was found by where an index was asked. */
interface Listed {
  readonly entry: Entry
  readonly found: readonly number[] | undefined
}

async function* scan(inside: Inside, after: Digest | undefined): AsyncGenerator<Listed, void, undefined> {
  const { calls } = inside.store
  for await (const page of pagesOf(calls.list({ after }), PAGE)) {
    const keys = page.map(({ key }) => key)
    const read = await calls.get(keys)
    for (const [i, key] of keys.entries()) {
      const bytes = read[i]
      // Removed meanwhile.
      if (bytes !== undefined) yield { entry: { key, bytes }, found: undefined }
    }
  }
}

/** The record of an entry; one that is damaged is reported, one of another format passed over. */
async function readable(inside: Inside, entry: Entry): Promise<StoredRecord | undefined> {
  try {
    return openRecord(entry, inside.registry).record
  } catch (error) {
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    if (!isRiposteError(error, 'ERR_CORRUPT')) throw error
    await run(removeCorrupt(inside, inside.store.calls, entry.key, error))
    return undefined
  }
}

function termsFor(inside: Inside, searches: readonly Search[], record: StoredRecord): ReturnType<typeof termsOf> {
  const nested = searches.some(({ where }) =>
    where.some(condition => condition.field === 'argument' && condition.path !== ''),
  )
  return nested ? termsOf(record, inside.registry, inside.digestOf) : plainTermsOf(record)
}

async function all<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<boolean> {
  for (const item of items) if (!(await holds(item))) return false
  return true
}
