import type { Digest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import { type MaybePromise, run, type Steps, wait } from '../flow.ts'
import type { DigestOf, Leaf, Matcher } from '../matching/matcher.ts'
import type { Candidate } from './candidate.ts'
import type { NestedTerms } from './stored-record.ts'

/** A plain object in a template, and which argument it is about. */
export interface ArgumentPattern {
  /** `undefined` where it is about the result. */
  readonly at: number | string | undefined
  readonly matcher: Matcher
  readonly leaves: readonly Leaf[]
}

/** Matches by what the record lists of the argument or the result where that is all, else by the value. */
export function argumentCheck(
  pattern: ArgumentPattern,
  digestOf: DigestOf,
): (candidate: Candidate) => MaybePromise<boolean> {
  return candidate => run(isAnyMatched(pattern, candidate, digestOf))
}

/** Whether one of the arguments that the pattern may be about is matched: those of a rest parameter share a name. */
function* isAnyMatched(
  { at, matcher, leaves }: ArgumentPattern,
  candidate: Candidate,
  digestOf: DigestOf,
): Steps<boolean> {
  for (const part of candidate.partsAt(at)) {
    const nested = candidate.nestedOf(part)
    if (nested === undefined) continue
    if (!nested.cut) {
      if (leaves.every(leaf => holds(leaf, part.digest, nested))) return true
    } else if (yield* wait(candidate.matches(part, matcher, digestOf))) return true
  }
  return false
}

function holds({ path, asks }: Leaf, whole: Digest, { terms }: NestedTerms): boolean {
  const stands = path === '' ? whole : terms.find(term => term.path === path)?.digest
  if (stands === undefined) return false
  if (asks.kind === 'present') return true
  if (asks.kind === 'equals') return stands === asks.digest
  // A plain object shows by what is listed inside it, an empty one by its digest.
  return isEmptyObject(stands) || terms.some(term => term.path.startsWith(`${path}/`))
}

function isEmptyObject(stands: Digest): boolean {
  return stands === digest({}) || stands === digest(Object.create(null))
}
