import type { Cache, CallDigest } from '@riposte/core'
import type { Found } from '@riposte/core/engine'

/** What the call that a flight was waiting for came to. */
export type Outcome =
  /** A recorded result, of which every waiter takes what it may own. */
  | { readonly kind: 'found'; readonly found: Found }
  /** A result that is not recorded and that nobody can change. */
  | { readonly kind: 'primitive'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Something that only the first caller can have: each waiter runs the body itself. */
  | { readonly kind: 'unshared' }

export const UNSHARED: Outcome = { kind: 'unshared' }

/**
 * One call under way in this process, for others of the same digest to wait for.
 * The promise is made only if somebody waits.
 */
export class Flight {
  /** Whether the body is on the stack right now: a call that comes then comes from the body, and must not wait for it. */
  starting = false
  /** Starts a body that is queued behind others; set while it is. */
  hurry: (() => void) | undefined
  #outcome: Promise<Outcome> | undefined
  #settle: ((outcome: Outcome) => void) | undefined

  join(): Promise<Outcome> {
    this.#outcome ??= new Promise(resolve => {
      this.#settle = resolve
    })
    return this.#outcome
  }

  settle(outcome: Outcome): void {
    this.#settle?.(outcome)
  }
}

const flights: WeakMap<Cache, Map<CallDigest, Flight>> = /* @__PURE__ */ new WeakMap()

/** The calls under way on a cache, of all its functions: one function may have been memoized more than once. */
export function flightsOf(cache: Cache): Map<CallDigest, Flight> {
  const known = flights.get(cache) ?? new Map<CallDigest, Flight>()
  flights.set(cache, known)
  return known
}
