/** Runs a body and keeps what it returns. */
import { isPromise, isRiposteError, type PreparedCall, run, type Steps, wait } from '@riposte/core'
import type { Found } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import { type Flight, type Outcome, UNSHARED } from './flight.ts'
import { metadataOf, type Runtime } from './metadata.ts'
import { hasChanged, isUndigestible, sealCall, type Ticket } from './ticket.ts'
import { isPrimitive } from './trie.ts'
import { storeFailed, textOf, type Uncached, uncached } from './warnings.ts'

/** What an author can do about an argument that has no digest. */
export const REMEDIES = 'leave the argument out with `ignore`, or say with `key` what stands for it'

const CHANGED: Uncached = {
  why: 'changed',
  message:
    'its arguments were changed after the call and before the body could start; pass a copy, or change them later',
}

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
export function* compute(
  definition: Definition,
  state: CacheState,
  ticket: Ticket,
  { flight, replace = false }: ComputeOptions,
): Steps<Computed> {
  const attempt: Attempt = { sealed: undefined, changed: false, startedAt: 0, begun: 0 }
  try {
    const task = definition.bodies.run(() => run(begin(definition, state, ticket, attempt, flight)))
    if (flight !== undefined) flight.hurry = task.hurry
    const result = yield* wait(task.result)
    const { sealed, startedAt, begun } = attempt
    if (sealed === undefined) return { result, outcome: UNSHARED }
    const runtime = { startedAt, durationMs: performance.now() - begun }
    return { result, outcome: yield* keep(definition, state, ticket, sealed, { result, runtime, replace }) }
  } catch (error) {
    // The error belongs to other arguments than those that the waiters share.
    if (attempt.changed) flight?.settle(UNSHARED)
    throw error
  } finally {
    if (attempt.sealed !== undefined) state.engine.abandon(attempt.sealed)
  }
}

/** How far a body has come. */
interface Attempt {
  /** The call with its arguments encoded; `undefined` where it runs uncached. */
  sealed: PreparedCall | undefined
  changed: boolean
  startedAt: number
  begun: number
}

/** Starts the body, which may be long after the call. */
function* begin(
  definition: Definition,
  state: CacheState,
  ticket: Ticket,
  attempt: Attempt,
  flight: Flight | undefined,
): Steps<unknown> {
  attempt.sealed = seal(definition, state, ticket, attempt)
  if (attempt.sealed !== undefined) yield* checkReferences(definition, state, ticket, attempt, attempt.sealed)
  attempt.startedAt = Date.now()
  attempt.begun = performance.now()
  return onStack(flight, () => Reflect.apply(definition.fn, undefined, ticket.args))
}

/** Runs the body of a call that has no key, or must not wait for the one that has it. */
export function runUncached(definition: Definition, args: readonly unknown[]): unknown {
  return definition.bodies.run(() => Reflect.apply(definition.fn, undefined, args)).result
}

/** What is recorded becomes hot, and found by its arguments alone if they are primitive. */
export function keepHot(definition: Definition, state: CacheState, ticket: Ticket, found: Found): void {
  state.engine.hot?.set(found)
  noteDigest(definition, state, ticket)
}

/** Lets a later call find its digest without encoding. What `key` returns has names beside values, and is not noted. */
export function noteDigest({ options }: Definition, state: CacheState, { keyed, digest }: Ticket): void {
  if (options.key === undefined) state.trie.add(keyed.values, digest)
}

/** The result as a caller other than the one that computed gets it. */
export function resultOf({ frozen }: CacheState, found: Found): unknown {
  return frozen === undefined ? found.value() : frozen.valueOf(found)
}

/** Encodes the arguments. Where they cannot be recorded, says so once, and the call runs uncached. */
function seal(definition: Definition, state: CacheState, ticket: Ticket, attempt: Attempt): PreparedCall | undefined {
  try {
    const sealed = sealCall(definition, state.engine, ticket)
    if (sealed !== undefined) return sealed
    attempt.changed = true
  } catch (error) {
    if (isUndigestible(error)) {
      // What had a digest at the call and has none now was changed; or else it can be digested only, and not stored.
      attempt.changed = hasChanged(definition, state.engine, ticket)
      if (!attempt.changed) {
        uncached(definition, state, { why: 'arguments', message: `${textOf(error)}; ${REMEDIES}`, error })
        return undefined
      }
    } else if (isRiposteError(error, 'ERR_CLOSED')) {
      storeFailed(definition, state, error)
      return undefined
    } else throw error
  }
  uncached(definition, state, CHANGED)
  return undefined
}

/** Refuses false claims of `ref`s in the arguments. Asks the store only where there are any. */
function* checkReferences(
  definition: Definition,
  state: CacheState,
  ticket: Ticket,
  attempt: Attempt,
  sealed: PreparedCall,
): Steps<void> {
  try {
    const checked = state.engine.checkReferences(sealed)
    if (!isPromise(checked)) return
    yield* wait(checked)
  } catch (error) {
    if (isRiposteError(error, 'ERR_FALSE_REFERENCE')) throw error
    storeFailed(definition, state, error)
  }
  if (!hasChanged(definition, state.engine, ticket)) return
  attempt.changed = true
  attempt.sealed = undefined
  state.engine.abandon(sealed)
  uncached(definition, state, CHANGED)
}

function onStack<T>(flight: Flight | undefined, body: () => T): T {
  if (flight === undefined) return body()
  flight.starting = true
  try {
    return body()
  } finally {
    flight.starting = false
  }
}

interface Kept {
  readonly result: unknown
  readonly runtime: Runtime
  readonly replace: boolean
}

function* keep(
  definition: Definition,
  state: CacheState,
  ticket: Ticket,
  sealed: PreparedCall,
  { result, runtime, replace }: Kept,
): Steps<Outcome> {
  const metadata = yield* describe(definition, state, ticket, result, runtime)
  if (metadata !== undefined) {
    try {
      const found = yield* wait(state.engine.commit(sealed, result, { metadata, replace }))
      keepHot(definition, state, ticket, found)
      return { kind: 'result', value: () => resultOf(state, found) }
    } catch (error) {
      if (!isUnstorable(error)) {
        storeFailed(definition, state, error)
        return outcomeOf(result)
      }
      uncached(definition, state, { why: 'result', message: `its result cannot be stored: ${textOf(error)}`, error })
    }
  }
  if (replace) yield* forget(definition, state, ticket)
  return outcomeOf(result)
}

/** The metadata of a result that is to be kept. */
function* describe(
  definition: Definition,
  state: CacheState,
  { args }: Ticket,
  result: unknown,
  runtime: Runtime,
): Steps<{ readonly [namespace: string]: unknown } | undefined> {
  // The result and the arguments are those of the function that it was typed with.
  const cacheIf = definition.options.cacheIf as ((result: unknown, ...args: readonly unknown[]) => unknown) | undefined
  try {
    if (cacheIf !== undefined && !cacheIf(result, ...args)) return undefined
    return yield* metadataOf(definition, args, result, runtime)
  } catch (error) {
    // The body has done its work; a mistake in what describes it must not take the result from its caller.
    uncached(definition, state, { why: 'options', message: `cacheIf or metadata failed: ${textOf(error)}`, error })
    return undefined
  }
}

/** A result that is not kept still says that what was recorded is outdated. */
function* forget(definition: Definition, state: CacheState, { digest }: Ticket): Steps<void> {
  try {
    yield* wait(state.engine.evict(digest))
  } catch (error) {
    storeFailed(definition, state, error)
  }
}

/** What cannot be stored cannot be copied either; only what nobody can change is shared. */
function outcomeOf(result: unknown): Outcome {
  return isPrimitive(result) ? { kind: 'result', value: () => result } : UNSHARED
}

function isUnstorable(error: unknown): boolean {
  return (
    isRiposteError(error) && ['ERR_UNDIGESTIBLE', 'ERR_CYCLIC', 'ERR_FALSE_REFERENCE', 'ERR_LIMIT'].includes(error.code)
  )
}
