/** Records what a body returned. */
import { isRiposteError, type PreparedCall, type Steps, wait } from '@riposte/core'
import { type Outcome, UNSHARED } from './flight.ts'
import { keepHot } from './found-result.ts'
import { metadataOf, type Runtime } from './metadata.ts'
import type { PendingCall } from './pending-call.ts'
import { isPrimitive } from './trie.ts'
import { storeFailed, textOf, uncached } from './warnings.ts'

/** A body that has come to its end. */
export interface Ran {
  readonly result: unknown
  /** The call with its arguments encoded; `undefined` where it ran uncached. */
  readonly sealed: PreparedCall | undefined
  readonly runtime: Runtime
}

/**
 * Records a result, if it is to be kept and can be. Says what others get who waited for it.
 *
 * @param replace - whether it takes the place of what is recorded; then what is not kept removes that too
 */
export function* keep(call: PendingCall, sealed: PreparedCall, ran: Ran, replace: boolean): Steps<Outcome> {
  const { state } = call
  const metadata = yield* metadataToKeep(call, ran)
  if (metadata !== undefined) {
    try {
      const found = yield* wait(state.engine.commit(sealed, ran.result, { metadata, replace }))
      keepHot(call, found)
      return { kind: 'found', found }
    } catch (error) {
      if (!isUnstorable(error)) {
        storeFailed(call, error)
        return withoutRecord(ran)
      }
      uncached(call, { why: 'result', message: `its result cannot be stored: ${textOf(error)}`, error })
    }
  }
  if (replace) yield* forget(call)
  return withoutRecord(ran)
}

/** The metadata of a result; `undefined` when the result is not to be kept. */
function* metadataToKeep(
  call: PendingCall,
  { result, runtime }: Ran,
): Steps<{ readonly [namespace: string]: unknown } | undefined> {
  const { definition, args } = call
  // The result and the arguments are those of the function that it was typed with.
  const cacheIf = definition.options.cacheIf as ((result: unknown, ...args: readonly unknown[]) => unknown) | undefined
  try {
    if (cacheIf !== undefined && !cacheIf(result, ...args)) return undefined
    return yield* metadataOf(definition, args, result, runtime)
  } catch (error) {
    // The body has done its work; a mistake in what describes it must not take the result from its caller.
    uncached(call, { why: 'options', message: `cacheIf or metadata failed: ${textOf(error)}`, error })
    return undefined
  }
}

function* forget(call: PendingCall): Steps<void> {
  try {
    yield* wait(call.state.engine.evict(call.digest))
  } catch (error) {
    storeFailed(call, error)
  }
}

/** What was not stored cannot be copied; it is shared only if nobody can change it. */
function withoutRecord({ result }: Ran): Outcome {
  return isPrimitive(result) ? { kind: 'primitive', value: result } : UNSHARED
}

function isUnstorable(error: unknown): boolean {
  const codes: readonly string[] = ['ERR_UNDIGESTIBLE', 'ERR_CYCLIC', 'ERR_FALSE_REFERENCE', 'ERR_LIMIT']
  return isRiposteError(error) && codes.includes(error.code)
}
