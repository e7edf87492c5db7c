import {
  type CallDigest,
  type CallIdentity,
  type Digest,
  digest as digestValue,
  isRiposteError,
  RiposteError,
} from '@riposte/core'
import { callDigest } from '@riposte/core/engine'
import type { Caller } from './caller.ts'
import type { CacheState, Definition } from './definition.ts'
import type { Keyed } from './parameters.ts'
import { storable } from './stand-in.ts'

/** A call with its arguments digested, before anything was looked up. */
export interface PendingCall {
  readonly definition: Definition
  readonly state: CacheState
  readonly caller: Caller
  /** As they were passed. The body gets them with its own signal, and with values in place of `ref`s. */
  readonly args: readonly unknown[]
  readonly keyed: Keyed
  readonly digest: CallDigest
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument */
export function beginCall(
  definition: Definition,
  state: CacheState,
  caller: Caller,
  args: readonly unknown[],
): PendingCall {
  const keyed = keyCall(definition, caller.receiver, args, state.engine.digest)
  return { definition, state, caller, args, keyed, digest: digestCall(definition, keyed, state.engine.digest) }
}

/** What is keyed of a call: its arguments, and what belongs to its key of the object that a method is called on. */
export function keyCall(
  definition: Definition,
  receiver: unknown,
  args: readonly unknown[],
  digestOf: (value: unknown) => Digest = digestValue,
): Keyed {
  const keyed = definition.parameters.key(args)
  const context = contextOf(definition, receiver)
  if (context === undefined) return keyed
  const digest = digestContext(context.value, digestOf)
  return { ...keyed, conditions: [...keyed.conditions, digest], context: digest }
}

/** What belongs to the key of a receiver; `undefined` where nothing does. */
export function contextOf({ context }: Definition, receiver: unknown): { readonly value: unknown } | undefined {
  return context === undefined || context === 'ignore' ? undefined : { value: context(receiver) }
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the receiver */
export function digestContext(context: unknown, digestOf: (value: unknown) => Digest): Digest {
  try {
    return digestOf({ context: digestOf(storable(context)) })
  } catch (error) {
    throw naming('this', error)
  }
}

/**
 * The address of the record of a call. Pure.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument
 */
export function digestCall(definition: Definition, keyed: Keyed, digestOf: (value: unknown) => Digest): CallDigest {
  return callDigest(identityOf(definition, keyed), digestArguments(keyed, digestOf))
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument */
export function digestArguments({ values, names }: Keyed, digestOf: (value: unknown) => Digest): readonly Digest[] {
  return values.map((value, at) => {
    try {
      return digestOf(storable(value))
    } catch (error) {
      throw naming(names?.[at] ?? `[${at}]`, error)
    }
  })
}

export function identityOf({ callIdentity }: Definition, { conditions }: Keyed): CallIdentity {
  if (conditions.length === 0) return callIdentity
  return { ...callIdentity, conditions: [...callIdentity.conditions, ...conditions] }
}

/** Whether the arguments are no longer those that were digested. */
export function hasChanged({ definition, state, caller, args, digest }: PendingCall): boolean {
  try {
    const keyed = keyCall(definition, caller.receiver, args, state.engine.digest)
    return digestCall(definition, keyed, state.engine.digest) !== digest
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
