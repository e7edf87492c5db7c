import { type Steps, wait } from '../../flow.ts'
import type { Backend } from '../../ports/backend.ts'
import type { CallIndex } from '../../ports/call-index.ts'
import type { Store } from '../../ports/store.ts'
import type { Reader } from '../sound-reads.ts'
import type { Reads } from './joined-reads.ts'
import type { Side } from './tier-side.ts'
import type { TierFailure } from './tiers.ts'

/** A store that takes writes, and one behind it that is only read. */
export interface Through {
  readonly own: Store
  readonly behind: Store
  readonly onFailure: (failure: TierFailure) => void
}

/** The values, or the calls, of both. */
export interface ThroughSide {
  readonly side: Side
  readonly through: Through
  readonly own: Backend | CallIndex
  readonly behind: Backend | CallIndex
  readonly reads: Reads
  /** Counts removals and replacements in the own store, so that nothing is healed by what was read before one. */
  removals: number
  /** Those of them that are under way. */
  removing: number
  /** Copies under way. */
  readonly copying: Set<Promise<unknown>>
}

export function throughSide(through: Through, side: Side): ThroughSide {
  const { own, behind } = through
  return {
    side,
    through,
    own: own[side],
    behind: behind[side],
    reads: new Map(),
    removals: 0,
    removing: 0,
    copying: new Set(),
  }
}

/** A moment at which something is read. */
export type Moment = number | undefined

export function momentOf(all: ThroughSide): Moment {
  return all.removing === 0 ? all.removals : undefined
}

/** Whether nothing was removed or replaced since. */
export function isStill(all: ThroughSide, moment: Moment): boolean {
  return moment !== undefined && moment === all.removals
}

/** Runs a removal or a replacement: no copy of what was read before lands after it. */
export function* removing<T>(all: ThroughSide, job: () => Steps<T>): Steps<T> {
  all.removals += 1
  all.removing += 1
  try {
    if (all.copying.size > 0) yield* wait(Promise.allSettled(all.copying))
    return yield* job()
  } finally {
    all.removing -= 1
  }
}

/** Reads the own store first. */
export function bothReaders(all: ThroughSide, options?: { readonly upTo?: number }): readonly [Reader, Reader] {
  return [keys => wait(all.own.get(keys, options)), behindReader(all, options)]
}

export function behindReader(all: ThroughSide, options?: { readonly upTo?: number }): Reader {
  return keys => wait(all.behind.get(keys, options))
}
