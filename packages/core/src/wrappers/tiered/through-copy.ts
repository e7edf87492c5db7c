/** Copies what only the store behind has into the own one: whole, and young, as whatever is written there. */

import { neededBy, sameSeal } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { isPromise, type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import { type Backend, type Entry, PREFIX_BYTES, type PutMode } from '../../ports/backend.ts'
import type { CallEntry } from '../../ports/call-index.ts'
import { readHeaders } from '../../values/headers.ts'
import { readSound, type SoundEntry } from '../sound-reads.ts'
import { termsOfCopy } from './copied-terms.ts'
import { behindReader, isStill, type Moment, type ThroughSide } from './through-side.ts'
import { type LookUp, wholeEntries } from './whole.ts'

export interface ThroughSides {
  readonly values: ThroughSide
  readonly calls: ThroughSide
}

/** What was found behind, and what of it stands damaged in the own store, as it was read at a moment. */
export interface Finding {
  readonly entries: readonly SoundEntry[]
  readonly damaged: ReadonlySet<Digest>
  readonly moment: Moment
}

/** Copies what was found. What cannot be whole is left out. */
export function copyFound(sides: ThroughSides, side: keyof ThroughSides, finding: Finding): MaybePromise<void> {
  if (finding.entries.length === 0) return undefined
  const { copying } = sides[side]
  const copy = run(side === 'values' ? copyValues(sides, finding) : copyCalls(sides, finding))
  if (!isPromise(copy)) return copy
  copying.add(copy)
  return copy.finally(() => copying.delete(copy))
}

function* copyValues({ values }: ThroughSides, { entries, damaged, moment }: Finding): Steps<void> {
  const whole = yield* wholeEntries(refreshing(values.own), behindReader(values), entries, [])
  const [fresh, healed] = parted(whole.entries.map(plainEntry), damaged)
  yield* put(values.own, fresh, 'keep')
  if (isStill(values, moment)) yield* put(values.own, healed, 'replace')
}

function* copyCalls({ values, calls }: ThroughSides, { entries, damaged, moment }: Finding): Steps<void> {
  const needed = entries.flatMap(({ opened }) => neededBy(opened))
  const whole = yield* wholeEntries(refreshing(values.own), behindReader(values), [], needed)
  const complete = entries.filter(({ opened }) => whole.has(neededBy(opened))).map(copyOfRecord)
  if (complete.length === 0) return
  const [fresh, healed] = parted(complete, damaged)
  const { own } = calls.through
  yield* wait(own.commit({ values: whole.entries.map(plainEntry), calls: fresh.filter(hasTerms), mode: 'absent' }))
  yield* put(
    calls.own,
    fresh.filter(entry => !hasTerms(entry)),
    'absent',
  )
  if (isStill(calls, moment)) yield* put(calls.own, healed, 'replace')
}

function copyOfRecord(entry: Entry): Entry | CallEntry {
  const terms = termsOfCopy(entry)
  return terms === undefined ? plainEntry(entry) : { ...plainEntry(entry), terms }
}

function hasTerms(entry: Entry | CallEntry): entry is CallEntry {
  return 'terms' in entry
}

/**
 * Before a put that leaves what stands: what stands only behind is brought into the own store, so that it is what
 * stands there as well. If the store behind fails, which is told, the put goes on without it.
 *
 * @returns what stands behind and is what is to be put, as its first bytes: it need not be brought, and stays all the
 *   same
 */
export function* bringStanding(
  sides: ThroughSides,
  side: keyof ThroughSides,
  entries: readonly Entry[],
): Steps<ReadonlyMap<Digest, Uint8Array>> {
  const same = new Map<Digest, Uint8Array>()
  if (entries.length === 0) return same
  const all = sides[side]
  const there = yield* wait(all.own.has(entries.map(({ key }) => key)))
  const fresh = entries.filter((_, i) => !there[i])
  if (fresh.length === 0) return same
  const keys = fresh.map(({ key }) => key)
  try {
    const others: Digest[] = []
    for (const [i, start] of (yield* wait(all.behind.get(keys, { upTo: PREFIX_BYTES }))).entries()) {
      if (start === undefined) continue
      const { key, bytes } = fresh[i]!
      if (sameSeal(start, bytes)) same.set(key, start)
      else others.push(key)
    }
    if (others.length > 0) yield* bring(sides, side, others)
  } catch (cause) {
    const { behind, onFailure } = all.through
    onFailure({ tier: behind.label, operation: 'get', cause })
  }
  return same
}

/** What a put answers, where some of what it wrote stood behind. */
export function asStood(
  entries: readonly Entry[],
  stayed: readonly (Uint8Array | undefined)[],
  same: ReadonlyMap<Digest, Uint8Array>,
): readonly (Uint8Array | undefined)[] {
  return same.size === 0 ? stayed : stayed.map((bytes, i) => bytes ?? same.get(entries[i]!.key))
}

/** Copies what the store behind has of keys that the own one lacks. It is asked about none, too. */
export function* bring(sides: ThroughSides, side: keyof ThroughSides, keys: readonly Digest[]): Steps<void> {
  const { sound } = yield* readSound([behindReader(sides[side])], keys)
  yield* wait(copyFound(sides, side, { entries: [...sound.values()], damaged: new Set(), moment: undefined }))
}

/** A sweep of the own store may be under way: what a copy relies on there is refreshed, down to the last part. */
function refreshing(own: Backend): LookUp {
  return function* (keys) {
    const there = yield* wait(own.touch(keys))
    const present = keys.filter((_, i) => there[i])
    const headers = yield* readHeaders(own, present)
    const links = new Map(
      present.map((key, i) => {
        const header = headers[i]!
        return [key, typeof header === 'string' ? [] : neededBy(header)]
      }),
    )
    return keys.map(key => links.get(key))
  }
}

function* put(backend: Backend, entries: readonly Entry[], mode: PutMode): Steps<void> {
  if (entries.length > 0) yield* wait(backend.put(entries, mode))
}

function parted<E extends Entry>(entries: readonly E[], damaged: ReadonlySet<Digest>): readonly [E[], E[]] {
  const isDamaged = ({ key }: Entry): boolean => damaged.has(key)
  return [entries.filter(entry => !isDamaged(entry)), entries.filter(isDamaged)]
}

function plainEntry({ key, bytes }: Entry): Entry {
  return { key, bytes }
}
