import type { CallDigest, Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { WorkOptions } from '../inside/work-options.ts'
import type { KeyManagement } from '../keys/types.ts'
import type { ANY, MetadataTemplate } from '../matching/pattern.ts'
import type { Ref } from '../ref.ts'
import type { Lazy, LazyOptions } from '../values/lazy/types.ts'
import type { Query } from './query-types.ts'

export type { Query }

/** Augment this interface to type your own metadata namespaces. */
export interface MetadataNamespaces {
  /** `startedAt` in milliseconds since 1970; `durationMs` in milliseconds of wall time. */
  readonly runtime: { readonly startedAt: number; readonly durationMs: number }
  readonly tags: { readonly [name: string]: string | number | boolean }
}

/** Who is called: what two calls must share, beside their arguments, to be one call. */
export interface CallIdentity {
  readonly namespace: string
  readonly name: string
  /** `1` and `'1'` are two versions. */
  readonly version: string | number | undefined
  /** Digests of whatever else the result depends on, in order. */
  readonly conditions: readonly Digest[]
}

/** Arguments in the order of their position; names, where declared, label them and are no part of the key. */
export interface CallArguments {
  readonly values: readonly unknown[]
  readonly names: readonly string[] | undefined
}

/** A call before its result: its key sealed, its arguments encoded and kept. */
export interface PreparedCall<R = unknown> {
  readonly digest: CallDigest<R>
  readonly identity: CallIdentity
  readonly names: readonly string[] | undefined
  readonly argumentDigests: readonly Digest[]
}

/** The record of a call. Reading it reads no value that is larger than what travels inside the record. */
export interface CallRecord<A extends object = readonly unknown[], R = unknown, M = MetadataNamespaces> {
  readonly digest: CallDigest<R>
  readonly namespace: string
  readonly name: string
  readonly version: string | number | undefined
  /** The declared names of the arguments, if any. */
  readonly params: readonly string[] | undefined
  /** Arguments that travel inside the record as values, larger ones as references. Without stored arguments: references to what is not there. */
  readonly args: { readonly [K in keyof A]: A[K] | Ref<A[K]> }
  /** All arguments as values. */
  loadArgs(): Promise<A>
  readonly resultRef: Ref<R>
  /** The result, a fresh copy each time; of a call that threw, rejects with what it threw. */
  result(): Promise<R>
  /** A handle of the result that loads parts as they are asked for; of a call that threw, rejects with what it threw. */
  lazyResult(options?: LazyOptions): Promise<Lazy<R>>
  readonly metadata: Partial<M>
  /** When the record is no longer used, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt: number | undefined
  /** Whether the call threw: then `resultRef` refers to the error. */
  readonly threw: boolean
}

/** What is left out, or `ANY`, matches all. `args` go by position, or by declared name. */
export interface CallTemplate {
  readonly namespace?: string | ANY
  readonly name?: string | ANY
  /** `undefined` as a given value asks for calls without a version. */
  readonly version?: string | number | undefined | ANY
  readonly args?: readonly unknown[] | { readonly [name: string]: unknown }
  readonly result?: unknown
  readonly metadata?: MetadataTemplate<MetadataNamespaces> | { readonly [namespace: string]: unknown }
}

export interface CallStorage extends KeyManagement<CallDigest> {
  /** Encodes the arguments and seals the key, at once. */
  prepare<R = unknown>(
    identity: CallIdentity,
    args: CallArguments,
    options?: { readonly storeArguments?: boolean },
  ): PreparedCall<R>
  /**
   * Stores arguments, result and record. The first record of a key stands, unless `replace` is given.
   * @throws {TypeError} when the call was committed or abandoned before
   */
  commit<R>(
    call: PreparedCall<R>,
    result: R,
    options?: { readonly metadata?: { readonly [namespace: string]: unknown }; readonly replace?: boolean },
  ): Promise<CallDigest<R>>
  /** Forgets a prepared call; nothing was written. May be called twice. */
  abandon(call: PreparedCall): void
  /** @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_AMBIGUOUS_DIGEST`, `ERR_CORRUPT` */
  load<R>(key: CallDigest<R>): Promise<CallRecord<readonly unknown[], R>>
  load(prefix: string): Promise<CallRecord>
  query(template?: CallTemplate): Query<CallRecord>
  /**
   * Files every record anew: as `change` returns it, under the key that its identity and arguments then have.
   * `undefined` removes it. The new record is written before the old one goes. Returns how many changed and went.
   *
   * @throws {RiposteError} `ERR_ABORTED`: what was filed by then stays so, and all else as it was
   */
  transform(
    change: (call: CallRecord) => MaybePromise<CallChange | undefined>,
    options?: TransformOptions,
  ): Promise<{ readonly changed: number; readonly removed: number; readonly kept: number }>
}

export type TransformOptions = WorkOptions<TransformProgress>

export interface TransformProgress {
  /** Records looked at. */
  readonly done: number
  /** Records that were there at the start. */
  readonly total: number
}

/** What `transform` may change of a record; what is left out stays. */
export interface CallChange {
  readonly namespace?: string
  readonly name?: string
  readonly version?: string | number | undefined
  readonly metadata?: { readonly [namespace: string]: unknown }
}
