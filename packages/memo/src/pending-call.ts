import { type CallDigest, type CallIdentity, type Digest, isRiposteError, RiposteError } from '@riposte/core'
import { callDigest } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import type { Keyed } from './parameters.ts'
import { storable } from './stand-in.ts'

/** A call with its arguments digested, before anything was looked up. */
export interface PendingCall {
  readonly definition: Definition
  readonly state: CacheState
  /** What the body gets. */
  readonly args: readonly unknown[]
  readonly keyed: Keyed
  readonly digest: CallDigest
  /** Whether the caller has its promise, so that it may have changed the arguments since they were digested. */
  returned: boolean
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument */
export function beginCall(definition: Definition, state: CacheState, args: readonly unknown[]): PendingCall {
  const keyed = definition.parameters.key(args)
  const digest = digestCall(definition, keyed, state.engine.digest)
  return { definition, state, args, keyed, digest, returned: false }
}

/**
 * The address of the record of a call. Pure.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument
 */
export function digestCall(definition: Definition, keyed: Keyed, digestOf: (value: unknown) => Digest): CallDigest {
  const digests = keyed.values.map((value, at) => {
    try {
      return digestOf(storable(value))
    } catch (error) {
      throw naming(keyed.names?.[at] ?? `[${at}]`, error)
    }
  })
  return callDigest(identityOf(definition, keyed), digests)
}

export function identityOf({ callIdentity }: Definition, { conditions }: Keyed): CallIdentity {
  if (conditions.length === 0) return callIdentity
  return { ...callIdentity, conditions: [...callIdentity.conditions, ...conditions] }
}

/** Whether the arguments are no longer those that were digested. */
export function hasChanged({ definition, state, args, digest }: PendingCall): boolean {
  try {
    return digestCall(definition, definition.parameters.key(args), state.engine.digest) !== digest
  } catch {
    // They had a digest, and have none now.
    return true
  }
}

/** Whether a call cannot be cached for its arguments. */
export function isUndigestible(error: unknown): boolean {
  return isRiposteError(error, 'ERR_UNDIGESTIBLE') || isRiposteError(error, 'ERR_CYCLIC')
}

/** The same error, of an argument and not of a value. */
function naming(argument: string, error: unknown): unknown {
  if (!isRiposteError(error, 'ERR_UNDIGESTIBLE') && !isRiposteError(error, 'ERR_CYCLIC')) return error
  const details = { ...error.details, path: argument + error.details.path }
  // The details are those of the error's own code.
  return new RiposteError(error.code, `argument ${argument}: ${error.message}`, details as typeof error.details, {
    cause: error,
  })
}
