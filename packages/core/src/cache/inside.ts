import type { Digest } from '../digest/address.ts'
import type { Store } from '../ports/store.ts'
import type { Registry } from '../registry/registry.ts'
import type { SavesInFlight } from './saves-in-flight.ts'
import type { CacheWarning } from './types.ts'

/** What every part of a cache works on. */
export interface Inside {
  readonly store: Store
  readonly registry: Registry
  readonly inlineBelow: number
  readonly saves: SavesInFlight
  /** The digest of a value under the registry. */
  digestOf(value: unknown): Digest
  warn(warning: CacheWarning): void
  /** @throws {RiposteError} `ERR_CLOSED` */
  checkOpen(): void
}
