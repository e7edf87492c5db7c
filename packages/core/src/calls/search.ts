/** Reads the records that match a template, ascending by digest: through the store's index, or by a scan. */
import type { Inside } from '../cache/inside.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import { matchesTerms } from '../matching/terms.ts'
import type { Entry } from '../ports/backend.ts'
import { isCallIndex } from '../ports/call-index.ts'
import { removeCorrupt } from '../values/corruption.ts'
import { Candidate } from './candidate.ts'
import { mergeAscending } from './merge-ascending.ts'
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

export async function* findMatches(
  inside: Inside,
  searches: readonly Search[],
  after?: Digest,
): AsyncGenerator<Match, void, undefined> {
  const { calls } = inside.store
  const entries = isCallIndex(calls)
    ? mergeAscending(searches.map(({ where }) => calls.find({ where })))
    : scan(inside, after)
  for await (const { entry, found } of entries) {
    inside.checkOpen()
    // An index begins at the first.
    if (after !== undefined && entry.key <= after) continue
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

/** An entry, and the searches that it was found by where an index was asked. */
interface FoundEntry {
  readonly entry: Entry
  readonly found: readonly number[] | undefined
}

async function* scan(inside: Inside, after: Digest | undefined): AsyncGenerator<FoundEntry, void, undefined> {
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
