import type { PreparedCall } from '@riposte/core'
import type { Engine } from '@riposte/core/engine'
import type { Definition } from './definition.ts'
import type { Keyed } from './parameters.ts'
import { isPrimitive } from './trie.ts'

/** A call with its arguments encoded, before anything was looked up. */
export interface Ticket {
  /** What the body gets. */
  readonly args: readonly unknown[]
  readonly keyed: Keyed
  readonly prepared: PreparedCall
  /** Whether the caller has its promise, so that it may have changed the arguments since they were encoded. */
  returned: boolean
}

/** @throws {RiposteError} `ERR_UNDIGESTIBLE` or `ERR_CYCLIC` */
export function issueTicket(definition: Definition, engine: Engine, args: readonly unknown[]): Ticket {
  const keyed = definition.parameters.key(args)
  const { callIdentity, options } = definition
  const identity =
    keyed.conditions.length === 0
      ? callIdentity
      : { ...callIdentity, conditions: [...callIdentity.conditions, ...keyed.conditions] }
  const { values, names } = keyed
  const prepared = engine.prepare(identity, { values, names }, { storeArguments: options.storeArguments ?? true })
  return { args, keyed, prepared, returned: false }
}

/** Whether the arguments are no longer those that were encoded. */
export function hasChanged(definition: Definition, engine: Engine, ticket: Ticket): boolean {
  if (!ticket.returned || ticket.args.every(isPrimitive)) return false
  let now: Ticket
  try {
    now = issueTicket(definition, engine, ticket.args)
  } catch {
    // They had a digest, and have none now.
    return true
  }
  engine.abandon(now.prepared)
  return now.prepared.digest !== ticket.prepared.digest
}
