import type { Found, HotCall } from '@riposte/core/engine'
import { deepFreeze } from './freeze.ts'

/** Results that are remembered before the oldest is forgotten. Forgetting costs a copy, as the next caller gets a new one. */
const MAX_RESULTS = 10_000

/** Frozen results by where they are stored, so that equal calls get one value for as long as somebody holds it. */
export class FrozenResults {
  readonly #values = new Map<string, WeakRef<object>>()
  /** What the results were built from that travel inside records: there, equal values of another order have one address. */
  readonly #payloads = new WeakMap<object, Uint8Array>()
  /**
   * The results of hot calls: to find them by where they are stored takes 0.08 µs more. By what was found, which a call that
   * is not hot any more lets go of; others may hold the call itself for longer.
   */
  readonly #hot = new WeakMap<Found, Frozen>()

  /** The result, frozen: the one that was given out before, if it is still in use and nobody can have changed it. */
  valueOf(found: Found): unknown {
    return this.#frozen(found).value
  }

  /** The result of a call that is hot. */
  valueOfHot(call: HotCall): unknown {
    // What is hot has its result.
    const found = call.found!
    const known = this.#hot.get(found)
    if (known !== undefined) return known.value
    const frozen = this.#frozen(found)
    if (frozen.whole) this.#hot.set(found, frozen)
    return frozen.value
  }

  #frozen(found: Found): Frozen {
    const { digest, form, inline } = found.record.result
    const address = form ?? digest
    const known = this.#values.get(address)?.deref()
    if (known !== undefined && isSame(this.#payloads.get(known), inline)) return { value: known, whole: true }
    const value = found.value()
    const whole = deepFreeze(value)
    if (!whole || typeof value !== 'object' || value === null) return { value, whole }
    this.#values.delete(address)
    this.#values.set(address, new WeakRef(value))
    if (inline !== undefined) this.#payloads.set(value, inline)
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= MAX_RESULTS) break
      this.#values.delete(oldest)
    }
    return { value, whole }
  }
}

interface Frozen {
  readonly value: unknown
  /** Whether nobody can change any of it. */
  readonly whole: boolean
}

function isSame(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one === other) return true
  if (one === undefined || other === undefined || one.length !== other.length) return false
  return one.every((byte, at) => byte === other[at])
}
