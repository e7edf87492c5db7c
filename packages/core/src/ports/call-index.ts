import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { Backend, Entry, PutMode, SyncBackend } from './backend.ts'

export type Scalar = string | number | boolean | null

/** What of a call record can be searched without reading it. */
export interface CallTerms {
  readonly namespace: string
  readonly name: string
  /** The version as JSON text, so that `1` and `"1"` differ; `undefined` where the function has none. */
  readonly version: string | undefined
  readonly args: readonly ArgumentTerm[]
  readonly result: Digest | undefined
  readonly metadata: readonly MetadataTerm[]
}

/** The digest of an argument, or of a property inside a plain-object argument. */
export interface ArgumentTerm {
  /** Place of the argument, from 0. */
  readonly position: number
  /** Its declared name, if it has one. */
  readonly name: string | undefined
  /** Where inside the argument: a JSON Pointer (RFC 6901), `''` for the whole. */
  readonly path: string
  readonly digest: Digest
}

export interface MetadataTerm {
  /** JSON Pointer (RFC 6901) of a metadata value: `/runtime` for a namespace, `/runtime/durationMs` for a value in it. */
  readonly path: string
  /** `undefined` where it is not a scalar: then only its presence can be searched. */
  readonly value: Scalar | undefined
}

/** A call record with what it can be found by. */
export interface CallEntry extends Entry {
  readonly terms: CallTerms
}

/** All conditions must hold. */
export type CallCondition =
  | { readonly field: 'namespace' | 'name'; readonly equals: string }
  | { readonly field: 'version'; readonly equals: string | undefined }
  | { readonly field: 'result'; readonly equals: Digest }
  /** An argument at a position, or of a name, is recorded; with `equals`, what stands at `path` in it has this digest. */
  | {
      readonly field: 'argument'
      readonly at: number | string
      readonly path: string
      readonly equals: Digest | undefined
    }
  /** Metadata is present at `path` and, if a test is given, is a scalar that passes it. */
  | { readonly field: 'metadata'; readonly path: string; readonly test: ScalarTest | undefined }

/**
 * Equality goes by type and value. The order tests hold between numbers, or between strings by code point;
 * a scalar of another type fails them.
 */
export interface ScalarTest {
  readonly equals?: Scalar
  readonly in?: readonly Scalar[]
  readonly lt?: string | number
  readonly lte?: string | number
  readonly gt?: string | number
  readonly gte?: string | number
}

export interface FindOptions {
  readonly where: readonly CallCondition[]
}

/** A backend for call records that finds them by their terms, in a number of engine operations that does not grow with the records that do not match. */
export interface CallIndex extends Backend {
  /** As `Backend.put`; terms of a replaced or removed record go with it. An entry without terms is stored unindexed. */
  put(entries: readonly (Entry | CallEntry)[], mode: PutMode): MaybePromise<readonly (Uint8Array | undefined)[]>
  /**
   * The records that fulfil all conditions, ascending by key, in pages: an engine holds no statement, lock or
   * transaction open between two of them. Records that were removed meanwhile are left out.
   */
  find(options: FindOptions): Iterable<Entry> | AsyncIterable<Entry>
}

export interface SyncCallIndex extends SyncBackend {
  put(entries: readonly (Entry | CallEntry)[], mode: PutMode): readonly (Uint8Array | undefined)[]
  find(options: FindOptions): Iterable<Entry>
}

export function isCallIndex(backend: Backend): backend is CallIndex {
  return 'find' in backend
}
