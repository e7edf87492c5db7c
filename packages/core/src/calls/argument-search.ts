/** What a template asks of an argument or of the result, for an index: at no place `at`, of the result. */
import type { Digest } from '../digest/address.ts'
import { type DigestOf, leavesOf, type Matcher } from '../matching/matcher.ts'
import type { CallCondition } from '../ports/call-index.ts'
import { type ArgumentPattern, argumentCheck } from './argument-check.ts'
import { CUT_PATH } from './cut-path.ts'
import type { NestedSearch } from './searches.ts'

/** That it is there, or that it is one value. */
export function wholeConditions(at: ArgumentPattern['at'], matcher: Matcher): readonly CallCondition[] {
  const equals = matcher.kind === 'equals' ? matcher.digest : undefined
  if (at !== undefined) return [{ field: 'argument', at, path: '', equals }]
  return equals === undefined ? [] : [{ field: 'result', equals }]
}

/** That it is a plain object with some properties. */
export function searchInside(at: ArgumentPattern['at'], matcher: Matcher, digestOf: DigestOf): NestedSearch {
  const pattern: ArgumentPattern = { at, matcher, leaves: leavesOf(matcher) }
  const { leaves } = pattern
  const anyway = wholeConditions(at, ANYTHING)
  return {
    listed: leaves.flatMap(({ path, asks }) =>
      path === '' ? anyway : [partCondition(at, path, asks.kind === 'equals' ? asks.digest : undefined)],
    ),
    // That it is a plain object at all, whatever is in it, records always tell.
    cut: leaves.every(({ path }) => path === '') ? undefined : partCondition(at, CUT_PATH, undefined),
    anyway,
    check: argumentCheck(pattern, digestOf),
    checkFails: checkFails(pattern),
  }
}

const ANYTHING: Matcher = { kind: 'any' }

function partCondition(at: ArgumentPattern['at'], path: string, equals: Digest | undefined): CallCondition {
  return at === undefined ? { field: 'resultPart', path, equals } : { field: 'argument', at, path, equals }
}

function checkFails({ at, leaves }: ArgumentPattern): NestedSearch['checkFails'] {
  // Whether something is a plain object, no condition says.
  if (leaves.some(({ asks }) => asks.kind === 'plain')) return 'often'
  // Arguments of a rest parameter share a name: each property may stand in another of them, but hardly does.
  return typeof at === 'string' && leaves.length > 1 ? 'rarely' : 'never'
}
