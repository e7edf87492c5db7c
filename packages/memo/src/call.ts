/** A call of a memoized function: from this process's memory, from another call under way, from the store, or computed. */
import { isPromise, type MaybePromise, run, type Steps, wait } from '@riposte/core'
import { signalOf, untilAborted } from './abort.ts'
import { answer } from './answer.ts'
import { runAtOnce } from './at-once.ts'
import { Caller } from './caller.ts'
import { aborted, compute, runUncached } from './compute.ts'
import { type CacheState, type Definition, stateFor } from './definition.ts'
import { Flight } from './flight.ts'
import { trail } from './found-result.ts'
import { settleReferences, withoutReferences } from './load-references.ts'
import { beginCall, isUndigestible, type PendingCall } from './pending-call.ts'
import { asRef, asValue, type Take } from './take.ts'
import { notPassed, type Uncached, uncached, undigestible } from './warnings.ts'

/** Answers a call. Never throws: what fails rejects. */
export function call(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(() => make({ definition, receiver, passed, take: asValue, memory: true, steps: answer }, run))
}

/** Answers a call now. What fails throws. */
export function callAtOnce(definition: Definition, receiver: unknown, passed: readonly unknown[]): unknown {
  const request: Request = { definition, receiver, passed, take: asValue, memory: true, steps: answer }
  return make(request, steps => runAtOnce(definition, steps))
}

/** Answers a call with a reference to its result. Never throws: what fails rejects. */
export function callForRef(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(() => make({ definition, receiver, passed, take: asRef, memory: true, steps: answer }, run))
}

/** Runs the body and records the result in place of what was recorded. Never throws: what fails rejects. */
export function rerun(definition: Definition, receiver: unknown, passed: readonly unknown[]): Promise<unknown> {
  return promised(() => make({ definition, receiver, passed, take: asValue, memory: false, steps: computeAnew }, run))
}

function promised(make: () => MaybePromise<unknown>): Promise<unknown> {
  try {
    return Promise.resolve(make())
  } catch (error) {
    return Promise.reject(error)
  }
}

interface Request {
  readonly definition: Definition
  readonly receiver: unknown
  readonly passed: readonly unknown[]
  readonly take: Take
  /** Whether what this process remembers will do. */
  readonly memory: boolean
  readonly steps: (call: PendingCall, take: Take) => Steps<unknown>
}

function make(request: Request, runner: (steps: Steps<unknown>) => MaybePromise<unknown>): MaybePromise<unknown> {
  const { definition, receiver, passed, take } = request
  const state = stateFor(definition)
  const args = definition.parameters.bind(passed)
  const caller = new Caller(receiver, signalOf(definition, args))
  if (caller.signal?.aborted) throw aborted(definition, caller)
  const hot = request.memory ? hotByArguments(definition, state, receiver, args, take) : undefined
  if (hot !== undefined) return hot.value
  // As far as it goes now: what is digested, and where the body starts, what is recorded, is as it was passed.
  const answered = runner(proceed(request, state, caller, args))
  caller.returned = true
  return caller.signal !== undefined && !definition.atOnce && isPromise(answered)
    ? untilAborted(definition, caller, answered)
    : answered
}

/** For primitive arguments: neither encoded nor hashed. */
function hotByArguments(
  definition: Definition,
  state: CacheState,
  receiver: unknown,
  args: readonly unknown[],
  take: Take,
): { readonly value: unknown } | undefined {
  if (state.engine.hot === undefined || definition.options.key !== undefined) return undefined
  const digest = state.trie.find(trail(definition, receiver, definition.parameters.key(args).values))
  return digest && take.hot(state, digest)
}

/** Digests the arguments, and takes the steps of the call that they make. */
function* proceed(
  { definition, take, steps }: Request,
  state: CacheState,
  caller: Caller,
  passed: readonly unknown[],
): Steps<unknown> {
  // A `key` is a function of values.
  const args = definition.options.key === undefined ? passed : yield* withoutReferences(state, passed)
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
    return (yield* wait(take.result(state, yield* runUncached(definition, state, caller, args)))).value
  }
}

function* computeAnew(pending: PendingCall, take: Take): Steps<unknown> {
  const { definition, state, caller } = pending
  const settled = yield* settleReferences(pending)
  if (settled === undefined) return yield* runUncached(definition, state, caller, pending.args)
  const flight = definition.atOnce ? undefined : new Flight()
  if (flight !== undefined) caller.board(flight)
  return (yield* wait(take.computed(state, yield* compute(settled, { flight, replace: true })))).value
}
