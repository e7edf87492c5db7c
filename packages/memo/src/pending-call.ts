import { type CallDigest, type CallIdentity, type Digest, digest as digestValue, isRiposteError } from '@riposte/core'
import { callDigest } from '@riposte/core/engine'
import type { Caller } from './caller.ts'
import type { CacheState, Definition } from './definition.ts'
import { contextCondition, KeyedCall, naming } from './keyed-call.ts'
import { storable } from './stand-in.ts'

/** A call of a function, whether it has a key or not. */
export interface MadeCall {
  readonly definition: Definition
  readonly state: CacheState
  readonly caller: Caller
  /** As they were passed. The body gets them with its own signal, and with values in place of `ref`s. */
  readonly args: readonly unknown[]
}

/** A call with its arguments digested, before anything was looked up. */
export interface PendingCall extends MadeCall {
  readonly keyed: KeyedCall
  readonly digest: CallDigest
}

/**
 * @param keyed - what is keyed of the arguments, where it is at hand
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument
 */
export function beginCall(
  definition: Definition,
  state: CacheState,
  caller: Caller,
  args: readonly unknown[],
  keyed: KeyedCall = keyCall(definition, caller.receiver, args, state.engine.digest),
): PendingCall {
  return { definition, state, caller, args, keyed, digest: digestCall(definition, keyed) }
}

/** What is keyed of a call: its arguments, and what belongs to its key of the object that a method is called on. */
export function keyCall(
  definition: Definition,
  receiver: unknown,
  args: readonly unknown[],
  digestOf: (value: unknown) => Digest = digestValue,
): KeyedCall {
  return new KeyedCall(definition.parameters.key(args), contextOf(definition, receiver), digestOf)
}

/** What belongs to the key of a receiver; `undefined` where nothing does. */
export function contextOf({ context }: Definition, receiver: unknown): { readonly value: unknown } | undefined {
  return context === undefined || context === 'ignore' ? undefined : { value: context(receiver) }
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the receiver */
export function digestContext(context: unknown, digestOf: (value: unknown) => Digest): Digest {
  try {
    return contextCondition(digestOf(storable(context)), digestOf)
  } catch (error) {
    throw naming('this', error)
  }
}

/**
 * The address of the record of a call.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument
 */
export function digestCall(definition: Definition, keyed: KeyedCall): CallDigest {
  return callDigest(identityOf(definition, keyed), keyed.argumentDigests())
}

export function identityOf({ callIdentity }: Definition, { conditions }: KeyedCall): CallIdentity {
  if (conditions.length === 0) return callIdentity
  return { ...callIdentity, conditions: [...callIdentity.conditions, ...conditions] }
}

/** Whether the arguments are no longer those that were digested. */
export function hasChanged({ definition, state, caller, args, digest }: PendingCall): boolean {
  try {
    const keyed = keyCall(definition, caller.receiver, args, state.engine.digest)
    return digestCall(definition, keyed) !== digest
  } catch {
    // They had a digest, and have none now.
    return true
  }
}

/** Whether a call cannot be cached for its arguments. */
export function isUndigestible(error: unknown): boolean {
  return isRiposteError(error, 'ERR_UNDIGESTIBLE') || isRiposteError(error, 'ERR_CYCLIC')
}
