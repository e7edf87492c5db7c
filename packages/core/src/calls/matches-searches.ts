import { type Steps, wait } from '../flow.ts'
import type { Reading } from '../inside/inside.ts'
import { matchesTerms } from '../matching/terms.ts'
import type { CallCondition, CallTerms } from '../ports/call-index.ts'
import { Candidate } from './candidate.ts'
import type { StoredRecord } from './stored-record.ts'
import type { Check, Search } from './template.ts'
import { nestedArgumentTerms, plainTermsOf, resultParts } from './terms-of.ts'

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
  let terms: CallTerms | undefined
  const isListed = (where: Search['where']): boolean => {
    if (where.length === 0) return true
    terms ??= termsFor(reading, searches, record)
    return matchesTerms(terms, where)
  }
  for (const [i, { where, checks }] of searches.entries()) {
    const listed = found === undefined ? isListed(where) : found.includes(i)
    if (listed && (yield* passesAll(checks, candidate))) return true
  }
  return false
}

function* passesAll(checks: readonly Check[], candidate: Candidate): Steps<boolean> {
  for (const check of checks) if (!(yield* wait(check(candidate)))) return false
  return true
}

/** What the searches need to know of a record: to look inside arguments and results takes longer than all else. */
function termsFor({ registry, digestOf }: Reading, searches: readonly Search[], record: StoredRecord): CallTerms {
  const asks = (isAsked: (condition: CallCondition) => boolean): boolean =>
    searches.some(({ where }) => where.some(isAsked))
  const terms = plainTermsOf(record)
  const insideArguments = asks(condition => condition.field === 'argument' && condition.path !== '')
  const insideResult = asks(({ field }) => field === 'resultPart')
  if (!insideArguments && !insideResult) return terms
  return {
    ...terms,
    args: insideArguments ? nestedArgumentTerms(record, registry, digestOf) : terms.args,
    resultParts: insideResult ? resultParts(record, registry, digestOf) : [],
  }
}
