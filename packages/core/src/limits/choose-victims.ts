import type { Touched } from '../ports/backend.ts'
import type { Bounds } from './bounds.ts'
import type { Held, Ledger } from './ledger.ts'

/** What does not go in its turn. */
export interface Exempt {
  /** Stays whatever the bounds, with all it needs. */
  isKept(held: Held): boolean
  /** Goes only if nothing else is left. */
  isLast(held: Held): boolean
}

/**
 * Takes out of a ledger what must go for it to be within bounds: records before the values, values before those, that
 * only they need.
 */
export function chooseVictims(ledger: Ledger, bounds: Bounds, now: Touched, exempt: Exempt): readonly Held[] {
  const victims: Held[] = []
  for (const held of ledger.olderThan(now - bounds.age)) {
    if (!exempt.isKept(held)) take(ledger, held, victims, exempt, false)
  }
  for (const alsoLast of [false, true]) {
    for (const held of ledger.candidates()) {
      if (ledger.bytes <= bounds.bytes && ledger.items <= bounds.items) break
      if (!exempt.isKept(held) && (alsoLast || !exempt.isLast(held))) take(ledger, held, victims, exempt, alsoLast)
    }
  }
  return victims
}

/** An entry, and what nothing else needs once it is gone. */
function take(ledger: Ledger, held: Held, victims: Held[], exempt: Exempt, alsoLast: boolean): void {
  const taken = [held]
  for (let next = taken.pop(); next !== undefined; next = taken.pop()) {
    victims.push(next)
    ledger.remove(next)
    for (const link of next.links ?? []) {
      const value = ledger.get('values', link)
      if (value === undefined || !ledger.isUnneeded(link)) continue
      if (!exempt.isKept(value) && (alsoLast || !exempt.isLast(value))) taken.push(value)
    }
  }
}
