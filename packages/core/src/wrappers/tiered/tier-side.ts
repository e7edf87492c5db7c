import type { Digest } from '../../digest/address.ts'
import { type MaybePromise, wait } from '../../flow.ts'
import type { Backend } from '../../ports/backend.ts'
import type { Source } from '../fill-in.ts'
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
   * Keys whose removal or replacement a near tier failed to take: what it holds of them is out of date, and is not
   * read. In the order of the near tiers.
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
export function forgetReads(all: Pick<TierSide, 'reads'>, written: readonly { readonly key: Digest }[]): void {
  if (all.reads.size > 0) for (const { key } of written) all.reads.delete(key)
}

/** Readers of the tiers from `start` on, the last of which may fail. */
export function readersOf(all: TierSide, start = 0): readonly Reader[] {
  return [...nearReadersOf(all).slice(start), keys => wait(all.last.get(keys))]
}

/** Readers of the near tiers alone. */
export function nearReadersOf(all: TierSide, options?: { readonly upTo?: number }): readonly Reader[] {
  return nearSources<Bytes>(all, 'get', undefined, (backend, keys) => backend.get(keys, options))
}

/** What each near tier answers about keys: `none` where it fails, or what it holds is out of date. */
export function nearSources<T>(
  all: TierSide,
  operation: string,
  none: T,
  ask: (backend: Backend, keys: readonly Digest[]) => MaybePromise<readonly T[]>,
): readonly Source<T>[] {
  return all.tiers.near.map((tier, place) => {
    const outdated = all.outdated[place]!
    return function* (keys) {
      const answers = yield* spared(all.tiers, tier, operation, () => ask(tier[all.side], keys), [])
      return keys.map((key, i) => (outdated.has(key) ? none : (answers[i] ?? none)))
    }
  })
}
