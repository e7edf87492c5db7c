import type { Digest } from '../../digest/address.ts'
import { type Steps, wait } from '../../flow.ts'
import type { Backend } from '../../ports/backend.ts'
import type { Store } from '../../ports/store.ts'
import type { Reader } from '../sound-reads.ts'
import type { Reads } from './joined-reads.ts'
import { spared, type Tiers } from './tiers.ts'

export type Side = 'values' | 'calls'

export type Bytes = Uint8Array | undefined

/** The values, or the calls, of all tiers. */
export interface TierSide {
  readonly side: Side
  readonly tiers: Tiers
  readonly last: Backend
  /**
   * Keys whose removal or replacement a near tier failed to take: what it holds of them is out of date, and is not read.
   * In the order of the near tiers.
   */
  readonly outdated: readonly Set<Digest>[]
  /** Reads under way, which others of the same key join: so a key is read from the slower tiers, and copied, once. */
  readonly reads: Reads
  /** Counts removals and replacements, so that a copy that began before one is not put after it. */
  removals: number
  /** Copies under way. */
  readonly copying: Set<Promise<void>>
}

export function tierSide(tiers: Tiers, side: Side): TierSide {
  return {
    side,
    tiers,
    last: tiers.last[side],
    outdated: tiers.near.map(() => new Set()),
    reads: new Map(),
    removals: 0,
    copying: new Set(),
  }
}

/** After a write: whoever reads from now on must see it, and joins no read that began before. */
export function forgetReads(all: Pick<TierSide, 'reads'>, keys: readonly Digest[]): void {
  if (all.reads.size > 0) for (const key of keys) all.reads.delete(key)
}

/** Readers of the tiers from `start` on, the last of which may fail. */
export function readersOf(all: TierSide, start = 0): readonly Reader[] {
  const near = all.tiers.near.slice(start).map((tier, i) => nearReader(all, tier, start + i))
  return [...near, keys => wait(all.last.get(keys))]
}

/** Readers of the near tiers alone. */
export function nearReadersOf(all: TierSide): readonly Reader[] {
  return all.tiers.near.map((tier, i) => nearReader(all, tier, i))
}

function nearReader(all: TierSide, tier: Store, place: number): Reader {
  return function* (keys) {
    const outdated = all.outdated[place]!
    const found = yield* spared(all.tiers, tier, 'get', () => tier[all.side].get(keys), [])
    return outdated.size === 0 ? found : found.map((bytes, i) => (outdated.has(keys[i]!) ? undefined : bytes))
  }
}

/** What each near tier answers about keys; `false` where it fails or what it holds is out of date. */
export function* askNear(
  all: TierSide,
  operation: 'has' | 'touch',
  keys: readonly Digest[],
): Steps<readonly (readonly boolean[])[]> {
  const answers: (readonly boolean[])[] = []
  for (const [place, tier] of all.tiers.near.entries()) {
    const outdated = all.outdated[place]!
    const there = yield* spared(all.tiers, tier, operation, () => tier[all.side][operation](keys), [])
    answers.push(keys.map((key, i) => there[i] === true && !outdated.has(key)))
  }
  return answers
}
