import { type MaybePromise, run, type Steps } from '../../flow.ts'
import type { Backend, Removal } from '../../ports/backend.ts'
import { type EvictingBackend, isEvicting } from '../../ports/evicting.ts'
import type { Gate } from '../../stores/gate.ts'

/**
 * Of several backends that are one, what that one offers which remembers: nothing if it remembers none. To be spread
 * into the backend that they are together.
 *
 * @param remove - removes from all; `take` is the removal from the one
 */
export function evictionsOfOne(
  one: Backend,
  gate: Gate,
  remove: (removals: readonly Removal[], take: () => MaybePromise<number>) => Steps<number>,
): Partial<Pick<EvictingBackend, 'evict' | 'evictions'>> {
  if (!isEvicting(one)) return {}
  return {
    evict(removals, cause) {
      gate.pass()
      return run(remove(removals, () => one.evict(removals, cause)))
    },
    evictions(keys) {
      gate.pass()
      return one.evictions(keys)
    },
  }
}
