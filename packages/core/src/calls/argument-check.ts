import type { Digest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import type { DigestOf, Leaf, Matcher } from '../matching/matcher.ts'
import type { Candidate } from './candidate.ts'
import type { NestedTerms } from './stored-record.ts'

/** A plain object in a template, and which argument it is about. */
export interface ArgumentPattern {
  readonly at: number | string
  readonly matcher: Matcher
  readonly leaves: readonly Leaf[]
}

/** Matches by what the record lists of the argument where that is all, else by the value. */
export function argumentCheck(
  { at, matcher, leaves }: ArgumentPattern,
  digestOf: DigestOf,
): (candidate: Candidate) => Promise<boolean> {
  return async candidate => {
    for (const position of candidate.positionsOf(at)) {
      const nested = candidate.nestedOf(position)
      if (nested === undefined) continue
      if (!nested.cut) {
        const whole = candidate.record.args[position]!.digest
        if (leaves.every(leaf => holds(leaf, whole, nested))) return true
      } else if (await candidate.argumentMatches(position, matcher, digestOf)) return true
    }
    return false
  }
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
