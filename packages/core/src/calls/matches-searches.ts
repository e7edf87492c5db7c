import { type Steps, wait } from '../flow.ts'
import type { Reading } from '../inside/inside.ts'
import { Candidate } from './candidate.ts'
import type { Check, Search } from './searches.ts'
import type { StoredRecord } from './stored-record.ts'

/**
 * Whether a record fulfils one of the searches: the meaning of a template, for all that go by one. A value is read only
 * where nothing that the record lists can tell.
 *
 * @param found - the places of the searches that an index found it by; left out, what the record lists says that
 */
export function* matchesSearches(
  reading: Reading,
  searches: readonly Search[],
  record: StoredRecord,
  found?: readonly number[],
): Steps<boolean> {
  const candidate = new Candidate(reading, record)
  for (const [i, { where, checks }] of searches.entries()) {
    const listed = found === undefined ? where.length === 0 || candidate.fulfils(where) : found.includes(i)
    if (listed && (yield* passesAll(checks, candidate))) return true
  }
  return false
}

function* passesAll(checks: readonly Check[], candidate: Candidate): Steps<boolean> {
  for (const check of checks) if (!(yield* wait(check(candidate)))) return false
  return true
}
