import type { Cache, CacheWarning } from '../cache/types.ts'
import type * as Upkeep from '../cache/upkeep.ts'
import type { CommitGroup } from '../calls/commit-group.ts'
import type { Digest } from '../digest/address.ts'
import type { Store } from '../ports/store.ts'
import type { Registry } from '../registry/registry.ts'
import type * as Piecewise from '../values/piecewise.ts'
import { notCache } from './not-cache.ts'
import type { SavesInFlight } from './saves-in-flight.ts'
import type { Tallies } from './tally.ts'
import type { UnderWay } from './under-way.ts'

/** What reading values takes: a view of a store has that much too. */
export interface Reading {
  readonly store: Pick<Store, 'values'>
  readonly registry: Registry
  /** The digest of a value under the registry. */
  digestOf(value: unknown): Digest
  warn(warning: CacheWarning): void
}

/** What every part of a cache works on. */
export interface Inside extends Reading {
  readonly store: Store
  readonly inlineBelow: number
  readonly saves: SavesInFlight
  /** For commits that need not be made at once. */
  readonly commits: CommitGroup
  readonly tallies: Tallies
  readonly underWay: UnderWay
  /** @throws {RiposteError} `ERR_CLOSED` */
  checkOpen(): void
  /**
   * For what began before the cache was closed, and is waited for.
   *
   * @throws {RiposteError} `ERR_CLOSED`
   */
  checkNotShut(): void
  /**
   * What few programs use, and none at its start, is loaded when it is first wanted: a third of the code.
   *
   * @throws {RiposteError} `ERR_CLOSED`, also when the cache is closed meanwhile
   */
  upkeep(): Promise<typeof Upkeep>
  /** As `upkeep`. */
  piecewise(): Promise<typeof Piecewise>
}

const insides: WeakMap<Cache, Inside> = /* @__PURE__ */ new WeakMap()

/** Ties a cache to what its parts work on, for verbs that take another cache. */
export function attachInside(cache: Cache, inside: Inside): void {
  insides.set(cache, inside)
}

/** @throws {TypeError} when `cache` was not made by `createCache` of this installed copy */
export function insideOf(cache: Cache): Inside {
  const inside = insides.get(cache)
  if (inside === undefined) throw notCache(cache)
  return inside
}
