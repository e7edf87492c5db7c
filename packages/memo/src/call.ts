/** A call of a memoized function: from this process's memory, from another call under way, from the store, or computed. */
import { type MaybePromise, run, type Steps, wait } from '@riposte/core'
import type { Found } from '@riposte/core/engine'
import { compute, runUncached } from './compute.ts'
import { type CacheState, type Definition, stateFor } from './definition.ts'
import { Flight, type Outcome, UNSHARED } from './flight.ts'
import { keepHot, noteDigest, resultOf } from './found-result.ts'
import { beginCall, isUndigestible, type PendingCall } from './pending-call.ts'
import { storeFailed, uncached, undigestible } from './warnings.ts'

/** Answers a call. Never throws: what fails rejects. */
export function call(definition: Definition, passed: readonly unknown[]): Promise<unknown> {
  try {
    const state = stateFor(definition)
    const args = definition.parameters.bind(passed)
    const hot = hotByArguments(definition, state, args)
    return Promise.resolve(hot === undefined ? start(definition, state, args, answer) : hot.value)
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Runs the body and records the result in place of what was recorded. Never throws: what fails rejects. */
export function rerun(definition: Definition, passed: readonly unknown[]): Promise<unknown> {
  try {
    return Promise.resolve(start(definition, stateFor(definition), definition.parameters.bind(passed), computeAnew))
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Digests the arguments and takes the steps of a call, as far as they go now. */
function start(
  definition: Definition,
  state: CacheState,
  args: readonly unknown[],
  steps: (pending: PendingCall) => Steps<unknown>,
): MaybePromise<unknown> {
  let pending: PendingCall
  try {
    pending = beginCall(definition, state, args)
  } catch (error) {
    if (!isUndigestible(error)) throw error
    uncached({ definition, state }, undigestible(error))
    return runUncached(definition, args)
  }
  const answered = run(steps(pending))
  pending.returned = true
  return answered
}

/** For primitive arguments: neither encoded nor hashed. */
function hotByArguments(
  { options, parameters }: Definition,
  { engine, trie, frozen }: CacheState,
  args: readonly unknown[],
): { readonly value: unknown } | undefined {
  if (engine.hot === undefined || options.key !== undefined || frozen !== undefined) return undefined
  const digest = trie.find(parameters.key(args).values)
  return digest && engine.hot.get(digest)
}

function* answer(pending: PendingCall): Steps<unknown> {
  const { definition, state, args, digest } = pending
  // The hot table gives copies; a value that is shared is found by where it is stored.
  const hot = state.frozen === undefined ? state.engine.hot?.get(digest) : undefined
  if (hot !== undefined) {
    noteDigest(pending)
    return hot.value
  }
  const ahead = state.flights.get(digest)
  if (ahead === undefined) return yield* fly(pending)
  if (ahead.starting) return runUncached(definition, args)
  if (definition.bodies.inside()) ahead.hurry?.()
  return yield* share(pending, yield* wait(ahead.join()))
}

function* computeAnew(pending: PendingCall): Steps<unknown> {
  return (yield* compute(pending, { replace: true })).result
}

/** The first call of its digest: others may join it. */
function* fly(pending: PendingCall): Steps<unknown> {
  const { state, digest } = pending
  const flight = new Flight()
  let outcome: Outcome = UNSHARED
  state.flights.set(digest, flight)
  try {
    const known = yield* look(pending)
    if (known !== undefined) {
      outcome = { kind: 'found', found: known.found }
      return known.value
    }
    const computed = yield* compute(pending, { flight })
    outcome = computed.outcome
    return computed.result
  } catch (error) {
    outcome = { kind: 'failed', error }
    throw error
  } finally {
    state.flights.delete(digest)
    flight.settle(outcome)
  }
}

/** What a call gets that waited for another. */
function* share(pending: PendingCall, outcome: Outcome): Steps<unknown> {
  switch (outcome.kind) {
    case 'found':
      return resultOf(pending.state, outcome.found)
    case 'primitive':
      return outcome.value
    case 'failed':
      throw outcome.error
    case 'unshared':
      return (yield* compute(pending, {})).result
  }
}

/** The recorded result of a call. A store that fails has none. */
function* look(pending: PendingCall): Steps<{ readonly found: Found; readonly value: unknown } | undefined> {
  try {
    const found = yield* wait(pending.state.engine.find(pending.digest))
    if (found === undefined) return undefined
    const value = resultOf(pending.state, found)
    keepHot(pending, found)
    return { found, value }
  } catch (error) {
    storeFailed(pending, error)
    return undefined
  }
}
