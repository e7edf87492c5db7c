import type { Found } from '@riposte/core/engine'
import { deepFreeze } from './freeze.ts'

/** Results that are remembered before the oldest is forgotten. Forgetting costs a copy, as the next caller gets a new one. */
const MAX_RESULTS = 10_000

/** Frozen results by where they are stored, so that equal calls get one value for as long as somebody holds it. */
export class FrozenResults {
  readonly #values = new Map<string, WeakRef<object>>()

  /** The result, frozen: the one that was given out before, if it is still in use and nobody can have changed it. */
  valueOf(found: Found): unknown {
    const { digest, form } = found.record.result
    const address = form ?? digest
    const known = this.#values.get(address)?.deref()
    if (known !== undefined) return known
    const value = found.value()
    if (!deepFreeze(value) || typeof value !== 'object' || value === null) return value
    this.#values.delete(address)
    this.#values.set(address, new WeakRef(value))
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= MAX_RESULTS) break
      this.#values.delete(oldest)
    }
    return value
  }
}
