/** A call of a memoized function: from this process's memory, from another call under way, from the store, or computed. */
import { type MaybePromise, run, type Steps, wait } from '@riposte/core'
import type { Found } from '@riposte/core/engine'
import { compute, keepHot, noteDigest, REMEDIES, resultOf, runUncached } from './compute.ts'
import { type CacheState, type Definition, stateFor } from './definition.ts'
import { Flight, type Outcome, UNSHARED } from './flight.ts'
import { issueTicket, isUndigestible, type Ticket } from './ticket.ts'
import { storeFailed, textOf, uncached } from './warnings.ts'

/** Answers a call. Never throws: what fails rejects. */
export function call(definition: Definition, passed: readonly unknown[]): Promise<unknown> {
  try {
    const state = stateFor(definition)
    const args = definition.parameters.bind(passed)
    const hot = hotByArguments(definition, state, args)
    if (hot !== undefined) return Promise.resolve(hot.value)
    return Promise.resolve(start(definition, state, args, ticket => answer(definition, state, ticket)))
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Runs the body and records the result in place of what was recorded. Never throws: what fails rejects. */
export function rerun(definition: Definition, passed: readonly unknown[]): Promise<unknown> {
  try {
    const state = stateFor(definition)
    const args = definition.parameters.bind(passed)
    const steps = function* (ticket: Ticket): Steps<unknown> {
      return (yield* compute(definition, state, ticket, { replace: true })).result
    }
    return Promise.resolve(start(definition, state, args, steps))
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Encodes the arguments and takes the steps of a call, as far as they go now. */
function start(
  definition: Definition,
  state: CacheState,
  args: readonly unknown[],
  steps: (ticket: Ticket) => Steps<unknown>,
): MaybePromise<unknown> {
  let ticket: Ticket
  try {
    ticket = issueTicket(definition, state.engine.digest, args)
  } catch (error) {
    if (!isUndigestible(error)) throw error
    uncached(definition, state, { why: 'arguments', message: `${textOf(error)}; ${REMEDIES}`, error })
    return runUncached(definition, args)
  }
  const answered = run(steps(ticket))
  ticket.returned = true
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

function* answer(definition: Definition, state: CacheState, ticket: Ticket): Steps<unknown> {
  const { engine, flights, frozen } = state
  // The hot table gives copies; a value that is shared is found by where it is stored.
  const hot = frozen === undefined ? engine.hot?.get(ticket.digest) : undefined
  if (hot !== undefined) {
    noteDigest(definition, state, ticket)
    return hot.value
  }
  const ahead = flights.get(ticket.digest)
  if (ahead === undefined) return yield* fly(definition, state, ticket)
  if (ahead.starting) return runUncached(definition, ticket.args)
  if (definition.bodies.inside()) ahead.hurry?.()
  const outcome = yield* wait(ahead.join())
  if (outcome.kind === 'failed') throw outcome.error
  if (outcome.kind === 'result') return outcome.value()
  return (yield* compute(definition, state, ticket, {})).result
}

/** The first call of its digest: others may join it. */
function* fly(definition: Definition, state: CacheState, ticket: Ticket): Steps<unknown> {
  const { digest } = ticket
  const flight = new Flight()
  let outcome: Outcome = UNSHARED
  state.flights.set(digest, flight)
  try {
    const found = yield* look(definition, state, ticket)
    if (found !== undefined) {
      outcome = { kind: 'result', value: () => resultOf(state, found.found) }
      return found.value
    }
    const computed = yield* compute(definition, state, ticket, { flight })
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

/** The recorded result of a call. A store that fails has none. */
function* look(
  definition: Definition,
  state: CacheState,
  ticket: Ticket,
): Steps<{ readonly found: Found; readonly value: unknown } | undefined> {
  try {
    const found = yield* wait(state.engine.find(ticket.digest))
    if (found === undefined) return undefined
    const value = resultOf(state, found)
    keepHot(definition, state, ticket, found)
    return { found, value }
  } catch (error) {
    storeFailed(definition, state, error)
    return undefined
  }
}
