import { run, type Steps, wait } from '../flow.ts'
import { emitWarning } from '../inside/warnings.ts'
import { listener } from '../listener.ts'
import { checkOptionNames } from '../option-names.ts'
import { keepsLeftovers, type Leftover, type LeftoverKeeping } from '../ports/leftovers.ts'
import type { Batch, BatchResult, Store, SyncStore } from '../ports/store.ts'
import { createGate } from '../stores/gate.ts'
import { labelled } from '../stores/labelled.ts'
import { closeAll } from './close-all.ts'
import { pool, pooled } from './pool.ts'
import { mirror, outcomeOf } from './tiered/mirror.ts'
import { readThrough } from './tiered/read-through.ts'
import { forgetReads, tierSide } from './tiered/tier-side.ts'
import { type Shared, tieredBackend } from './tiered/tiered-backend.ts'
import type { TierFailure, Tiers } from './tiered/tiers.ts'
import { createTurns, turnsOf } from './tiered/turns.ts'

export interface TieredOptions {
  /** Told of every operation that a near tier failed. One process warning for each tier unless given. */
  readonly onFailure?: (failure: TierFailure) => void
}

/**
 * One store of several, the fastest first. The last that takes writes is the store; those before it hold copies of
 * parts of it.
 *
 * - **Reads** ask the tiers in order. What a slower tier had is copied into the faster ones: once, however many read
 *   it at the time, and whole: a value with its parts, a record that is read by itself with the values it needs, before
 *   it. Records that are read in numbers, as a query does, are not copied.
 * - **Entries are opened** before they are served from a near tier or copied. A damaged one hides no sound one behind
 *   it, and is healed from it. What no tier has sound is given as it is, for the reader above to judge.
 * - **Writes** go to the last tier first, and fail if it does; so no near tier ever shows what is not kept. A near tier
 *   that fails costs time only: it is told to `onFailure`, and what it may hold that is out of date is not read.
 * - **Ages, clock, refs, leases and the order of commits** are those of the last tier; `touch` reaches all, and puts a
 *   value back that only a near tier has left. A removal removes everywhere. Listings are unions.
 * - Records can be searched if the last tier's can: in all tiers that are indexes.
 *
 * **Read-only tiers** (`Store.readOnly`, as `readOnly(store)` says of itself) are asked last, wherever they stand in
 * the list. What they have is copied into the others, whole, when it is read; new calls and values, refs, leases, ages,
 * removals and upkeep are the others' alone. So what is evicted is answered again as long as a read-only tier has it.
 * While one fails, reads that need it fail, and writes go on without it. A stack of read-only tiers only is read-only.
 *
 * Near tiers belong to one process each, or hold values only: a record that another process replaces or evicts in
 * the last tier is answered from this one's near tiers until it goes there too. Values cannot be out of date.
 * Put wrappers that change bytes (`signed`, `compressed`) around a tier, not around the tiers.
 *
 * @throws {TypeError} when there is no store, or one stands twice
 */
export function tiered(stores: readonly SyncStore[], options?: TieredOptions): SyncStore
export function tiered(stores: readonly Store[], options?: TieredOptions): Store
export function tiered(stores: readonly Store[], options: TieredOptions = {}): Store {
  checkOptionNames(options, ['onFailure'])
  const onFailure = listener(options.onFailure ?? warnOnce())
  if (stores.length === 0) {
    throw new TypeError('expected the tiers as an array of stores, the fastest first; got none')
  }
  if (new Set(stores).size !== stores.length) throw new TypeError('expected each tier once; one store stands twice')
  const label = `tiered(${stores.map(store => store.label).join(', ')})`
  const writable = stores.filter(({ readOnly = false }) => !readOnly)
  const readable = stores.filter(({ readOnly = false }) => readOnly)
  if (writable.length === 0) return pooled(readable, label)
  const own = writable.length === 1 && readable.length > 0 ? writable[0]! : tieredWritable(writable, onFailure)
  if (readable.length === 0) return own
  const behind = readable.length === 1 ? readable[0]! : pool(readable)
  return readThrough({ own, behind, onFailure }, label)
}

/** Tiers that all take writes. */
function tieredWritable(stores: readonly Store[], onFailure: (failure: TierFailure) => void): Store {
  // There is one at least.
  const last = stores.at(-1)!
  const tiers: Tiers = { near: stores.slice(0, -1), last, onFailure }
  const shared: Shared = { values: tierSide(tiers, 'values'), calls: tierSide(tiers, 'calls'), turns: createTurns() }
  const gate = createGate('tiered store')
  const values = tieredBackend(shared, 'values')
  const calls = tieredBackend(shared, 'calls')

  function* commit(batch: Batch): Steps<BatchResult> {
    return yield* shared.turns([...turnsOf('values', batch.values), ...turnsOf('calls', batch.calls)], function* () {
      const stayed = yield* wait(tiers.last.commit(batch))
      const ofValues = outcomeOf(batch.values, stayed.values, 'keep')
      yield* mirror(shared, ofValues, outcomeOf(batch.calls, stayed.calls, batch.mode))
      forgetReads(shared.values, batch.values)
      forgetReads(shared.calls, batch.calls)
      return stayed
    })
  }

  return labelled({
    label: `tiered(${stores.map(({ label }) => label).join(', ')})`,
    values,
    calls,
    refs: last.refs,
    leases: last.leases,
    commit(batch) {
      gate.pass()
      return run(commit(batch))
    },
    close() {
      gate.shut()
      return run(closeAll([values, calls, ...stores]))
    },
    ...leftoversOfAll(stores),
  })
}

function leftoversOfAll(stores: readonly Store[]): Partial<LeftoverKeeping> {
  const keeping = stores.filter(keepsLeftovers)
  if (keeping.length === 0) return {}
  function* leftovers(): Steps<readonly Leftover[]> {
    const found: Leftover[] = []
    for (const store of keeping) found.push(...(yield* wait(store.leftovers())))
    return found
  }
  function* clearLeftovers(): Steps<void> {
    for (const store of keeping) yield* wait(store.clearLeftovers())
  }
  return { leftovers: () => run(leftovers()), clearLeftovers: () => run(clearLeftovers()) }
}

function warnOnce(): (failure: TierFailure) => void {
  const warned = new Set<string>()
  return ({ tier, operation, cause }) => {
    if (warned.has(tier)) return
    warned.add(tier)
    const message = `the tier ${tier} failed (${operation}); the tiers behind it go on without it`
    emitWarning({ code: 'store', message, cause })
  }
}
