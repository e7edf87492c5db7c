import type { Digest } from '../../digest/address.ts'
import { type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, EntryInfo, ListOptions, PutMode, Removal } from '../../ports/backend.ts'
import { type CallIndex, type FindOptions, type FoundEntry, isCallIndex } from '../../ports/call-index.ts'
import { type EvictingBackend, type EvictionCause, isEvicting } from '../../ports/evicting.ts'
import { createGate } from '../../stores/gate.ts'
import { closeAll } from '../close-all.ts'
import { mergeFound, withoutLimit } from '../merge-found.ts'
import { readSound } from '../sound-reads.ts'
import { answersLater, byKey, cursorOf, mapStream, mergeStreams, type Stream, streamFrom } from '../streams.ts'
import { backFill, endCopies } from './back-fill.ts'
import { joinedReads } from './joined-reads.ts'
import { mirror, NO_WRITE, outcomeOf } from './mirror.ts'
import { askNear, type Bytes, forgetReads, nearReadersOf, readersOf, type TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'
import { type Turns, turnsOf } from './turns.ts'

/** What the two backends of a tiered store share. */
export interface Shared {
  readonly values: TierSide
  readonly calls: TierSide
  readonly turns: Turns
}

/** The values, or the calls, of all tiers as one backend; an index where the last tier is one. */
export function tieredBackend(shared: Shared, side: 'values' | 'calls'): Backend | CallIndex {
  const all = shared[side]
  const { tiers, last, reads } = all
  const backends = [...tiers.near.map(tier => tier[side]), last]
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

  /** First bytes cannot be checked, and what asks for them decides what is removed: the last tier has the first word. */
  function* firstBytes(keys: readonly Digest[], upTo: number): Steps<readonly Bytes[]> {
    const found: Bytes[] = [...(yield* wait(last.get(keys, { upTo })))]
    for (const [place, tier] of tiers.near.entries()) {
      const missing = keys.flatMap((key, i) => (found[i] === undefined && !all.outdated[place]!.has(key) ? [i] : []))
      if (missing.length === 0) continue
      const asked = missing.map(i => keys[i]!)
      const more = yield* spared(tiers, tier, 'get', () => tier[side].get(asked, { upTo }), [])
      missing.forEach((i, at) => {
        found[i] = more[at]
      })
    }
    return found
  }

  function* has(keys: readonly Digest[]): Steps<readonly boolean[]> {
    const there = keys.map(() => false)
    for (const near of yield* askNear(all, 'has', keys)) near.forEach((is, i) => (there[i] ||= is))
    const missing = keys.flatMap((_, i) => (there[i] ? [] : [i]))
    const more = yield* wait(last.has(missing.map(i => keys[i]!)))
    missing.forEach((i, at) => (there[i] = more[at]!))
    return there
  }

  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly Bytes[]> {
    const keys = entries.map(({ key }) => key)
    return yield* shared.turns(turnsOf(side, keys), function* () {
      const stayed = yield* wait(last.put(entries, mode))
      const outcome = outcomeOf(entries, stayed, mode)
      yield* side === 'values' ? mirror(shared, outcome, NO_WRITE) : mirror(shared, NO_WRITE, outcome)
      forgetReads(all, keys)
      return stayed
    })
  }

  function* touch(keys: readonly Digest[]): Steps<readonly boolean[]> {
    const there = [...(yield* wait(last.touch(keys)))]
    const near = yield* askNear(all, 'touch', keys)
    const only = keys.filter((_, i) => !there[i] && near.some(tier => tier[i]))
    if (side === 'values' && only.length > 0) {
      // Whoever refreshes a value is about to rely on it: what the last tier lost is put back.
      const { sound } = yield* readSound(nearReadersOf(all), only)
      yield* wait(
        last.put(
          Array.from(sound.values(), ({ key, bytes }) => ({ key, bytes })),
          'keep',
        ),
      )
    }
    return there.map((is, i) => is || near.some(tier => tier[i]))
  }

  function* remove(
    removals: readonly Removal[],
    take: (removals: readonly Removal[]) => MaybePromise<number>,
  ): Steps<number> {
    const keys = removals.map(({ key }) => key)
    return yield* shared.turns(turnsOf(side, keys), function* () {
      const before = yield* wait(last.has(keys))
      let count = yield* wait(take(removals))
      const after = yield* wait(last.has(keys))
      const gone = new Set(keys.filter((_, i) => before[i] && !after[i]))
      for (let place = tiers.near.length - 1; place >= 0; place -= 1) {
        yield* endCopies(all)
        const spares = removals.filter(({ key }, i) => !before[i] && !gone.has(key))
        const more = yield* removeNear(place, [...gone], spares)
        for (const key of more) gone.add(key)
        count += more.length
      }
      forgetReads(all, keys)
      return count
    })
  }

  /**
   * Removes copies of what is gone, and what only near tiers had: of that, the slowest copy is guarded by the age that
   * was listed. Gives the keys of the latter that went.
   */
  function* removeNear(place: number, gone: readonly Digest[], spares: readonly Removal[]): Steps<readonly Digest[]> {
    const tier = tiers.near[place]!
    const attempt = function* (): Steps<readonly Digest[]> {
      const keys = spares.map(({ key }) => key)
      const before = yield* wait(tier[side].has(keys))
      yield* wait(tier[side].delete([...gone.map(key => ({ key })), ...spares]))
      const after = yield* wait(tier[side].has(keys))
      return [...new Set(keys.filter((_, i) => before[i] && !after[i]))]
    }
    const more = yield* spared(tiers, tier, 'delete', () => run(attempt()), undefined)
    for (const key of gone) {
      if (more === undefined) all.outdated[place]!.add(key)
      else all.outdated[place]!.delete(key)
    }
    return more ?? []
  }

  const listings = <T extends { readonly key: Digest }>(
    operation: string,
    open: (backend: Backend) => Stream<T> | undefined,
  ): readonly Stream<T>[] => {
    return backends.flatMap((one, place) => {
      const tier = tiers.near[place]
      const stream = tier === undefined ? open(one) : sparedStream(all, place, operation, () => open(one))
      return stream === undefined ? [] : [stream]
    })
  }

  /** What the last tier remembers: an eviction from a near one is of a copy. */
  const ofLast = (evicting: EvictingBackend): Pick<EvictingBackend, 'evict' | 'evictions'> => ({
    evict(removals: readonly Removal[], cause: EvictionCause) {
      gate.pass()
      return run(remove(removals, all => evicting.evict(all, cause)))
    },
    evictions(keys) {
      gate.pass()
      return evicting.evictions(keys)
    },
  })

  const backend: Backend = {
    get(keys, options) {
      gate.pass()
      if (options?.upTo !== undefined) return run(firstBytes(keys, options.upTo))
      // Asked of all tiers also when it is about nothing: so the answer tells whether they answer now.
      return keys.length === 0 ? run(nothing(backends)) : get(keys)
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
      return run(has(keys))
    },
    delete(removals) {
      gate.pass()
      return run(remove(removals, all => last.delete(all)))
    },
    list(options?: ListOptions) {
      gate.pass()
      const streams = listings('list', one => one.list(options))
      // The age that counts is that of the last tier, or of the slowest copy.
      return mergeStreams<EntryInfo>(streams, byKey, equal => equal.at(-1)!.item)
    },
    now() {
      gate.pass()
      return last.now()
    },
    close() {
      gate.shut()
      return run(closeAll(backends))
    },
  }
  // The spreads are of the literal above, which names every member.
  const evicting = { ...backend, ...(isEvicting(last) ? ofLast(last) : {}) }
  if (!isCallIndex(last)) return evicting
  const find = (options: FindOptions): Stream<FoundEntry> => {
    gate.pass()
    const streams = listings('find', one => (isCallIndex(one) ? one.find(withoutLimit(options)) : undefined))
    return mergeFound(streams, options)
  }
  return { ...evicting, find }
}

function* nothing(backends: readonly Backend[]): Steps<readonly Bytes[]> {
  for (const backend of backends) yield* wait(backend.get([]))
  return []
}

/** A near tier's listing: ends where it fails, and leaves out what is out of date. */
function sparedStream<T extends { readonly key: Digest }>(
  all: TierSide,
  place: number,
  operation: string,
  open: () => Stream<T> | undefined,
): Stream<T> | undefined {
  const tier = all.tiers.near[place]!
  const outdated = all.outdated[place]!
  let stream: Stream<T> | undefined
  try {
    stream = open()
  } catch (cause) {
    all.tiers.onFailure({ tier: tier.label, operation, cause })
  }
  if (stream === undefined) return undefined
  const cursor = cursorOf(stream)
  const next = () => spared(all.tiers, tier, operation, () => run(cursor.next()), undefined)
  const whole = streamFrom({ next, close: cursor.close }, answersLater(stream))
  return mapStream(whole, item => (outdated.has(item.key) ? undefined : item))
}
