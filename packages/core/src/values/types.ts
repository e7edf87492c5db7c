import type { Digest } from '../digest/address.ts'
import type { KeyManagement } from '../keys/types.ts'
import type { Ref } from '../ref.ts'
import type { ClassDefinition } from '../registry/registry.ts'
import type { ByteRange } from './byte-range.ts'
import type { ByteSource } from './byte-source.ts'
import type { Lazy, LazyOptions } from './lazy/types.ts'
import type { SaveStreamOptions } from './save-stream.ts'

export interface SaveOptions {
  /** A name under which the value is kept from the sweep. */
  readonly pin?: string
  /** The digest that the value is to have, such as one that came with it: a value that has another is refused. */
  readonly expect?: Digest
}

/**
 * The values of a cache, each under the digest of its content. A key is a digest or its first four digits or more, where no other
 * begins so. After the cache was closed all of it is refused, by `ERR_CLOSED`.
 */
export interface ValueStorage extends KeyManagement<Digest> {
  /**
   * Stores a value; resolves to its digest when all of it is written. Saving what is there refreshes its age.
   *
   * @throws {RiposteError} `ERR_UNDIGESTIBLE`, `ERR_CYCLIC`, `ERR_FALSE_REFERENCE`; `ERR_CORRUPT` where another value was
   *   expected: nothing was written
   */
  save<T>(value: T, options?: SaveOptions): Promise<Digest<T>>
  /** Stores several values in one batch. */
  saveAll<T>(values: readonly T[]): Promise<readonly Digest<T>[]>
  /**
   * A fresh copy of a stored value.
   * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_AMBIGUOUS_DIGEST`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`, `ERR_UNKNOWN_CLASS`, `ERR_LIMIT`
   */
  load<T>(key: Digest<T> | Ref<T>): Promise<T>
  load(prefix: string): Promise<unknown>
  /**
   * Stores bytes as they come, in memory that does not grow with them; resolves to the digest of the Uint8Array that they
   * are together, which `load` gives whole and `loadStream` piece by piece.
   *
   * @throws what the source throws; {RiposteError} `ERR_ABORTED`. Chunks that were written by then are garbage for the sweep
   */
  saveStream(source: ByteSource, options?: SaveStreamOptions): Promise<Digest<Uint8Array>>
  /**
   * The bytes of a stored Uint8Array or Buffer, or a range of them, in pieces of up to 1 MiB. Chunks outside the range are
   * not read. Nothing is read before the first piece is asked for; failures come when pieces are.
   *
   * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_AMBIGUOUS_DIGEST`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`
   * @throws {TypeError} when the value is something else
   */
  loadStream(key: string | Ref<Uint8Array>, range?: ByteRange): AsyncIterable<Uint8Array>
  /**
   * A handle of a stored value that loads parts as they are asked for. Reads its entry, and no part that stands elsewhere.
   * @throws {RiposteError} as `load`, of that entry
   */
  lazy<T>(key: Digest<T> | Ref<T>, options?: LazyOptions): Promise<Lazy<T>>
  lazy(prefix: string, options?: LazyOptions): Promise<Lazy<unknown>>
  /** The digests of the parts that a stored value links to directly; equal ones once, in the order of their first link. */
  children(key: string): Promise<readonly Digest[]>
  /** For every stored value, how many stored values link to it directly. Reads headers only. */
  countReuses(): Promise<ReadonlyMap<Digest, number>>
  /** Teaches this cache how to take values of a type apart and how to build them again; undone by disposing. */
  registerDestructurer<T extends object, S>(definition: ClassDefinition<T, S>): Disposable
}
