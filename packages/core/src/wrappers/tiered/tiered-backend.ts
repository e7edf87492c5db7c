import type { Digest } from '../../digest/address.ts'
import { type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, EntryInfo, PutMode, Removal } from '../../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../../ports/call-index.ts'
import { createGate } from '../../stores/gate.ts'
import { closeAll } from '../close-all.ts'
import { firstAnswers } from '../fill-in.ts'
import { mergeFound, withoutLimit } from '../merge-found.ts'
import { readSound } from '../sound-reads.ts'
import { byKey, mergeStreams } from '../streams.ts'
import { backFill } from './back-fill.ts'
import { evictionsOfOne } from './evictions-of-one.ts'
import { joinedReads } from './joined-reads.ts'
import { streamsOf } from './listings.ts'
import { mirror, NO_WRITE, outcomeOf } from './mirror.ts'
import { removeFromAll } from './removal.ts'
import {
  type Bytes,
  forgetReads,
  nearReadersOf,
  nearSources,
  readersOf,
  type Side,
  type TierSide,
} from './tier-side.ts'
import { type Turns, turnsOf } from './turns.ts'

/** What the two backends of a tiered store share. */
export interface Shared {
  readonly values: TierSide
  readonly calls: TierSide
  readonly turns: Turns
}

/** The values, or the calls, of all tiers as one backend; an index where the last tier is one. */
export function tieredBackend(shared: Shared, side: Side): Backend | CallIndex {
  const all = shared[side]
  const { tiers, last, reads } = all
  const gate = createGate(`${side} of the tiered store`)

  function* readWhole(keys: readonly Digest[]): Steps<ReadonlyMap<Digest, Bytes>> {
    const begun = all.removals
    const found = yield* readSound(readersOf(all), [...new Set(keys)])
    // Records that are read in numbers are looked through, not used: their values stay where they are.
    if (side === 'values' || keys.length === 1) yield* backFill(all, shared.values, found, begun)
    return new Map(keys.map(key => [key, found.sound.get(key)?.bytes ?? found.unsound.get(key)]))
  }

  const get = joinedReads(
    reads,
    keys => (all.outdated[0]?.size === 0 ? tiers.near[0]![side].get(keys) : undefined),
    readWhole,
  )

  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly Bytes[]> {
    return yield* shared.turns(turnsOf(side, entries), function* () {
      const stayed = yield* wait(last.put(entries, mode))
      const outcome = outcomeOf(entries, stayed, mode)
      yield* side === 'values' ? mirror(shared, outcome, NO_WRITE) : mirror(shared, NO_WRITE, outcome)
      forgetReads(all, entries)
      return stayed
    })
  }

  function* touch(keys: readonly Digest[]): Steps<readonly boolean[]> {
    const there = yield* wait(last.touch(keys))
    const near: (readonly boolean[])[] = []
    for (const touchNear of nearSources(all, 'touch', false, (one, asked) => one.touch(asked))) {
      near.push(yield* touchNear(keys))
    }
    const only = keys.filter((_, i) => !there[i] && near.some(tier => tier[i]))
    if (side === 'values' && only.length > 0) {
      // Whoever refreshes a value is about to rely on it: what the last tier lost is put back.
      const { sound } = yield* readSound(nearReadersOf(all), only)
      const lost = Array.from(sound.values(), ({ key, bytes }) => ({ key, bytes }))
      yield* wait(last.put(lost, 'keep'))
    }
    return there.map((is, i) => is || near.some(tier => tier[i]))
  }

  function* remove(removals: readonly Removal[], take: () => MaybePromise<number>): Steps<number> {
    return yield* shared.turns(turnsOf(side, removals), function* () {
      const count = yield* removeFromAll(all, removals, take)
      forgetReads(all, removals)
      return count
    })
  }

  const backend: Backend = {
    get(keys, options) {
      gate.pass()
      if (options?.upTo === undefined) return get(keys)
      // First bytes cannot be checked, and whoever asks for them decides what is removed: the last tier goes first.
      const sources = [(asked: readonly Digest[]) => wait(last.get(asked, options)), ...nearReadersOf(all, options)]
      return run(firstAnswers(keys, sources, undefined))
    },
    put(entries, mode) {
      gate.pass()
      return run(put(entries, mode))
    },
    touch(keys) {
      gate.pass()
      return run(touch(keys))
    },
    has(keys) {
      gate.pass()
      const near = nearSources(all, 'has', false, (one, asked) => one.has(asked))
      return run(firstAnswers(keys, [...near, asked => wait(last.has(asked))], false))
    },
    delete(removals) {
      gate.pass()
      return run(remove(removals, () => last.delete(removals)))
    },
    list(options) {
      gate.pass()
      const streams = streamsOf(all, 'list', one => one.list(options))
      // The age that counts is that of the last tier, or of the slowest copy.
      return mergeStreams<EntryInfo>(streams, byKey, equal => equal.at(-1)!.item)
    },
    now() {
      gate.pass()
      return last.now()
    },
    close() {
      gate.shut()
      return run(closeAll([...tiers.near.map(tier => tier[side]), last]))
    },
  }
  // The spreads are of the literal above, which names every member. An eviction from a near tier is of a copy.
  const evicting = { ...backend, ...evictionsOfOne(last, gate, remove) }
  if (!isCallIndex(last)) return evicting
  const find: CallIndex['find'] = options => {
    gate.pass()
    const asked = withoutLimit(options)
    return mergeFound(
      streamsOf(all, 'find', one => (isCallIndex(one) ? one.find(asked) : undefined)),
      options,
    )
  }
  return { ...evicting, find }
}
