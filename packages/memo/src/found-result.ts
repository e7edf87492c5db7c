/** Results that are at hand: how they are remembered, and how they are given out. */
import type { Found } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import { contextOf, type PendingCall } from './pending-call.ts'

/** What is recorded becomes hot, and found by its arguments alone if they are primitive. */
export function keepHot(call: PendingCall, found: Found): void {
  call.state.engine.hot?.set(found)
  noteDigest(call)
}

/** Lets a later call find its digest without hashing. What `key` returns has names beside values, and is not noted. */
export function noteDigest({ definition, state, caller, keyed, digest }: PendingCall): void {
  if (definition.options.key === undefined) state.trie.add(trail(definition, caller.receiver, keyed.values), digest)
}

/** What the digest of a call is found by, where all of it is primitive. */
export function trail(definition: Definition, receiver: unknown, values: readonly unknown[]): readonly unknown[] {
  const context = contextOf(definition, receiver)
  return context === undefined ? values : [context.value, ...values]
}

/** The result as a caller other than the one that computed gets it. */
export function resultOf({ frozen }: CacheState, found: Found): unknown {
  return frozen === undefined ? found.value() : frozen.valueOf(found)
}
