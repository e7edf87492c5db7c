import { shownValue } from '../shown-value.ts'
import type { Held } from './ledger.ts'

/**
 * Which goes first: the least recently used, the least frequently used, or the first written.
 * Uses are whole reads, writes and touches.
 */
export type Policy = 'lru' | 'lfu' | 'fifo'

/** @throws {TypeError} */
export function checkPolicy(policy: Policy): void {
  if (policy === 'lru' || policy === 'lfu' || policy === 'fifo') return
  throw new TypeError(`expected policy as 'lru', 'lfu' or 'fifo'; got ${shownValue(policy)}`)
}

/** What may be evicted, in the order in which it should be. */
export interface EvictionOrder {
  /** As the last, where nothing was used more. */
  add(held: Held): void
  use(held: Held): void
  delete(held: Held): void
  has(held: Held): boolean
  inOrder(): Iterable<Held>
}

export function evictionOrder(policy: Policy): EvictionOrder {
  return policy === 'lfu' ? byFrequency() : byTime(policy === 'lru')
}

function byTime(refreshes: boolean): EvictionOrder {
  const order = new Set<Held>()
  return {
    add: held => void order.add(held),
    use(held) {
      if (refreshes && order.delete(held)) order.add(held)
    },
    delete: held => void order.delete(held),
    has: held => order.has(held),
    inOrder: () => order,
  }
}

/** More uses than this count as so many. */
const MOST_USES = 63
/** After so many uses for each that is held all counts are halved, so that what was popular once gives way. */
const USES_UNTIL_HALVED = 10

/** By uses, and among equals by the time of the last. */
function byFrequency(): EvictionOrder {
  const uses = new Map<Held, number>()
  let buckets = emptyBuckets()
  let sinceHalved = 0

  const move = (held: Held, count: number): void => {
    buckets[uses.get(held) ?? 0]!.delete(held)
    uses.set(held, count)
    buckets[count]!.add(held)
  }

  const halve = (): void => {
    const old = buckets
    buckets = emptyBuckets()
    sinceHalved = 0
    for (const bucket of old) for (const held of bucket) move(held, uses.get(held)! >> 1)
  }

  return {
    add: held => move(held, 0),
    use(held) {
      const count = uses.get(held)
      if (count === undefined) return
      move(held, Math.min(count + 1, MOST_USES))
      sinceHalved += 1
      if (sinceHalved > USES_UNTIL_HALVED * uses.size) halve()
    },
    delete(held) {
      const count = uses.get(held)
      if (count === undefined) return
      buckets[count]!.delete(held)
      uses.delete(held)
    },
    has: held => uses.has(held),
    *inOrder() {
      for (const bucket of buckets) yield* bucket
    },
  }
}

function emptyBuckets(): readonly Set<Held>[] {
  return Array.from({ length: MOST_USES + 1 }, () => new Set())
}
