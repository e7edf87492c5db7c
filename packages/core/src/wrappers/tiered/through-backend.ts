import type { Digest } from '../../digest/address.ts'
import { isPromise, type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, EntryInfo, PutMode, Removal } from '../../ports/backend.ts'
import { type CallIndex, type FindOptions, type FoundEntry, isCallIndex } from '../../ports/call-index.ts'
import { type EvictingBackend, isEvicting } from '../../ports/evicting.ts'
import { createGate } from '../../stores/gate.ts'
import { closeAll } from '../close-all.ts'
import { mergeFound, withoutLimit } from '../merge-found.ts'
import { readSound } from '../sound-reads.ts'
import { byKey, cursorOf, mergeStreams, type Stream, type StreamSource, streamFrom } from '../streams.ts'
import { joinedReads } from './joined-reads.ts'
import { asStood, bring, bringStanding, copyFound, type ThroughSides } from './through-copy.ts'
import { bothReaders, momentOf, removing, type ThroughSide } from './through-side.ts'
import { type Bytes, forgetReads } from './tier-side.ts'

/** Records that are looked for in the own store at once. */
const PAGE = 64

/** The values, or the calls, of a store and of the one behind it, as one backend; an index where both are. */
export function throughBackend(sides: ThroughSides, side: keyof ThroughSides): Backend | CallIndex {
  const all = sides[side]
  const { own, behind } = all
  const gate = createGate(`${side} of the tiered store`)

  function* readWhole(keys: readonly Digest[]): Steps<ReadonlyMap<Digest, Bytes>> {
    const moment = momentOf(all)
    const found = yield* readSound(bothReaders(all), [...new Set(keys)])
    // Records that are read in numbers are looked through, not used: they and their values stay where they are.
    if (side === 'values' || keys.length === 1) {
      const entries = [...found.sound.values()].filter(({ from }) => from > 0)
      yield* copySpared({ entries, damaged: found.corrupt[0]!, moment })
    }
    return new Map(keys.map(key => [key, found.sound.get(key)?.bytes ?? found.unsound.get(key)]))
  }

  /** What is read is answered, whether or not it can be copied. */
  function* copySpared(finding: Parameters<typeof copyFound>[2]): Steps<void> {
    try {
      yield* wait(copyFound(sides, side, finding))
    } catch (cause) {
      all.through.onFailure({ tier: all.through.own.label, operation: 'back-fill', cause })
    }
  }

  const get = joinedReads(all.reads, keys => own.get(keys), readWhole)

  /** Asks the store behind for what the own one does not have. */
  function* either<T>(
    keys: readonly Digest[],
    ask: (backend: Backend, keys: readonly Digest[]) => MaybePromise<readonly T[]>,
    lacks: (answer: T) => boolean,
  ): Steps<readonly T[]> {
    const answers = [...(yield* wait(ask(own, keys)))]
    const missing = keys.flatMap((_, i) => (lacks(answers[i]!) ? [i] : []))
    if (missing.length === 0) return answers
    const asked = missing.map(i => keys[i]!)
    const more = yield* wait(ask(behind, asked))
    missing.forEach((i, at) => {
      answers[i] = more[at]!
    })
    return answers
  }

  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly Bytes[]> {
    const keys = entries.map(({ key }) => key)
    if (mode === 'replace') {
      const stayed = yield* removing(all, () => wait(own.put(entries, mode)))
      forgetReads(all, keys)
      return stayed
    }
    const same = yield* bringStanding(sides, side, entries)
    const stayed = yield* wait(own.put(entries, mode))
    forgetReads(all, keys)
    return asStood(entries, stayed, same)
  }

  function* touch(keys: readonly Digest[]): Steps<readonly boolean[]> {
    const there = [...(yield* wait(own.touch(keys)))]
    const missing = keys.flatMap((_, i) => (there[i] ? [] : [i]))
    if (missing.length === 0) return there
    const asked = missing.map(i => keys[i]!)
    // Whoever refreshes a value is about to rely on it: it comes to where nobody else can take it away.
    if (side === 'values') yield* bring(sides, side, asked)
    const more = yield* wait((side === 'values' ? own : behind).has(asked))
    missing.forEach((i, at) => {
      there[i] = more[at]!
    })
    return there
  }

  function* remove(removals: readonly Removal[], take: () => MaybePromise<number>): Steps<number> {
    const count = yield* removing(all, () => wait(take()))
    forgetReads(
      all,
      removals.map(({ key }) => key),
    )
    return count
  }

  const ofOwn = (evicting: EvictingBackend): Pick<EvictingBackend, 'evict' | 'evictions'> => ({
    evict(removals, cause) {
      gate.pass()
      return run(remove(removals, () => evicting.evict(removals, cause)))
    },
    evictions(keys) {
      gate.pass()
      return evicting.evictions(keys)
    },
  })

  const backend: Backend = {
    get(keys, options) {
      gate.pass()
      if (options?.upTo === undefined) return keys.length === 0 ? run(nothing(own, behind)) : get(keys)
      return run(
        either<Bytes>(
          keys,
          (one, asked) => one.get(asked, options),
          bytes => bytes === undefined,
        ),
      )
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
      return run(
        either(
          keys,
          (one, asked) => one.has(asked),
          is => !is,
        ),
      )
    },
    delete(removals) {
      gate.pass()
      return run(remove(removals, () => own.delete(removals)))
    },
    list(options) {
      gate.pass()
      // The age that counts is that of the own store.
      return mergeStreams<EntryInfo>([own.list(options), behind.list(options)], byKey, equal => equal[0]!.item)
    },
    now() {
      gate.pass()
      return own.now()
    },
    close() {
      gate.shut()
      return run(closeAll([own, behind]))
    },
  }
  // The spreads are of the literal above, which names every member.
  const evicting = { ...backend, ...(isEvicting(own) ? ofOwn(own) : {}) }
  if (!isCallIndex(own) || !isCallIndex(behind)) return evicting
  const find = (options: FindOptions): Stream<FoundEntry> => {
    gate.pass()
    const asked = withoutLimit(options)
    return mergeFound([own.find(asked), notIn(own, behind.find(asked), all)], options)
  }
  return { ...evicting, find }
}

/** Asks both also when it is about nothing: so the answer tells whether they answer now. */
function* nothing(own: Backend, behind: Backend): Steps<readonly Bytes[]> {
  yield* wait(own.get([]))
  yield* wait(behind.get([]))
  return []
}

/** What was found behind, without what the own store has under the same key: that may be another record, which was not found. */
function notIn(own: Backend, found: Stream<FoundEntry>, all: ThroughSide): Stream<FoundEntry> {
  const cursor = cursorOf(found)
  let page: FoundEntry[] = []
  return streamFrom(
    {
      *next() {
        while (page.length === 0) {
          const read = yield* nextItems(cursor, PAGE)
          if (read.length === 0) return undefined
          const hidden = yield* wait(own.has(read.map(({ key }) => key)))
          page = read.filter((_, i) => !hidden[i])
        }
        return page.shift()
      },
      close: cursor.close,
    },
    answersLaterThan(all, found),
  )
}

function* nextItems<T>(cursor: StreamSource<T>, count: number): Steps<readonly T[]> {
  const items: T[] = []
  while (items.length < count) {
    const item = yield* cursor.next()
    if (item === undefined) break
    items.push(item)
  }
  return items
}

/** Whether a step may wait: where the stream does, or where the own store answers later. */
function answersLaterThan({ own }: ThroughSide, found: Stream<FoundEntry>): boolean {
  if (Symbol.asyncIterator in found) return true
  const probe = own.get([])
  // Whether it answers now is all that is asked; a failure comes with the first page.
  if (isPromise(probe)) probe.catch(() => {})
  return isPromise(probe)
}
