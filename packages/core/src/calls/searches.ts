/** Searches: what a template comes down to, for an index and for what no index can say. */
import type { MaybePromise } from '../flow.ts'
import type { CallCondition } from '../ports/call-index.ts'
import type { Candidate } from './candidate.ts'

/** Whether a record that fulfils the conditions of a search is a match: now, where no value is read or the store answers now. */
export type Check = (candidate: Candidate) => MaybePromise<boolean>

export interface Search {
  readonly where: readonly CallCondition[]
  readonly checks: readonly Check[]
  /** Whether hardly any record that fulfils the conditions fails a check: of an index as many are asked for as are wanted. */
  readonly checksRarelyFail: boolean
}

/** What is asked inside an argument, the result or metadata: of places of which a record lists only so many. */
export interface NestedSearch {
  /** What holds where the record lists all. */
  readonly listed: readonly CallCondition[]
  /** What tells of more places than are listed; `undefined` where those do not count. */
  readonly cut: CallCondition | undefined
  /** What holds however many are listed. */
  readonly anyway: readonly CallCondition[]
  /** Whether all that is asked holds, listed or not. */
  readonly check: Check
  /** How often the check fails where the record lists all and what is listed holds. One that never does is left out there. */
  readonly checkFails: 'never' | 'rarely' | 'often'
}

/** One search by what records list, and one for each thing of which they may not list all. */
export function searchesOf(
  whole: Pick<Search, 'where' | 'checks'>,
  nested: readonly NestedSearch[],
): readonly Search[] {
  const listed = {
    where: [...whole.where, ...nested.flatMap(one => one.listed)],
    checks: [...whole.checks, ...nested.flatMap(({ checkFails, check }) => (checkFails === 'never' ? [] : [check]))],
    checksRarelyFail: whole.checks.length === 0 && nested.every(({ checkFails }) => checkFails !== 'often'),
  }
  const cut = nested.flatMap((one): Search[] => {
    if (one.cut === undefined) return []
    const others = nested.flatMap(other => (other === one ? [] : other.anyway))
    return [
      {
        where: [...whole.where, one.cut, ...others],
        checks: [...whole.checks, ...nested.map(({ check }) => check)],
        checksRarelyFail: false,
      },
    ]
  })
  return [listed, ...cut].map(withinReach)
}

/** Conditions that an index is asked at once, at most. */
const MOST_CONDITIONS = 100

/** Values of which it is asked for one, at most. */
const MOST_VALUES = 1000

/** The search, of which an index is asked no more than any engine takes: the rest is checked. */
function withinReach(search: Search): Search {
  const asked = search.where.slice(0, MOST_CONDITIONS).map(ofFewValues)
  const left = search.where.filter((condition, i) => asked[i] !== condition)
  if (left.length === 0) return search
  return { where: asked, checks: [candidate => candidate.fulfils(left), ...search.checks], checksRarelyFail: false }
}

/** The condition, or that there is anything at all. */
function ofFewValues(condition: CallCondition): CallCondition {
  if (condition.field !== 'metadata' || (condition.test?.in?.length ?? 0) <= MOST_VALUES) return condition
  return { ...condition, test: undefined }
}
