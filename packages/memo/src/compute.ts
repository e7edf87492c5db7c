/** Runs a body, and has kept what it returns. */
import { type MaybePromise, type PreparedCall, run, type Steps, wait } from '@riposte/core'
import type { Definition } from './definition.ts'
import { type Flight, type Outcome, UNSHARED } from './flight.ts'
import { keep, type Ran } from './keep.ts'
import type { PendingCall } from './pending-call.ts'
import { sealForBody } from './seal.ts'

export interface Computed {
  /** What the body returned, itself: its caller owns it. */
  readonly result: unknown
  /** What those get who waited for it. */
  readonly outcome: Outcome
}

export interface ComputeOptions {
  readonly flight?: Flight
  /** Whether the result takes the place of a recorded one. */
  readonly replace?: boolean
}

/** Runs the body for a call that is not recorded, or is to be recorded anew, and records it. */
export function* compute(call: PendingCall, { flight, replace = false }: ComputeOptions): Steps<Computed> {
  const task = call.definition.bodies.run(() => run(runBody(call, flight)))
  if (flight !== undefined) flight.hurry = task.hurry
  const ran = yield* wait(task.result)
  const { result, sealed } = ran
  if (sealed === undefined) return { result, outcome: UNSHARED }
  try {
    return { result, outcome: yield* keep(call, sealed, ran, replace) }
  } finally {
    call.state.engine.abandon(sealed)
  }
}

/** Runs the body of a call that has no key, or must not wait for the one that has it. */
export function runUncached(definition: Definition, args: readonly unknown[]): MaybePromise<unknown> {
  return definition.bodies.run(() => Reflect.apply(definition.fn, undefined, args)).result
}

function* runBody(call: PendingCall, flight: Flight | undefined): Steps<Ran> {
  const { definition, state, args } = call
  let sealed: PreparedCall | undefined
  try {
    sealed = yield* sealForBody(call)
    const startedAt = Date.now()
    const begun = performance.now()
    const result = yield* wait(onStack(flight, () => Reflect.apply(definition.fn, undefined, args)))
    return { result, sealed, runtime: { startedAt, durationMs: performance.now() - begun } }
  } catch (error) {
    // Uncached, it may have run on other arguments than those that the waiters share: the error is its caller's alone.
    if (sealed === undefined) flight?.settle(UNSHARED)
    else state.engine.abandon(sealed)
    throw error
  }
}

/** Marks the flight for as long as the body is on the stack. */
function onStack(flight: Flight | undefined, body: () => unknown): unknown {
  if (flight === undefined) return body()
  flight.starting = true
  try {
    return body()
  } finally {
    flight.starting = false
  }
}
