import {
  type CallDigest,
  type CallIdentity,
  type Digest,
  isRiposteError,
  type PreparedCall,
  RiposteError,
} from '@riposte/core'
import { callDigest, type Engine } from '@riposte/core/engine'
import type { Definition } from './definition.ts'
import type { Keyed } from './parameters.ts'
import { storable } from './stand-in.ts'

/** A call with its arguments digested, before anything was looked up. */
export interface Ticket {
  /** What the body gets. */
  readonly args: readonly unknown[]
  readonly keyed: Keyed
  readonly digest: CallDigest
  /** Whether the caller has its promise, so that it may have changed the arguments since they were digested. */
  returned: boolean
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC`, naming the argument */
export function issueTicket(
  definition: Definition,
  digestOf: (value: unknown) => Digest,
  args: readonly unknown[],
): Ticket {
  const keyed = definition.parameters.key(args)
  return { args, keyed, digest: digestCall(definition, digestOf, keyed), returned: false }
}

/**
 * Encodes the arguments for the record, right before the body may change them. `undefined` when they are no longer
 * those that were digested.
 *
 * @throws {RiposteError} `ERR_UNDIGESTIBLE` when an argument has a digest and cannot be stored; `ERR_CLOSED`
 */
export function sealCall(definition: Definition, engine: Engine, ticket: Ticket): PreparedCall | undefined {
  const { values, names, conditions } = ticket.returned ? definition.parameters.key(ticket.args) : ticket.keyed
  const { storeArguments = true } = definition.options
  const args = { values: values.map(storable), names }
  const prepared = engine.prepare(identityOf(definition, conditions), args, { storeArguments })
  if (prepared.digest === ticket.digest) return prepared
  engine.abandon(prepared)
  return undefined
}

/** Whether the arguments are no longer those that were digested. */
export function hasChanged(definition: Definition, engine: Engine, ticket: Ticket): boolean {
  try {
    return digestCall(definition, engine.digest, definition.parameters.key(ticket.args)) !== ticket.digest
  } catch {
    // They had a digest, and have none now.
    return true
  }
}

/** Whether a call cannot be cached for its arguments. */
export function isUndigestible(error: unknown): boolean {
  return isRiposteError(error, 'ERR_UNDIGESTIBLE') || isRiposteError(error, 'ERR_CYCLIC')
}

function digestCall(definition: Definition, digestOf: (value: unknown) => Digest, keyed: Keyed): CallDigest {
  const digests = keyed.values.map((value, at) => {
    try {
      return digestOf(storable(value))
    } catch (error) {
      throw naming(keyed.names?.[at] ?? `[${at}]`, error)
    }
  })
  return callDigest(identityOf(definition, keyed.conditions), digests)
}

function identityOf({ callIdentity }: Definition, conditions: readonly Digest[]): CallIdentity {
  return conditions.length === 0
    ? callIdentity
    : { ...callIdentity, conditions: [...callIdentity.conditions, ...conditions] }
}

/** The same error, of the argument and not of a value. */
function naming(argument: string, error: unknown): unknown {
  if (!isRiposteError(error, 'ERR_UNDIGESTIBLE') && !isRiposteError(error, 'ERR_CYCLIC')) return error
  const details = { ...error.details, path: argument + error.details.path }
  // The details are those of the error's own code.
  return new RiposteError(error.code, `argument ${argument}: ${error.message}`, details as typeof error.details, {
    cause: error,
  })
}
