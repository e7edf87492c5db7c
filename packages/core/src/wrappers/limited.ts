import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { chain, type MaybePromise, run, type Steps, wait } from '../flow.ts'
import { type BoundOptions, readBounds } from '../limits/bounds.ts'
import { checkPolicy, type Policy } from '../limits/eviction-order.ts'
import type { Held, Side } from '../limits/ledger.ts'
import { checkOptionNames } from '../option-names.ts'
import type { Backend, Entry, Removal } from '../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../ports/call-index.ts'
import { type EvictionCause, evictEntries, isEvicting } from '../ports/evicting.ts'
import { leftoversOf } from '../ports/leftovers.ts'
import type { Refs, Store, SyncStore } from '../ports/store.ts'
import { labelled } from '../stores/labelled.ts'
import { Limiter } from './limited/limiter.ts'
import { summariesOf } from './summaries.ts'

export interface LimitedOptions extends BoundOptions {
  /** Which goes first: the least recently used (unless given), the least frequently used, or the first written. */
  readonly policy?: Policy
}

/**
 * Keeps a store within bounds: evicts at its first use, and after each write what that made too much.
 *
 * - What goes is **calls**: the record that the policy names, and with it the values that nothing else held needs.
 *   Values that were saved by themselves compete with records. Values that lost their record otherwise (by `evict`, or
 *   a rerun) go first.
 * - **Pinned values stay**, and what they need, whatever the bounds. What was just written goes last.
 * - A write that alone is more than the bounds allow fails with `ERR_LIMIT` and writes nothing: a memo's call then
 *   runs uncached, and says so.
 * - **Uses** are counted in this process: whole reads, writes, touches. At first use the order is that of the ages
 *   listed.
 * - The bounds hold for what this process writes, after each write. What other processes write is seen when the store
 *   is listed anew, which is after as many writes as it holds entries, and 1,000 at least.
 *
 * The first use lists the store; the first eviction reads the headers of what was there before. After that a write
 * costs 2 µs more, and a read next to nothing. About 600 bytes of memory for each entry held. Sizes are those of
 * entries as given here: put it outside `signed` and `compressed`.
 *
 * @throws {TypeError | RangeError} when there is no bound, or one is not what it must be
 */
export function limited(inner: SyncStore, options: LimitedOptions): SyncStore
export function limited(inner: Store, options: LimitedOptions): Store
export function limited(inner: Store, options: LimitedOptions): Store {
  checkOptionNames(options, ['bytes', 'items', 'age', 'policy'])
  const { policy = 'lru' } = options
  const bounds = readBounds(options)
  checkPolicy(policy)
  const label = `limited(${inner.label})`
  const limiter = new Limiter(inner.writable ?? inner, bounds, policy)
  const checkFits = (entries: readonly Entry[]): void => {
    const size = entries.reduce((sum, entry) => sum + entry.bytes.length, 0)
    if (size > bounds.bytes) throw tooMuch(label, `${size} bytes`, 'bytes', bounds.bytes)
    if (entries.length > bounds.items) throw tooMuch(label, `${entries.length} entries`, 'items', bounds.items)
  }
  return labelled({
    label,
    values: limitedBackend(inner.values, 'values', limiter, checkFits),
    calls: limitedBackend(inner.calls, 'calls', limiter, checkFits),
    refs: inner.refs && limitedRefs(inner.refs, limiter),
    leases: inner.leases,
    readOnly: inner.readOnly,
    writable: inner.writable,
    commit(batch) {
      checkFits([...batch.values, ...batch.calls])
      const commit = () => wait(inner.commit(batch))
      return run(
        limiter.write(commit, stayed => [
          ...limiter.note('values', batch.values, stayed.values),
          ...limiter.note('calls', batch.calls, stayed.calls),
        ]),
      )
    },
    close: () => inner.close(),
    ...leftoversOf(inner),
  })
}

function limitedBackend(
  inner: Backend | CallIndex,
  side: Side,
  limiter: Limiter,
  checkFits: (entries: readonly Entry[]) => void,
): Backend | CallIndex {
  const afterReady = function* <T>(steps: () => Steps<T>): Steps<T> {
    yield* limiter.ready()
    return yield* steps()
  }
  function* remove(
    removals: readonly Removal[],
    cause: EvictionCause | undefined,
  ): Steps<{ readonly count: number; readonly gone: readonly Digest[] }> {
    const keys = removals.map(({ key }) => key)
    const count = yield* wait(cause === undefined ? inner.delete(removals) : evictEntries(inner, removals, cause))
    if (count === new Set(keys).size) return { count, gone: keys }
    const stays = yield* wait(inner.has(keys))
    return { count, gone: keys.filter((_, i) => !stays[i]) }
  }

  const removed = (removals: readonly Removal[], cause?: EvictionCause): MaybePromise<number> =>
    chain(run(limiter.write(() => remove(removals, cause), noteRemoval)), ({ count }) => count)

  const noteRemoval = ({ gone }: { readonly gone: readonly Digest[] }): readonly Held[] => {
    limiter.removed(side, gone)
    return []
  }

  const backend: Backend = {
    get(keys, options) {
      const get = (): ReturnType<Backend['get']> =>
        chain(inner.get(keys, options), found => {
          // First bytes are read by who looks after the store, not by who uses the entry.
          if (options?.upTo === undefined) limiter.used(side, keys, found)
          return found
        })
      // Without steps, which take as long as the read of a store in memory: this is nearly every read.
      return limiter.isReady ? get() : run(afterReady(() => wait(get())))
    },
    put(entries, mode) {
      checkFits(entries)
      const put = () => wait(inner.put(entries, mode))
      return run(limiter.write(put, stayed => limiter.note(side, entries, stayed)))
    },
    touch: keys =>
      run(
        afterReady(function* () {
          const there = yield* wait(inner.touch(keys))
          limiter.touched(side, keys, there)
          return there
        }),
      ),
    has: keys => run(afterReady(() => wait(inner.has(keys)))),
    delete: removals => removed(removals),
    list: options => inner.list(options),
    now: () => inner.now(),
    close: () => inner.close(),
  }
  // The spreads are of the literal above, which names every member.
  const summarizing = {
    ...backend,
    ...summariesOf(inner),
    ...(isEvicting(inner) ? { evict: removed, evictions: (keys: readonly Digest[]) => inner.evictions(keys) } : {}),
  }
  return isCallIndex(inner) ? { ...summarizing, find: options => inner.find(options) } : summarizing
}

function limitedRefs(inner: Refs, limiter: Limiter): Refs {
  return {
    read: name => inner.read(name),
    swap: (name, expected, next) =>
      run(
        (function* () {
          const swapped = yield* wait(inner.swap(name, expected, next))
          if (swapped) limiter.pins.set(name, next)
          return swapped
        })(),
      ),
    list: options => inner.list(options),
  }
}

function tooMuch(label: string, what: string, limit: string, bound: number): RiposteError<'ERR_LIMIT'> {
  const message = `a write of ${what} is more than ${label} may hold: its bound is ${bound} ${limit}`
  return new RiposteError('ERR_LIMIT', message, { limit, bound })
}
