/** Listings and searches of all tiers. */
import type { Digest } from '../../digest/address.ts'
import { run } from '../../flow.ts'
import type { Backend } from '../../ports/backend.ts'
import { answersLater, cursorOf, mapStream, type Stream, streamFrom } from '../streams.ts'
import type { TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'

/**
 * A stream of each tier that has one, the fastest first. That of a near tier ends where it fails, and leaves out what
 * is out of date.
 *
 * @param open - opens the stream of one tier; `undefined` where it has none
 */
export function streamsOf<T extends { readonly key: Digest }>(
  all: TierSide,
  operation: string,
  open: (backend: Backend) => Stream<T> | undefined,
): readonly Stream<T>[] {
  const near = all.tiers.near.map((_, place) => nearStream(all, place, operation, open))
  return [...near, open(all.last)].filter(stream => stream !== undefined)
}

function nearStream<T extends { readonly key: Digest }>(
  all: TierSide,
  place: number,
  operation: string,
  open: (backend: Backend) => Stream<T> | undefined,
): Stream<T> | undefined {
  const tier = all.tiers.near[place]!
  const outdated = all.outdated[place]!
  let stream: Stream<T> | undefined
  try {
    stream = open(tier[all.side])
  } catch (cause) {
    all.tiers.onFailure({ tier: tier.label, operation, cause })
  }
  if (stream === undefined) return undefined
  const cursor = cursorOf(stream)
  const next = () => spared(all.tiers, tier, operation, () => run(cursor.next()), undefined)
  const whole = streamFrom({ next, close: cursor.close }, answersLater(stream))
  return mapStream(whole, item => (outdated.has(item.key) ? undefined : item))
}
