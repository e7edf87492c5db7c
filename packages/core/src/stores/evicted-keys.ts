import type { Digest } from '../digest/address.ts'
import { digitValue } from '../digest/hex.ts'
import { EVICTIONS_KEPT, EVICTIONS_KEPT_FOR, type Eviction, type EvictionCause } from '../ports/evicting.ts'

/** Keys that were evicted, in this process's memory: the last of them, each under what holds its 32 bytes and no more. */
export class EvictedKeys {
  // In the order of their evictions.
  readonly #evictions = new Map<string, Eviction>()

  add(key: Digest, cause: EvictionCause, at: number): void {
    const held = compact(key)
    this.#evictions.delete(held)
    this.#evictions.set(held, { cause, at })
    for (const [oldest, eviction] of this.#evictions) {
      if (this.#evictions.size <= EVICTIONS_KEPT && !isForgotten(eviction, at)) return
      this.#evictions.delete(oldest)
    }
  }

  find(key: Digest, now: number): Eviction | undefined {
    const eviction = this.#evictions.get(compact(key))
    return eviction === undefined || isForgotten(eviction, now) ? undefined : eviction
  }

  clear(): void {
    this.#evictions.clear()
  }
}

function isForgotten({ at }: Eviction, now: number): boolean {
  return now - at > EVICTIONS_KEPT_FOR
}

/** Four digits in one unit: a string of its own, where the key may be a piece of a long one, which it would keep in memory. */
function compact(key: Digest): string {
  const units: number[] = []
  for (let i = 0; i < key.length; i += 4) {
    let unit = 0
    for (let at = i; at < i + 4; at += 1) unit = (unit << 4) | digitValue(key.charCodeAt(at))
    units.push(unit)
  }
  return String.fromCharCode(...units)
}
