/** Encodes the arguments of a call for its record, right before the body may change them. */
import { isPromise, isRiposteError, type PreparedCall, type Steps, wait } from '@riposte/core'
import { hasChanged, identityOf, isUndigestible, keyCall, type PendingCall } from './pending-call.ts'
import { storable } from './stand-in.ts'
import { CHANGED, storeFailed, uncached, undigestible } from './warnings.ts'

/**
 * The call, ready for its result. `undefined` when the arguments are no longer those that were digested.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` when an argument can be digested only, and not stored; `ERR_CLOSED`
 */
export function sealCall(call: PendingCall): PreparedCall | undefined {
  const { definition, state, caller, digest } = call
  const keyed = caller.returned ? keyCall(definition, caller.receiver, call.args, state.engine.digest) : call.keyed
  const { storeArguments = true } = definition.options
  const args = { values: keyed.values.map(storable), names: keyed.names }
  const prepared = state.engine.prepare(identityOf(definition, keyed), args, { storeArguments })
  if (prepared.digest === digest) return prepared
  state.engine.abandon(prepared)
  return undefined
}

/**
 * The call, ready for its result, what `ref`s in the arguments claim checked. `undefined` when it can only run uncached:
 * that was said.
 *
 * @throws {RiposteError} `ERR_FALSE_REFERENCE`; others where the function is strict
 */
export function* sealForBody(call: PendingCall): Steps<PreparedCall | undefined> {
  const sealed = trySealing(call)
  if (sealed === undefined) return undefined
  const { engine } = call.state
  try {
    const checked = engine.checkReferences(sealed)
    // The store is asked only where there are references.
    if (!isPromise(checked)) return sealed
    yield* wait(checked)
  } catch (error) {
    if (isRiposteError(error, 'ERR_FALSE_REFERENCE')) throw error
    storeFailed(call, error)
  }
  if (!hasChanged(call)) return sealed
  engine.abandon(sealed)
  uncached(call, CHANGED)
  return undefined
}

function trySealing(call: PendingCall): PreparedCall | undefined {
  try {
    const sealed = sealCall(call)
    if (sealed !== undefined) return sealed
  } catch (error) {
    if (isRiposteError(error, 'ERR_CLOSED')) {
      storeFailed(call, error)
      return undefined
    }
    if (!isUndigestible(error)) throw error
    // What had a digest at the call and has none now was changed; else it can be digested, and not stored.
    if (!hasChanged(call)) {
      uncached(call, undigestible(error))
      return undefined
    }
  }
  uncached(call, CHANGED)
  return undefined
}
