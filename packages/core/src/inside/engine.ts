import type { OfUnknownFormat } from '../cache/examine.ts'
import type { HotCall } from '../cache/hot-call.ts'
import type { Noted } from '../cache/noted.ts'
import type { Cache, CacheWarning } from '../cache/types.ts'
import type { Holding } from '../calls/commit-call.ts'
import type { GoneResult } from '../calls/find-call.ts'
import type { Found, StoredPart, StoredRecord } from '../calls/stored-record.ts'
import type { CallArguments, CallIdentity, CallRecord, CallTemplate, PreparedCall, Query } from '../calls/types.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { Eviction } from '../ports/evicting.ts'
import type { Store } from '../ports/store.ts'
import type { Lazy } from '../values/lazy/types.ts'
import { notCache } from './not-cache.ts'
import type { Tally } from './tally.ts'

/**
 * The inside of a cache, for packages that build on it: everything answers now where the store does.
 * Not part of the public surface: it changes with any version.
 */
export interface Engine {
  readonly store: Store
  readonly duplicates: 'refuse' | 'warn'
  readonly hot: HotCalls | undefined
  /** What is noted of each call that is computed over it. */
  readonly noted: Noted
  warn(warning: CacheWarning): void
  /** The counter of a function's hits and misses, to be incremented by whoever looks its calls up; the same object for the same function. */
  tally(identity: { readonly namespace: string; readonly name: string }): Tally
  /** Encodes arguments and seals the key; pure and at once. */
  prepare(identity: CallIdentity, args: CallArguments, options?: { readonly storeArguments?: boolean }): PreparedCall
  /** Checks what `ref`s in the arguments claim, and refreshes the age of what they stand for. */
  checkReferences(call: PreparedCall): MaybePromise<void>
  commit(
    call: PreparedCall,
    result: unknown,
    options: {
      readonly metadata: { readonly [namespace: string]: unknown }
      readonly replace: boolean
      /** When the record is no longer of use, in milliseconds since 1970. */
      readonly expiresAt?: number | undefined
      /** Whether `result` is what the call threw. */
      readonly threw?: boolean
      /** Of what code it is the result: a whole number below 2^48 that is kept on the record. */
      readonly source?: number | undefined
      /** Whether it may be committed a little later, with other calls of this turn: then a promise comes back. */
      readonly together?: boolean
      /** Under what lease it was computed: where the store can, the commit ends it. */
      readonly holding?: Holding | undefined
    },
  ): MaybePromise<Found>
  abandon(call: PreparedCall): void
  /** Has `close` wait for work that nobody else waits for, for as long as that is bearable. */
  background(work: Promise<unknown>): void
  /**
   * The recorded result of a call. A record whose result is gone or corrupt removes itself and is `undefined`.
   */
  find(digest: CallDigest): MaybePromise<Found | undefined>
  /** As `find`; but a record whose result is gone stays, and what of it is gone is told, as is what of it is of another format. */
  examine(digest: CallDigest): Promise<Found | GoneResult | OfUnknownFormat | undefined>
  /** What the store remembers of the last eviction of a call, also where it is recorded anew. */
  evicted(digest: CallDigest): MaybePromise<Eviction | undefined>
  has(digest: CallDigest): MaybePromise<boolean>
  evict(digest: CallDigest): MaybePromise<boolean>
  record(digest: CallDigest): MaybePromise<CallRecord | undefined>
  /** The record as it is stored; nothing that it refers to is looked at. */
  stored(digest: CallDigest): MaybePromise<StoredRecord | undefined>
  /** Whether the result of a record is stored with all its parts. Reads headers only: damage in what they head is not seen. */
  hasResult(record: StoredRecord): MaybePromise<boolean>
  query(template: CallTemplate): Query<CallRecord>
  /** Makes a record for people from a stored one. */
  open(record: StoredRecord): CallRecord
  /** The digest of a value under this cache's registry. */
  digest(value: unknown): Digest
  /** @throws {RiposteError} as `ValueStorage.load` */
  load(digest: Digest): MaybePromise<unknown>
  /**
   * A handle of a recorded value that loads parts as they are asked for.
   * @throws {RiposteError} as `ValueStorage.lazy`
   */
  lazy(part: StoredPart): Promise<Lazy<unknown>>
  /** @throws {RiposteError} as `ValueStorage.save` */
  save(value: unknown): MaybePromise<Digest>
  /**
   * Checks that a value is stored with all its parts, and refreshes their age. Reads headers only.
   *
   * @throws {RiposteError} `ERR_FALSE_REFERENCE`
   */
  checkStored(digest: Digest): MaybePromise<void>
  /** Whether a `ref` to each value may stand inside other values; `undefined` where it is not stored. Reads headers only. */
  linkable(digests: readonly Digest[]): MaybePromise<readonly (boolean | undefined)[]>
}

/** Recently used results of calls, bounded by count and bytes, in front of the store. */
export interface HotCalls {
  readonly size: number
  /** The call if it is hot, which counts as a use. */
  find(digest: CallDigest): HotCall | undefined
  /** Whether a call that was found before is still hot, which counts as a use. Takes no look at the table. */
  use(call: HotCall): boolean
  /** How often calls were forgotten. What a read that began before the last time has found may be what was forgotten. */
  readonly forgotten: number
  /** `undefined` where there is no room for it, or calls were forgotten since `asOf`, now unless given. */
  set(found: Found, asOf?: number): HotCall | undefined
  delete(digest: CallDigest): void
  clear(): void
}

const engines: WeakMap<Cache, Engine> = /* @__PURE__ */ new WeakMap()

/** Ties a cache to its inside. */
export function attachEngine(cache: Cache, engine: Engine): void {
  engines.set(cache, engine)
}

/** @throws {TypeError} when `cache` was not made by `createCache` of this installed copy */
export function engineOf(cache: Cache): Engine {
  const engine = engines.get(cache)
  if (engine === undefined) throw notCache(cache)
  return engine
}
