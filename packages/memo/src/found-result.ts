/** Results that are at hand: how they are remembered, and how they are given out. */
import type { Found } from '@riposte/core/engine'
import type { CacheState } from './definition.ts'
import type { PendingCall } from './pending-call.ts'

/** What is recorded becomes hot, and found by its arguments alone if they are primitive. */
export function keepHot(call: PendingCall, found: Found): void {
  call.state.engine.hot?.set(found)
  noteDigest(call)
}

/** Lets a later call find its digest without hashing. What `key` returns has names beside values, and is not noted. */
export function noteDigest({ definition, state, keyed, digest }: PendingCall): void {
  if (definition.options.key === undefined) state.trie.add(keyed.values, digest)
}

/** The result as a caller other than the one that computed gets it. */
export function resultOf({ frozen }: CacheState, found: Found): unknown {
  return frozen === undefined ? found.value() : frozen.valueOf(found)
}
