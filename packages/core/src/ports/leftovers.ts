import type { MaybePromise } from '../flow.ts'
import type { Touched } from './backend.ts'
import type { Store } from './store.ts'

/**
 * What a writer began and did not finish, or put aside and did not bring back: so long ago that no living one is at it.
 * It takes room, and disturbs nobody.
 */
export interface Leftover {
  /** Where it is, as far as it has a name for people: the path of a file below the store's folder. */
  readonly name: string
  readonly size: number
  readonly touched: Touched
}

/** What a store offers that crashed writers can leave such things in. */
export interface LeftoverKeeping {
  leftovers(): MaybePromise<readonly Leftover[]>
  /** Removes what was never finished, and brings back what was put aside. */
  clearLeftovers(): MaybePromise<void>
}

export function keepsLeftovers<S extends Store>(store: S): store is S & LeftoverKeeping {
  return 'leftovers' in store
}

/** For wrappers of one store: what the inner one offers of this, to be spread into the outer one. */
export function leftoversOf(inner: Store): Partial<LeftoverKeeping> {
  if (!keepsLeftovers(inner)) return {}
  return { leftovers: () => inner.leftovers(), clearLeftovers: () => inner.clearLeftovers() }
}
