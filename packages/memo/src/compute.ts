/** Runs a body, and has kept what it returns. */
import { type PreparedCall, RiposteError, run, type Steps, wait } from '@riposte/core'
import type { Slot } from './bodies.ts'
import { runAsBody } from './deadlock.ts'
import type { Definition } from './definition.ts'
import { type Flight, type Outcome, UNSHARED } from './flight.ts'
import { describeIdentity } from './identity.ts'
import { keep, keepError, type Ran } from './keep.ts'
import type { Holding } from './leases.ts'
import { withoutReferences } from './load-references.ts'
import { hasChanged, type MadeCall, type PendingCall } from './pending-call.ts'
import { sealForBody } from './seal.ts'
import { CHANGED, uncached } from './warnings.ts'

export interface Computed {
  /** What the body returned, itself: its caller owns it. */
  readonly result: unknown
  /** What those get who waited for it. */
  readonly outcome: Outcome
}

export interface ComputeOptions {
  /** Those whom the body runs for; none where nothing is waited for. */
  readonly flight: Flight | undefined
  /** Whether the result takes the place of a recorded one. */
  readonly replace: boolean
  /** The lease that the body runs under, which ends with the commit where the store can do that. */
  readonly holding?: Holding | undefined
  /** Where the body may run, if that is settled; it is free again when the body has ended. */
  readonly slot?: Slot | undefined
}

/** Runs the body for a call that is not recorded, or is to be recorded anew, and records it. */
export function* compute(call: PendingCall, { flight, replace, holding, slot }: ComputeOptions): Steps<Computed> {
  const ran = yield* runInTurn(call, flight, slot)
  const { sealed, ended } = ran
  if (sealed === undefined) {
    if (!ended.threw) return { result: ended.result, outcome: UNSHARED }
    // It may have run on other arguments than those that the waiters share: the error is its caller's alone.
    flight?.settle(UNSHARED)
    throw ended.error
  }
  try {
    if (flight?.abandoned) throw aborted(call.definition, call.caller.signal)
    if (!ended.threw)
      return { result: ended.result, outcome: yield* keep(call, sealed, ran, ended.result, { replace, holding }) }
    yield* keepError(call, sealed, ran, ended.error, { replace, holding })
    throw ended.error
  } finally {
    call.state.engine.abandon(sealed)
  }
}

/**
 * Runs the body of a call that has no key, or must not wait for the one that has it.
 *
 * @param mayHold - whether there may be `ref`s in what is keyed
 */
export function* runUncached(call: MadeCall, mayHold: boolean): Steps<unknown> {
  const { definition, state, caller } = call
  const values = yield* withoutReferences(call, mayHold)
  state.tally.misses += 1
  const body = (): unknown => Reflect.apply(definition.fn, caller.receiver, values)
  // What it returns at once may be a promise that nobody is to wait for.
  if (definition.atOnce) return body()
  const slot = yield* wait(definition.bodies.slot(undefined))
  try {
    return yield* wait(definition.bodies.run(body))
  } finally {
    slot.free()
  }
}

/** Why a caller gets no answer: it waits no longer. */
export function aborted({ identity }: Definition, signal: AbortSignal | undefined): RiposteError<'ERR_ABORTED'> {
  const operation = `a call of ${describeIdentity(identity)}`
  return new RiposteError(
    'ERR_ABORTED',
    `${operation} was aborted by its signal`,
    { operation },
    { cause: signal?.reason },
  )
}

function* runInTurn(call: PendingCall, flight: Flight | undefined, given: Slot | undefined): Steps<Ran> {
  const { bodies, atOnce } = call.definition
  // What is answered at once is never behind anything, and a promise of it would be a mistake to be told of.
  if (atOnce) return yield* runBody(call, flight)
  const slot = given ?? (yield* wait(bodies.slot(flight)))
  try {
    return yield* wait(bodies.run(() => run(runBody(call, flight))))
  } finally {
    slot.free()
  }
}

function* runBody(call: PendingCall, flight: Flight | undefined): Steps<Ran> {
  const { definition, state } = call
  let sealed: PreparedCall | undefined
  let values: readonly unknown[]
  try {
    // It may have been queued behind others, and nobody wait for it by now.
    if (flight?.abandoned) throw aborted(definition, call.caller.signal)
    sealed = yield* sealForBody(call)
    values = yield* withoutReferences(call, call.keyed.holdsReferences)
    if (sealed !== undefined && values !== call.args && hasChanged(call)) {
      state.engine.abandon(sealed)
      sealed = undefined
      uncached(call, CHANGED)
    }
    if (flight?.abandoned) throw aborted(definition, call.caller.signal)
  } catch (error) {
    if (sealed !== undefined) state.engine.abandon(sealed)
    // Waiters may have had better arguments.
    flight?.settle(UNSHARED)
    throw error
  }
  const args =
    flight === undefined || definition.parameters.signalAt === undefined
      ? values
      : definition.parameters.withSignal(values, flight.signal)
  // What is renewed behind the back of a hit is nobody's call.
  if (flight?.renews !== true) state.tally.misses += 1
  const collection = sealed && state.collector?.begin()
  const startedAt = Date.now()
  const begun = performance.now()
  const ended = yield* toItsEnd(definition, () =>
    onStack(flight, () => Reflect.apply(definition.fn, call.caller.receiver, args)),
  )
  const runtime = { startedAt, durationMs: toThousandths(performance.now() - begun) }
  // An error that nobody keeps waits for nothing.
  const mayBeKept = !ended.threw || (definition.options.cacheErrors ?? false) !== false
  const collected = mayBeKept && collection ? yield* wait(collection.end()) : undefined
  return { args, sealed, ended, noted: { runtime, ...(collected && { collected }) } }
}

/** What a clock says beyond that is noise. */
function toThousandths(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000
}

function* toItsEnd({ atOnce }: Definition, body: () => unknown): Steps<Ran['ended']> {
  try {
    const answered = body()
    return { threw: false, result: atOnce ? answered : yield* wait(answered) }
  } catch (error) {
    return { threw: true, error }
  }
}

/** Marks the flight for as long as the body is on the stack. */
function onStack(flight: Flight | undefined, body: () => unknown): unknown {
  if (flight === undefined) return body()
  flight.starting = true
  try {
    return runAsBody(flight, body)
  } finally {
    flight.starting = false
  }
}
