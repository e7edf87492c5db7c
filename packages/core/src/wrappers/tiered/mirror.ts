/** Brings what the last tier took into the near ones. */
import { neededBy, readHeader, sameSeal } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { run, type Steps, wait } from '../../flow.ts'
import type { Backend, Entry, PutMode } from '../../ports/backend.ts'
import type { Store } from '../../ports/store.ts'
import { endCopies, slowerValues } from './back-fill.ts'
import type { TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'
import { takenForWhole, wholeEntries } from './whole.ts'

/** What stands in the last tier after a write, of what was given to it. */
export interface Outcome {
  readonly mode: PutMode
  /** Entries that it wrote. */
  readonly written: readonly Entry[]
  /** Entries that stood there already, the same. */
  readonly same: readonly Entry[]
  /** Keys under which something else stands and stays. */
  readonly other: readonly Digest[]
}

export function outcomeOf(
  entries: readonly Entry[],
  stayed: readonly (Uint8Array | undefined)[],
  mode: PutMode,
): Outcome {
  const outcome = { mode, written: [] as Entry[], same: [] as Entry[], other: [] as Digest[] }
  for (const [i, entry] of entries.entries()) {
    const first = stayed[i]
    if (first === undefined) outcome.written.push(entry)
    else if (sameSeal(first, entry.bytes)) outcome.same.push(entry)
    else outcome.other.push(entry.key)
  }
  return outcome
}

/** A write of nothing. */
export const NO_WRITE: Outcome = { mode: 'absent', written: [], same: [], other: [] }

/**
 * Values first, then records, in each near tier, the fastest last. Values that stood already are refreshed or put;
 * records that stood already come when they are read. A tier that fails is passed over; what it may hold that is out of
 * date is not read from it until it is put right.
 */
export function* mirror(
  { values, calls }: { readonly values: TierSide; readonly calls: TierSide },
  ofValues: Outcome,
  ofCalls: Outcome,
): Steps<void> {
  const { tiers } = values
  for (let place = tiers.near.length - 1; place >= 0; place -= 1) {
    const tier = tiers.near[place]!
    if (staleAfter(ofValues).length > 0) yield* endCopies(values)
    if (staleAfter(ofCalls).length > 0) yield* endCopies(calls)
    const attempt = () => run(mirrorTo(tier, values, place, ofValues, ofCalls))
    const done = yield* spared(tiers, tier, 'put', attempt, false)
    note(values.outdated[place]!, ofValues, done)
    note(calls.outdated[place]!, ofCalls, done)
  }
}

function* mirrorTo(tier: Store, values: TierSide, place: number, ofValues: Outcome, ofCalls: Outcome): Steps<boolean> {
  const links = new Map(ofCalls.written.map(entry => [entry, neededBy(readHeader(entry.bytes))]))
  const given = [...ofValues.written, ...ofValues.same]
  const whole = yield* wholeEntries(
    takenForWhole(tier.values),
    slowerValues(values, place),
    given,
    [...links.values()].flat(),
  )
  // What cannot be whole there does not stand there, nor does what it takes the place of.
  const left = given.filter(({ key }) => !whole.places(key))
  yield* drop(tier.values, [...ofValues.other, ...left.map(({ key }) => key)])
  yield* putValues(tier.values, whole.entries, ofValues.mode)
  const complete = ofCalls.written.filter(entry => whole.has(links.get(entry)!))
  const incomplete = ofCalls.written.filter(entry => !whole.has(links.get(entry)!))
  yield* drop(tier.calls, [...ofCalls.other, ...incomplete.map(({ key }) => key)])
  if (complete.length > 0) yield* wait(tier.calls.put(complete, 'replace'))
  return true
}

/** Keys of which a copy from before the write is out of date. */
function staleAfter({ mode, written, other }: Outcome): readonly Digest[] {
  return mode === 'replace' ? [...other, ...written.map(({ key }) => key)] : other
}

function note(outdated: Set<Digest>, outcome: Outcome, done: boolean): void {
  for (const key of staleAfter(outcome)) {
    if (done) outdated.delete(key)
    else outdated.add(key)
  }
}

function* drop(backend: Backend, keys: readonly Digest[]): Steps<void> {
  if (keys.length > 0) yield* wait(backend.delete(keys.map(key => ({ key }))))
}

function* putValues(backend: Backend, entries: readonly Entry[], mode: PutMode): Steps<void> {
  if (entries.length === 0) return
  const stayed = yield* wait(backend.put(entries, mode === 'replace' ? 'replace' : 'keep'))
  // A copy that is not what the last tier holds gives way.
  const others = entries.filter(({ bytes }, i) => stayed[i] !== undefined && !sameSeal(stayed[i], bytes))
  if (others.length > 0) yield* wait(backend.put(others, 'replace'))
}
