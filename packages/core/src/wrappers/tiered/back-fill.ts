/** Copies what a slower tier had into the faster ones, whole. */

import { neededBy } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { isPromise, type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Entry } from '../../ports/backend.ts'
import { type Reader, readSound, type SoundEntry, type SoundReads } from '../sound-reads.ts'
import { readersOf, type TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'
import { takenForWhole, wholeEntries } from './whole.ts'

/**
 * Back-fills every tier that is faster than the one an entry was found in. A tier that fails is passed over.
 *
 * @param begun - the count of removals when the entries were read: after another one they are not put
 */
export function* backFill(all: TierSide, values: TierSide, reads: SoundReads, begun: number): Steps<void> {
  for (let place = all.tiers.near.length - 1; place >= 0; place -= 1) {
    const missed = Array.from(reads.sound.values()).filter(({ from }) => from > place)
    if (missed.length === 0) continue
    const tier = all.tiers.near[place]!
    const copy = run(
      spared(all.tiers, tier, 'back-fill', () => run(copyTo(all, values, place, missed, reads, begun)), undefined),
    )
    yield* wait(tracked(all, copy))
  }
}

/** Reads values, sound ones only, of the tiers that are slower than one. */
export function slowerValues(values: TierSide, place: number): Reader {
  return function* (keys) {
    const { sound } = yield* readSound(readersOf(values, place + 1), keys)
    return keys.map(key => sound.get(key)?.bytes)
  }
}

/**
 * Before something is taken out of a tier, once it is gone from all slower ones: copies of what was read before are not
 * put any more, and those that are being put are there, to be taken out.
 */
export function* endCopies(all: TierSide): Steps<void> {
  all.removals += 1
  if (all.copying.size > 0) yield* wait(Promise.all(all.copying))
}

function tracked(all: TierSide, copy: MaybePromise<void>): MaybePromise<void> {
  if (!isPromise(copy)) return copy
  all.copying.add(copy)
  return copy.finally(() => all.copying.delete(copy))
}

function* copyTo(
  all: TierSide,
  values: TierSide,
  place: number,
  missed: readonly SoundEntry[],
  reads: SoundReads,
  begun: number,
): Steps<void> {
  const tier = all.tiers.near[place]!
  const outdated = all.outdated[place]!
  const given = all === values ? missed : []
  const needed = all === values ? [] : missed.flatMap(({ opened }) => neededBy(opened))
  const whole = yield* wholeEntries(takenForWhole(tier.values), slowerValues(values, place), given, needed)
  if (all.removals !== begun) return
  const damaged = (key: Digest): boolean => reads.corrupt[place]!.has(key) || outdated.has(key)
  if (all === values) return yield* putCopies(all, place, whole.entries, damaged)
  yield* putCopies(values, place, whole.entries, () => false)
  if (all.removals !== begun) return
  yield* putCopies(
    all,
    place,
    missed.filter(({ opened }) => whole.has(neededBy(opened))),
    damaged,
  )
}

function* putCopies(
  all: TierSide,
  place: number,
  entries: readonly Entry[],
  damaged: (key: Digest) => boolean,
): Steps<void> {
  const backend = all.tiers.near[place]![all.side]
  const copies = entries.map(({ key, bytes }) => ({ key, bytes }))
  const fresh = copies.filter(({ key }) => !damaged(key))
  const healed = copies.filter(({ key }) => damaged(key))
  if (fresh.length > 0) yield* wait(backend.put(fresh, 'absent'))
  if (healed.length === 0) return
  yield* wait(backend.put(healed, 'replace'))
  for (const { key } of healed) all.outdated[place]!.delete(key)
}
