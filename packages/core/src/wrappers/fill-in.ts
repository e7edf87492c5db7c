/** Asks one after the other, each for what those before it lack. */
import type { Digest } from '../digest/address.ts'
import type { Steps } from '../flow.ts'

/** Who is asked about keys: gives an answer to each, in order. */
export type Source<T> = (keys: readonly Digest[]) => Steps<readonly T[]>

/**
 * Answers, those that are `none` replaced by what `source` says. It is asked of these keys only; of no keys it is asked
 * as well, so that the answer tells whether all who could be asked answer now.
 */
export function* fillIn<T>(
  keys: readonly Digest[],
  answers: readonly T[],
  none: T,
  source: Source<T>,
): Steps<readonly T[]> {
  const places = keys.flatMap((_, place) => (answers[place] === none ? [place] : []))
  if (places.length === 0 && keys.length > 0) return answers
  const more = yield* source(places.map(place => keys[place]!))
  const filled = [...answers]
  for (const [i, place] of places.entries()) filled[place] = more[i]!
  return filled
}

/** The first answer to each key that is not `none`, in the order of the sources. */
export function* firstAnswers<T>(keys: readonly Digest[], sources: readonly Source<T>[], none: T): Steps<readonly T[]> {
  let answers: readonly T[] = keys.map(() => none)
  for (const source of sources) answers = yield* fillIn(keys, answers, none, source)
  return answers
}
