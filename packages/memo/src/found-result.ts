/** Results that are at hand: how they are remembered, and how they are given out. */
import type { Found, HotCall } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import { describeIdentity } from './identity.ts'
import type { KeyedCall } from './keyed-call.ts'
import { isUndigestible, type PendingCall } from './pending-call.ts'

/** What is recorded becomes hot, and found by its arguments alone, unless calls were forgotten since it was read. */
export function keepHot(call: PendingCall, found: Found, asOf?: number): void {
  const hot = call.state.hot?.set(found, asOf)
  if (hot !== undefined) noteTrail(call, hot)
}

/** Lets a later call be found without its digest. */
export function noteTrail({ state, keyed }: PendingCall, hot: HotCall): void {
  state.trie?.add(keyed, hot)
}

/** The hot call of arguments that are all primitive. */
export function findHotByValues(
  definition: Definition,
  state: CacheState,
  args: readonly unknown[],
): HotCall | undefined {
  if (definition.context !== undefined) return undefined
  const hot = state.trie?.find(definition.parameters.values(args))
  return hot !== undefined && state.hot?.use(hot) === true ? hot : undefined
}

/** The hot call of what is keyed, found without its digest. What has no digest has no hot call either. */
export function findHot({ hot: table, trie }: CacheState, keyed: KeyedCall): HotCall | undefined {
  try {
    const hot = trie?.find(keyed.trail, keyed)
    return hot !== undefined && table?.use(hot) === true ? hot : undefined
  } catch (error) {
    if (isUndigestible(error)) return undefined
    throw error
  }
}

/**
 * What a recorded call threw. Never shared: whoever catches it may write to it. Where it was thrown is not recorded, so its
 * stack says where it is from.
 */
export function thrownIn(found: Found): unknown {
  const error = found.value()
  const { value: stack, enumerable } = Object.getOwnPropertyDescriptor(Object(error), 'stack') ?? {}
  // Data of its own may have the name, and a class build an error anew, frozen perhaps.
  if (error instanceof Error && enumerable === false && typeof stack === 'string' && !stack.includes('\n    at ')) {
    Reflect.set(error, 'stack', `${stack}\n    at <recorded call of ${describeIdentity(found.record.identity)}>`)
  }
  return error
}

/** The result as a caller other than the one that computed gets it. */
export function resultOf({ frozen }: CacheState, found: Found): unknown {
  return frozen === undefined ? found.value() : frozen.valueOf(found)
}
