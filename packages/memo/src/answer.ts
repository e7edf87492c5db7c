/** The steps of a call that has a key. One at a time runs the body, for all who make the call meanwhile. */
import { isPromise, type LeaseOutcome, type MaybePromise, run, type Steps, wait } from '@riposte/core'
import { Caller } from './caller.ts'
import { aborted, type Computed, compute, runUncached } from './compute.ts'
import { noteWaiting, waitsForUs } from './deadlock.ts'
import { AGAIN, Flight, type Outcome, UNSHARED } from './flight.ts'
import { noteTrail, thrownIn } from './found-result.ts'
import { settleReferences } from './load-references.ts'
import { type Hit, type Looked, look } from './look.ts'
import { hasChanged, type PendingCall } from './pending-call.ts'
import type { Box, Take } from './take.ts'
import { takeTurn } from './take-turns.ts'
import { renewalFailed } from './warnings.ts'

/** What a call that nobody else makes just now gets at once, or the steps to it. */
export function answerNow(call: PendingCall, take: Take): { readonly hit: unknown } | Steps<unknown> {
  const { definition, state, digest } = call
  const hot = hotAnswer(call, take)
  if (hot !== undefined) return hot
  if (!definition.atOnce && state.flights.has(digest)) return answer(call, take)
  const looked = look(call, take)
  if (!isPromise(looked) && looked.kind === 'hit') return { hit: give(call, looked) }
  return definition.atOnce ? answerAtOnce(call, take, looked) : fly(call, take, looked)
}

export function* answer(call: PendingCall, take: Take): Steps<unknown> {
  const { definition, state, digest } = call
  const hot = hotAnswer(call, take)
  if (hot !== undefined) return hot.hit
  if (definition.atOnce) return yield* answerAtOnce(call, take, look(call, take))
  const ahead = state.flights.get(digest)
  if (ahead === undefined || ahead.abandoned) return yield* fly(call, take, look(call, take))
  if (ahead.starting || waitsForUs(ahead)) return yield* alone(call, take)
  if (ahead.renews) {
    const known = yield* wait(look(call, take))
    const ended = state.flights.get(digest) !== ahead
    // What it has renewed since it was read is not to be renewed once more.
    if (known.kind === 'hit' && !(known.stale && ended)) return give(call, known)
    if (ended) return yield* answer(call, take)
  }
  return yield* share(call, take, yield* join(call, ahead))
}

function hotAnswer(call: PendingCall, take: Take): { readonly hit: unknown } | undefined {
  const { state, digest } = call
  const hot = state.hot?.find(digest)
  if (hot === undefined) return undefined
  noteTrail(call, hot)
  state.tally.hits += 1
  return { hit: take.hot(state, hot) }
}

function* answerAtOnce(call: PendingCall, take: Take, looked: MaybePromise<Looked>): Steps<unknown> {
  return yield* complete(call, yield* find(call, take, looked, undefined))
}

/** What a call came to. */
interface Come {
  /** What others get who wait for it. */
  readonly outcome: Outcome
  /** What is left to be done for the caller, once nobody waits any more. */
  readonly rest: Hit | (() => Steps<unknown>)
}

function* complete(call: PendingCall, { rest }: Come): Steps<unknown> {
  return typeof rest === 'function' ? yield* rest() : give(call, rest)
}

/** From the store, or computed. */
function* find(call: PendingCall, take: Take, looking: MaybePromise<Looked>, flight: Flight | undefined): Steps<Come> {
  const { definition, state } = call
  const looked = yield* wait(looking)
  if (looked.kind === 'hit') return { outcome: looked.outcome, rest: looked }
  const settled = yield* settleReferences(call)
  if (settled === undefined) return { outcome: UNSHARED, rest: () => alone(call, take) }
  if (settled !== call) return { outcome: AGAIN, rest: () => answer(settled, take) }
  if (flight?.abandoned) throw aborted(definition, call.caller.signal)
  if (flight === undefined || state.leases === undefined) {
    return computedBy(call, take, yield* compute(call, { flight, replace: looked.replace }))
  }
  const turn = yield* takeTurn(call, take, { flight, leases: state.leases, missed: looked })
  if (turn.hit !== undefined) return { outcome: turn.hit.outcome, rest: turn.hit }
  let ended: LeaseOutcome = 'failed'
  try {
    const computed = yield* compute(call, { flight, ...turn })
    // Who waits elsewhere finds a record, or has nothing to wait for.
    if (computed.outcome.kind === 'found') ended = 'done'
    return computedBy(call, take, computed)
  } finally {
    if (turn.holding !== undefined) yield* wait(turn.holding.end(ended))
  }
}

function computedBy({ state }: PendingCall, take: Take, computed: Computed): Come {
  return { outcome: computed.outcome, rest: () => unbox(take.computed(state, computed)) }
}

function* unbox(boxed: MaybePromise<Box>): Steps<unknown> {
  return (yield* wait(boxed)).value
}

function give(call: PendingCall, { value, threw, stale }: Hit): unknown {
  call.state.tally.hits += 1
  if (stale) renew(call)
  if (threw) throw value
  return value
}

/** The body for this caller only. */
function* alone(call: PendingCall, take: Take): Steps<unknown> {
  return yield* unbox(take.result(call.state, yield* runUncached(call, call.keyed.holdsReferences)))
}

/** The first call of its digest: others may join it. */
function* fly(call: PendingCall, take: Take, looking: MaybePromise<Looked>): Steps<unknown> {
  const flight = new Flight()
  call.caller.board(flight)
  const done = noteWaiting(flight)
  let come: Come
  try {
    come = yield* inTheAir(call, flight, () => find(call, take, looking, flight))
  } finally {
    done()
  }
  return yield* complete(call, come)
}

/** Shows a flight to others for as long as it is under way, and tells those who joined what it came to. */
function* inTheAir<T extends { readonly outcome: Outcome }>(
  { state, digest }: PendingCall,
  flight: Flight,
  steps: () => Steps<T>,
): Steps<T> {
  let outcome: Outcome = UNSHARED
  state.flights.set(digest, flight)
  try {
    const come = yield* steps()
    outcome = come.outcome
    return come
  } catch (error) {
    outcome = { kind: 'failed', error }
    throw error
  } finally {
    // Where everybody left, another may have taken its place.
    if (state.flights.get(digest) === flight) state.flights.delete(digest)
    flight.settle(outcome)
  }
}

function* join({ definition, caller }: PendingCall, ahead: Flight): Steps<Outcome> {
  caller.board(ahead)
  if (definition.bodies.inside()) ahead.hurry()
  const done = noteWaiting(ahead)
  try {
    return yield* wait(ahead.join())
  } finally {
    done()
  }
}

/** What a call gets that waited for another. */
function* share(call: PendingCall, take: Take, outcome: Outcome): Steps<unknown> {
  const { definition, state, caller } = call
  if (caller.left) throw aborted(definition, caller.signal)
  if (outcome.kind !== 'again' && outcome.kind !== 'unshared') state.tally.hits += 1
  switch (outcome.kind) {
    case 'found':
      if (outcome.found.record.threw === true) throw thrownIn(outcome.found)
      return take.found(state, outcome.found)
    case 'primitive':
      return yield* unbox(take.result(state, outcome.value))
    case 'failed':
      throw outcome.error
    case 'again':
      return yield* answer(call, take)
    case 'unshared': {
      const flight = new Flight()
      caller.board(flight)
      return yield* unbox(take.computed(state, yield* compute(call, { flight, replace: false })))
    }
  }
}

/** Runs the body once more in the background, unless that is under way. */
function renew(stale: PendingCall): void {
  const { state, digest } = stale
  if (state.flights.has(digest)) return
  const { receiver, passesReferences } = stale.caller
  const caller = new Caller(receiver, { passesReferences })
  const call: PendingCall = { ...stale, caller }
  const flight = new Flight({ renews: true })
  caller.board(flight)
  caller.returned = true
  // In a turn of its own: the caller's answer is there, and a body that answers at once would hold it up.
  const renewed = inTheAir(call, flight, function* () {
    yield* wait(Promise.resolve())
    // The next call tries again.
    if (hasChanged(call)) return { outcome: AGAIN }
    return yield* compute(call, { flight, replace: true })
  })
  state.engine.background(inBackground(call, renewed))
}

/** Nobody hears of what fails here but by a warning; one that cannot be given is lost. */
function inBackground(call: PendingCall, steps: Steps<unknown>): Promise<unknown> {
  return Promise.resolve(run(steps))
    .catch((error: unknown) => renewalFailed(call, error))
    .catch(() => {})
}
