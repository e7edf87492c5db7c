import type { Digest } from '../../digest/address.ts'
import { type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, EntryInfo, PutMode, Removal } from '../../ports/backend.ts'
import { type CallIndex, type FoundEntry, isCallIndex } from '../../ports/call-index.ts'
import { createGate } from '../../stores/gate.ts'
import { answersNow } from '../answers-now.ts'
import { closeAll } from '../close-all.ts'
import { fillIn, firstAnswers } from '../fill-in.ts'
import { filterPages } from '../filter-pages.ts'
import { mergeFound, withoutLimit } from '../merge-found.ts'
import { readSound } from '../sound-reads.ts'
import { byKey, mergeStreams, type Stream } from '../streams.ts'
import { evictionsOfOne } from './evictions-of-one.ts'
import { joinedReads } from './joined-reads.ts'
import { asStood, bring, bringStanding, copyFound, type Finding, type ThroughSides } from './through-copy.ts'
import { bothReaders, momentOf, removing } from './through-side.ts'
import { type Bytes, forgetReads, type Side } from './tier-side.ts'

/** Records that are looked for in the own store at once. */
const PAGE = 64

/** The values, or the calls, of a store and of the one behind it, as one backend; an index where both are. */
export function throughBackend(sides: ThroughSides, side: Side): Backend | CallIndex {
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
  function* copySpared(finding: Finding): Steps<void> {
    try {
      yield* wait(copyFound(sides, side, finding))
    } catch (cause) {
      all.through.onFailure({ tier: all.through.own.label, operation: 'back-fill', cause })
    }
  }

  const get = joinedReads(all.reads, keys => own.get(keys), readWhole)

  function* put(entries: readonly Entry[], mode: PutMode): Steps<readonly Bytes[]> {
    const write = () => wait(own.put(entries, mode))
    const same = yield* bringStanding(sides, side, mode === 'replace' ? [] : entries)
    const stayed = yield* mode === 'replace' ? removing(all, write) : write()
    forgetReads(all, entries)
    return asStood(entries, stayed, same)
  }

  function* touch(keys: readonly Digest[]): Steps<readonly boolean[]> {
    return yield* fillIn(keys, yield* wait(own.touch(keys)), false, function* (lacking) {
      if (side === 'calls') return yield* wait(behind.has(lacking))
      // Whoever refreshes a value is about to rely on it: it comes to where nobody else can take it away.
      yield* bring(sides, side, lacking)
      return yield* wait(own.has(lacking))
    })
  }

  function* remove(removals: readonly Removal[], take: () => MaybePromise<number>): Steps<number> {
    const count = yield* removing(all, () => wait(take()))
    forgetReads(all, removals)
    return count
  }

  const backend: Backend = {
    get(keys, options) {
      gate.pass()
      return options?.upTo === undefined ? get(keys) : run(firstAnswers(keys, bothReaders(all, options), undefined))
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
      return run(firstAnswers(keys, [asked => wait(own.has(asked)), asked => wait(behind.has(asked))], false))
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
  const evicting = { ...backend, ...evictionsOfOne(own, gate, remove) }
  if (!isCallIndex(own) || !isCallIndex(behind)) return evicting
  const find: CallIndex['find'] = options => {
    gate.pass()
    const asked = withoutLimit(options)
    return mergeFound([own.find(asked), notIn(own, behind.find(asked))], options)
  }
  return { ...evicting, find }
}

/** Without what the own store has under the same key, which may be another record, that was not found. */
function notIn(own: Backend, found: Stream<FoundEntry>): Stream<FoundEntry> {
  return filterPages(found, PAGE, !answersNow(own), function* (page) {
    const hidden = yield* wait(own.has(page.map(({ key }) => key)))
    return hidden.map(is => !is)
  })
}
