import { matchesSearches } from '../../calls/matches-searches.ts'
import { readableRecord } from '../../calls/readable-record.ts'
import type { Search } from '../../calls/searches.ts'
import type { Digest } from '../../digest/address.ts'
import { run, type Steps, wait } from '../../flow.ts'
import type { Reading } from '../../inside/inside.ts'
import { compareInOrder } from '../../matching/find-order.ts'
import type { Backend, Entry } from '../../ports/backend.ts'
import { type CallIndex, type FindOptions, type FoundEntry, isCallIndex } from '../../ports/call-index.ts'
import { answersNow } from '../answers-now.ts'
import { filterPages } from '../filter-pages.ts'
import { limitStream, mapStream, mergeStreams, type Stream } from '../streams.ts'
import { refusals } from '../views/refusals.ts'
import { findInTurns } from './find-in-turns.ts'

/** Records that are read at once, at most. */
const PAGE = 256

/** A record that an index gave, and the places of the searches that it was found by. */
interface Found {
  readonly entry: FoundEntry
  readonly by: readonly number[]
}

/**
 * The call records that one of the searches finds, as a backend that takes no writes; an index, if that is one.
 *
 * @param reading - where values are read that a search has to look at
 */
export function shownCalls(
  inner: Backend | CallIndex,
  label: string,
  searches: readonly Search[],
  reading: Reading,
): Backend | CallIndex {
  function* isShown(entry: Entry, foundBy?: readonly number[]): Steps<boolean> {
    const record = readableRecord(entry, reading.registry)
    return record !== undefined && (yield* matchesSearches(reading, searches, record, foundBy))
  }

  const isChecked = searches.some(({ checks }) => checks.length > 0)
  /** Whether a value may have to be waited for. */
  const mayWait = (): boolean => isChecked && !answersNow(reading.store.values)

  // The whole record must be read to judge it; more than was asked for may be answered.
  function* read(keys: readonly Digest[]): Steps<readonly (Uint8Array | undefined)[]> {
    const found = yield* wait(inner.get(keys))
    const shown: (Uint8Array | undefined)[] = []
    for (const [i, bytes] of found.entries()) {
      shown.push(bytes !== undefined && (yield* isShown({ key: keys[i]!, bytes })) ? bytes : undefined)
    }
    return shown
  }

  function* has(keys: readonly Digest[]): Steps<readonly boolean[]> {
    return (yield* read(keys)).map(bytes => bytes !== undefined)
  }

  const backend: Backend = {
    get: keys => run(read(keys)),
    has: keys => run(has(keys)),
    list: options =>
      filterPages(inner.list(options), PAGE, !answersNow(inner) || mayWait(), page => has(page.map(({ key }) => key))),
    now: () => inner.now(),
    close: () => inner.close(),
    ...refusals(label),
  }
  if (!isCallIndex(inner)) return backend

  /** Each search is put to the index, with what else is asked of it. What several of them find appears once. */
  const find = (options: FindOptions): Stream<FoundEntry> => {
    const { where, order, after, limit } = options
    const found = searches.map((search, i) =>
      mapStream(
        findInTurns(inner, {
          where: [...where, ...search.where],
          order,
          after,
          limit: search.checksRarelyFail ? limit : undefined,
        }),
        (entry): Found => ({ entry, by: [i] }),
      ),
    )
    const [only, ...others] = found
    // Merging looks one ahead, which may take another turn.
    const merged = only !== undefined && others.length === 0 ? only : mergeFound(found, order)
    const shown = filterPages(merged, Math.min(PAGE, limit ?? PAGE), mayWait(), function* (page) {
      const shows: boolean[] = []
      for (const { entry, by } of page) shows.push(yield* isShown(entry, by))
      return shows
    })
    return limitStream(
      mapStream(shown, ({ entry }) => entry),
      limit,
    )
  }
  // The spread is of the literal above, which names every member. Of what was evicted nobody can tell whether it was shown.
  return { ...backend, find }
}

function mergeFound(found: readonly Stream<Found>[], order: FindOptions['order']): Stream<Found> {
  return mergeStreams<Found>(
    found,
    (a, b) => compareInOrder(a.entry, b.entry, order),
    equal => ({ entry: equal[0]!.item.entry, by: equal.map(({ from }) => from) }),
  )
}
