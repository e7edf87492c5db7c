/** A call of a memoized function: from this process's memory, from another call under way, from the store, or computed. */
import { isPromise, type MaybePromise, run, type Steps, wait } from '@riposte/core'
import type { HotCall } from '@riposte/core/engine'
import { signalOf, untilAborted } from './abort.ts'
import { answer, answerNow } from './answer.ts'
import { runAtOnce } from './at-once.ts'
import { Caller } from './caller.ts'
import { compute, runUncached } from './compute.ts'
import { type CacheState, type Definition, stateFor } from './definition.ts'
import { Flight } from './flight.ts'
import { findHot, findHotByValues } from './found-result.ts'
import type { KeyedCall } from './keyed-call.ts'
import { settleReferences, withoutReferences } from './load-references.ts'
import { beginCall, isUndigestible, keyCall, type PendingCall } from './pending-call.ts'
import { asRef, asValue, type Take } from './take.ts'
import { asLazy } from './take-lazy.ts'
import { notPassed, ON_RECEIVER, type Uncached, uncached, undigestible } from './warnings.ts'

/** Answers a call. Never throws: what fails rejects. */
export function call(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(CALL, definition, receiver, passed)
}

/** Answers a call now. What fails throws. */
export function callAtOnce(definition: Definition, receiver: unknown, passed: readonly unknown[]): unknown {
  return make(CALL_AT_ONCE, definition, receiver, passed)
}

/** Answers a call on an object that the body uses, and the key would not tell from others: it runs uncached. Never throws. */
export function callOn(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(CALL_ON, definition, receiver, passed)
}

/** As `callOn`, now. What fails throws. */
export function callOnAtOnce(definition: Definition, receiver: unknown, passed: readonly unknown[]): unknown {
  return make(CALL_ON_AT_ONCE, definition, receiver, passed)
}

/** Answers a call in whose arguments `ref`s may stand anywhere. Never throws: what fails rejects. */
export function callWithRefs(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(CALL_WITH_REFS, definition, receiver, passed)
}

/** Answers a call with a reference to its result. Never throws: what fails rejects. */
export function callForRef(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(CALL_FOR_REF, definition, receiver, passed)
}

/** Answers a call with a handle of its result. Never throws: what fails rejects. */
export function callForLazy(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(CALL_FOR_LAZY, definition, receiver, passed)
}

/** Runs the body and records the result in place of what was recorded. Never throws: what fails rejects. */
export function rerun(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(RERUN, definition, receiver, passed)
}

/** How a call is answered. */
interface Way {
  readonly take: Take
  /** Whether what this process remembers will do. */
  readonly memory: boolean
  /** Whether `ref`s may stand anywhere in the arguments. */
  readonly passesReferences: boolean
  /** Why no call that is answered so has a key. */
  readonly uncached: Uncached | undefined
  steps(call: PendingCall, take: Take): Steps<unknown>
  run(definition: Definition, steps: Steps<unknown>): MaybePromise<unknown>
}

const runLater: Way['run'] = (_definition, steps) => run(steps)

const CALL: Way = {
  take: asValue,
  memory: true,
  passesReferences: false,
  uncached: undefined,
  steps: answer,
  run: runLater,
}
const CALL_AT_ONCE: Way = { ...CALL, run: runAtOnce }
const CALL_ON: Way = { ...CALL, memory: false, uncached: ON_RECEIVER }
const CALL_ON_AT_ONCE: Way = { ...CALL_ON, run: runAtOnce }
const CALL_WITH_REFS: Way = { ...CALL, passesReferences: true }
const CALL_FOR_REF: Way = { ...CALL_WITH_REFS, take: asRef }
const CALL_FOR_LAZY: Way = { ...CALL_WITH_REFS, take: asLazy }
const RERUN: Way = { ...CALL, memory: false, steps: computeAnew }

function promised(way: Way, definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  try {
    return Promise.resolve(make(way, definition, receiver, passed))
  } catch (error) {
    return Promise.reject(error)
  }
}

function make(way: Way, definition: Definition, receiver: unknown, passed: readonly unknown[]): MaybePromise<unknown> {
  const state = stateFor(definition)
  const args = definition.parameters.bind(passed)
  const signal = signalOf(definition, args)
  const hot = way.memory ? findHotByValues(definition, state, args) : undefined
  return hot === undefined ? makeKeyed(way, definition, state, receiver, args, signal) : takeHot(way, state, hot)
}

function takeHot({ take }: Way, state: CacheState, hot: HotCall): unknown {
  state.tally.hits += 1
  return take.hot(state, hot)
}

function makeKeyed(
  way: Way,
  definition: Definition,
  state: CacheState,
  receiver: unknown,
  args: readonly unknown[],
  signal: AbortSignal | undefined,
): MaybePromise<unknown> {
  const caller = new Caller(receiver, { signal, passesReferences: way.passesReferences })
  let steps: Steps<unknown> | undefined
  // What `key` returns is keyed once there are values in place of `ref`s.
  if (way.memory && definition.options.key === undefined) {
    const keyed = keyCall(definition, receiver, args, state.engine.digest)
    const hot = findHot(state, keyed)
    if (hot !== undefined) return takeHot(way, state, hot)
    const pending = tryBeginning(definition, state, caller, args, keyed)
    const answer = pending && answerNow(pending, way.take)
    if (answer !== undefined && 'hit' in answer) return answer.hit
    steps = answer
  }
  // As far as it goes now: what is digested, and where the body starts, what is recorded, is as it was passed.
  const answered = way.run(definition, steps ?? proceed(way, definition, state, caller, args))
  caller.returned = true
  return signal !== undefined && !definition.atOnce && isPromise(answered)
    ? untilAborted(definition, caller, answered)
    : answered
}

/** The call, where it has a key; without one, `proceed` says so. */
function tryBeginning(
  definition: Definition,
  state: CacheState,
  caller: Caller,
  args: readonly unknown[],
  keyed: KeyedCall,
): PendingCall | undefined {
  if (definition.parameters.missing(args) !== undefined) return undefined
  try {
    return beginCall(definition, state, caller, args, keyed)
  } catch (error) {
    if (isUndigestible(error)) return undefined
    throw error
  }
}

/** Digests the arguments, and takes the steps of the call that they make. */
function* proceed(
  { take, uncached: without, steps }: Way,
  definition: Definition,
  state: CacheState,
  caller: Caller,
  passed: readonly unknown[],
): Steps<unknown> {
  // A `key` is a function of values.
  const args =
    definition.options.key === undefined
      ? passed
      : yield* withoutReferences({ definition, state, caller, args: passed }, true)
  if (without !== undefined) return yield* withoutKey(without)
  let pending: PendingCall
  try {
    const missing = definition.parameters.missing(args)
    if (missing !== undefined) return yield* withoutKey(notPassed(missing))
    pending = beginCall(definition, state, caller, args)
  } catch (error) {
    if (!isUndigestible(error)) throw error
    return yield* withoutKey(undigestible(error))
  }
  return yield* steps(pending, take)

  function* withoutKey(why: Uncached): Steps<unknown> {
    uncached({ definition, state }, why)
    return (yield* wait(take.result(state, yield* runUncached({ definition, state, caller, args }, true)))).value
  }
}

function* computeAnew(pending: PendingCall, take: Take): Steps<unknown> {
  const { definition, state, caller } = pending
  const settled = yield* settleReferences(pending)
  if (settled === undefined) return yield* runUncached(pending, pending.keyed.holdsReferences)
  const flight = definition.atOnce ? undefined : new Flight()
  if (flight !== undefined) caller.board(flight)
  return (yield* wait(take.computed(state, yield* compute(settled, { flight, replace: true })))).value
}
