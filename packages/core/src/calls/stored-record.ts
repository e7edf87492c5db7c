import type { CallDigest, Digest } from '../digest/address.ts'
import type { CallIdentity } from './types.ts'

/** A call record as it is stored. */
export interface StoredRecord {
  readonly digest: CallDigest
  readonly identity: CallIdentity
  readonly names: readonly string[] | undefined
  readonly args: readonly StoredPart[]
  readonly result: StoredPart
  /** When it is no longer to be used, in milliseconds since 1970; `undefined` for never. */
  readonly expiresAt?: number | undefined
  /** Whether the result is an error that the call ended with. */
  readonly threw?: boolean | undefined
  readonly metadata: { readonly [namespace: string]: unknown }
  /** The first six bytes of the digest of the code that computed the result, as a number; `undefined` where none is known. */
  readonly source?: number | undefined
}

/** An argument or a result inside a record. */
export interface StoredPart {
  readonly digest: Digest
  /** The entry that holds it in the order in which it was saved, where that is not the one under its digest. */
  readonly form: Digest | undefined
  /** The stored payload, when it is small enough to travel inside the record. */
  readonly inline: Uint8Array | undefined
  /** Of a plain object that does not travel inside the record with all of its parts: what of it can be searched. */
  readonly nested?: NestedTerms | undefined
}

/** The digests of properties inside a plain object, and inside plain objects in it. */
export interface NestedTerms {
  readonly terms: readonly { readonly path: string; readonly digest: Digest }[]
  /** Whether there are more: then only the value itself can say what it holds. */
  readonly cut: boolean
}

/** A record with its result at hand. */
export interface Found {
  readonly record: StoredRecord
  /** The result: a fresh copy each time. */
  value(): unknown
  /** Bytes that the record and the result take when encoded. */
  readonly size: number
}
