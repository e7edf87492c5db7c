import type { Digest } from '../../digest/address.ts'
import { isPromise, type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, EntryInfo, ListOptions, PutMode, Removal } from '../../ports/backend.ts'
import { type CallIndex, type FindOptions, isCallIndex } from '../../ports/call-index.ts'
import { createGate } from '../../stores/gate.ts'
import { cursorOf, answersLater, mergeStreams, type Stream, streamFrom } from '../streams.ts'
import { backFill } from './back-fill.ts'
import { mirror, NO_WRITE, outcomeOf } from './mirror.ts'
import { readSound } from './sound-reads.ts'
import { askNear, nearReadersOf, readersOf, type TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'
import type { Turns } from './turns.ts'

/** What the two backends of a tiered store share. */
export interface Shared {
  readonly values: TierSide
  readonly calls: TierSide
  readonly turns: Turns
}

type Bytes = Uint8Array | undefined

/** The values, or the calls, of all tiers as one backend; an index where the last tier is one. */
export function tieredBackend(shared: Shared, side: 'values' | 'calls'): Backend | CallIndex {
  const all = shared[side]
  const { tiers, last } = all
  const backends = [...tiers.near.map(tier => tier[side]), last]
  const gate = createGate(`${side} of the tiered store`)
  /** Reads under way, which others of the same key join: so a key is read from the slower tiers, and copied, once. */
  const reads = new Map<Digest, Promise<ReadonlyMap<Digest, Bytes>>>()

  const forget = (keys: readonly Digest[]): void => {
    for (const key of keys) reads.delete(key)
  }

  const get = (keys: readonly Digest[]): MaybePromise<readonly Bytes[]> => {
    const own = keys.filter(key => !reads.has(key))
    const others = own.length === keys.length ? [] : keys.flatMap(key => reads.get(key) ?? [])
    const found = run(readWhole(own))
    if (isPromise(found)) {
      for (const key of own) reads.set(key, found)
      const end = (): void => {
        for (const key of own) if (reads.get(key) === found) reads.delete(key)
      }
      found.then(end, end)
    }
    return run(
      (function* () {
        const answers = new Map(yield* wait(found))
        for (const other of new Set(others)) for (const [key, bytes] of yield* wait(other)) answers.set(key, bytes)
        return keys.map(key => answers.get(key))
      })(),
    )
  }

  function* readWhole(keys: readonly Digest[]): Steps<ReadonlyMap<Digest, Bytes>> {
    const begun = all.removals
    const found = yield* readSound(readersOf(all), [...new Set(keys)])
    // Records that are read in numbers are looked through, not used: their values stay where they are.
    if (side === 'values' || keys.length === 1) yield* backFill(all, shared.values, found, begun)
    return new Map(keys.map(key => [key, found.sound.get(key)?.bytes ?? found.unsound.get(key)]))
  }

  /** First bytes cannot be checked, and what asks for them decides what is removed: the last tier has the first word. */
  function* firstBytes(keys: readonly Digest[], upTo: number): Steps<readonly Bytes[]> {
    const found: Bytes[] = [...(yield* wait(last.get(keys, { upTo })))]
    for (const tier of tiers.near) {
      const missing = keys.flatMap((_, i) => (found[i] === undefined ? [i] : []))
      if (missing.length === 0) break
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
    const given = entries.map(entry => ({ ...entry, bytes: entry.bytes.slice() }))
    const keys = given.map(({ key }) => key)
    return yield* shared.turns(turnsOf(side, keys), function* () {
      const stayed = yield* wait(last.put(given, mode))
      const outcome = outcomeOf(given, stayed, mode)
      yield* side === 'values' ? mirror(shared, outcome, NO_WRITE) : mirror(shared, NO_WRITE, outcome)
      forget(keys)
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
      yield* wait(last.put(Array.from(sound.values(), ({ key, bytes }) => ({ key, bytes })), 'keep'))
    }
    return there.map((is, i) => is || near.some(tier => tier[i]))
  }

  function* remove(removals: readonly Removal[]): Steps<number> {
    const keys = removals.map(({ key }) => key)
    return yield* shared.turns(turnsOf(side, keys), function* () {
      all.removals += 1
      const before = yield* wait(last.has(keys))
      const near = yield* askNear(all, 'has', keys)
      yield* wait(last.delete(removals))
      const after = yield* wait(last.has(keys))
      if (all.copying.size > 0) yield* wait(Promise.all(all.copying))
      const gone = new Set<Digest>(keys.filter((_, i) => before[i] && !after[i]))
      for (const [place, tier] of tiers.near.entries()) {
        yield* removeNear(place, () => {
          // What the last tier did not have was listed with the age of its copy.
          const own = removals.filter((_, i) => !before[i] && near[place]![i])
          return tier[side].delete([...Array.from(gone, key => ({ key })), ...own])
        }, gone)
        const left = yield* spared(tiers, tier, 'has', () => tier[side].has(keys), [])
        keys.forEach((key, i) => {
          if (!before[i] && near[place]![i] && left[i] === false) gone.add(key)
        })
      }
      all.removals += 1
      forget(keys)
      return gone.size
    })
  }

  function* removeNear(place: number, attempt: () => MaybePromise<number>, gone: ReadonlySet<Digest>): Steps<void> {
    const done = yield* spared(tiers, tiers.near[place]!, 'delete', attempt, undefined)
    if (done === undefined) for (const key of gone) all.outdated[place]!.add(key)
  }

  /** A near tier's listing ends where it fails. */
  const sparedStream = <T>(place: number, operation: string, open: () => Stream<T>): Stream<T> => {
    const tier = tiers.near[place]
    if (tier === undefined) return open()
    let stream: Stream<T> = []
    try {
      stream = open()
    } catch (cause) {
      tiers.onFailure({ tier: tier.label, operation, cause })
    }
    const cursor = cursorOf(stream)
    const next = () => spared(tiers, tier, operation, () => run(cursor.next()), undefined)
    return streamFrom({ next, close: cursor.close }, answersLater(stream))
  }

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
      return run(touch([...keys]))
    },
    has(keys) {
      gate.pass()
      return run(has([...keys]))
    },
    delete(removals) {
      gate.pass()
      return run(remove([...removals]))
    },
    list(options?: ListOptions) {
      gate.pass()
      const streams = backends.map((one, place) => sparedStream(place, 'list', () => one.list(options)))
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
  if (!isCallIndex(last)) return backend
  const find = (options: FindOptions): Stream<Entry> => {
    gate.pass()
    const streams = backends.flatMap((one, place) =>
      isCallIndex(one) ? [sparedStream(place, 'find', () => one.find(options))] : [],
    )
    return mergeStreams<Entry>(streams, byKey, soundest)
  }
  // The spread is of the literal above, which names every member.
  return { ...backend, find }
}
