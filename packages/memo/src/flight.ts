import type { Cache, CallDigest } from '@riposte/core'
import type { Found } from '@riposte/core/engine'

/** What the call that a flight was waiting for came to. */
export type Outcome =
  /** A recorded call, of which every waiter takes what it may own. */
  | { readonly kind: 'found'; readonly found: Found }
  /** A result that is not recorded and that nobody can change. */
  | { readonly kind: 'primitive'; readonly value: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** Something that only the first caller can have: each waiter runs the body itself. */
  | { readonly kind: 'unshared' }
  /** Something that the first caller did not look at: each waiter begins anew. */
  | { readonly kind: 'again' }

export const UNSHARED: Outcome = { kind: 'unshared' }
export const AGAIN: Outcome = { kind: 'again' }

/**
 * One call under way in this process, for others of the same digest to wait for.
 * The promise is made only if somebody waits, the signal only if a body takes it.
 */
export class Flight {
  /** Whether the body is on the stack right now: a call that comes then comes from the body, and must not wait for it. */
  starting = false
  /** Whether it renews a result that is still answered meanwhile. */
  readonly renews: boolean
  /** Flights that a call from this one's body waits for. */
  readonly waitsFor: Set<Flight> = new Set()
  #hurried = false
  #start: (() => void) | undefined
  #aboard = 0
  #abandoned: { readonly reason: unknown } | undefined
  #controller: AbortController | undefined
  #outcome: Promise<Outcome> | undefined
  #settle: ((outcome: Outcome) => void) | undefined

  constructor({ renews = false }: { readonly renews?: boolean } = {}) {
    this.renews = renews
  }

  join(): Promise<Outcome> {
    this.#outcome ??= new Promise(resolve => {
      this.#settle = resolve
    })
    return this.#outcome
  }

  settle(outcome: Outcome): void {
    this.#settle?.(outcome)
  }

  /** Has its body start though no slot is free: now if it is queued, else as soon as it could be. */
  hurry(): void {
    this.#hurried = true
    this.#start?.()
  }

  get hurried(): boolean {
    return this.#hurried
  }

  /** What starts the body while it is queued behind others. */
  whenHurried(start: () => void): void {
    this.#start = start
  }

  board(): void {
    this.#aboard += 1
  }

  /** The last one who leaves aborts the body. */
  leave(reason: unknown): void {
    this.#aboard -= 1
    if (this.#aboard > 0) return
    this.#abandoned = { reason }
    this.#controller?.abort(reason)
  }

  /** Whether nobody waits for it any more. */
  get abandoned(): boolean {
    return this.#abandoned !== undefined
  }

  /** What the body is given in place of its callers' signals. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController()
    if (this.#abandoned !== undefined) this.#controller.abort(this.#abandoned.reason)
    return this.#controller.signal
  }
}

const flights: WeakMap<Cache, Map<CallDigest, Flight>> = /* @__PURE__ */ new WeakMap()

/** The calls under way on a cache, of all its functions: one function may have been memoized more than once. */
export function flightsOf(cache: Cache): Map<CallDigest, Flight> {
  const known = flights.get(cache) ?? new Map<CallDigest, Flight>()
  flights.set(cache, known)
  return known
}
