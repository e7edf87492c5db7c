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
  /** Of a result that is a plain object. */
  readonly resultParts: readonly PartTerm[]
  readonly metadata: readonly MetadataTerm[]
}

/** The digest of a property inside a plain object. */
export interface PartTerm {
  /** JSON Pointer (RFC 6901), never `''`; or what says by being no pointer that there are more properties. */
  readonly path: string
  readonly digest: Digest
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
  /**
   * JSON Pointer (RFC 6901) of a metadata value: `/runtime` for a namespace, `/runtime/durationMs` for a value in it, and
   * so on down; or what says by being no pointer that there are more values.
   */
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
  /** The result has a property at `path`; with `equals`, one of this digest. */
  | { readonly field: 'resultPart'; readonly path: string; readonly equals: Digest | undefined }
  /** An argument at a position, or of a name, is recorded; with `equals`, what stands at `path` in it has this digest. */
  | {
      readonly field: 'argument'
      readonly at: number | string
      readonly path: string
      readonly equals: Digest | undefined
    }
  /** Metadata is present at `path` and, if a test is given, is a scalar that passes it. */
  | { readonly field: 'metadata'; readonly path: string; readonly test: ScalarTest | undefined }
  /** Metadata is present at `path` and is no scalar: an index does not know what it is. */
  | { readonly field: 'opaque'; readonly path: string }

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

/** What records are ordered by: their key, a part of their identity, or metadata by JSON Pointer, as its terms name it. */
export interface FindOrder {
  readonly by: 'key' | 'namespace' | 'name' | 'version' | `/${string}`
  readonly direction: 'asc' | 'desc'
}

/** Where a record stands in an order. */
export interface FindPlace {
  /**
   * What the record is ordered by: `undefined` where it is by key, and where metadata is absent, null or no scalar.
   * A version counts as the string or number that its JSON text stands for.
   */
  readonly value: Scalar | undefined
  readonly key: Digest
}

export interface FindOptions {
  readonly where: readonly CallCondition[]
  /**
   * Left out: ascending by key. Numbers stand before strings (by code point), strings before `false` and `true`, the other
   * way round where they descend. What has no value comes last in either direction; equals always ascend by key.
   */
  readonly order?: FindOrder | undefined
  /** Only records that stand after this place. A record need not stand there. */
  readonly after?: FindPlace | undefined
  /** At most this many records; fewer only if there are no more. */
  readonly limit?: number | undefined
}

/** A record as it was found. */
export interface FoundEntry extends Entry {
  /** `FindPlace.value` of the record. */
  readonly value?: Scalar | undefined
}

/**
 * A backend for call records that finds them by their terms. What a search costs does not grow with the records that do
 * not match; nor, where there is an order and a limit, with those that stand behind the last that is given, as far as the
 * conditions and the order have an index in common.
 */
export interface CallIndex extends Backend {
  /** As `Backend.put`; terms of a replaced or removed record go with it. An entry without terms is stored unindexed. */
  put(entries: readonly (Entry | CallEntry)[], mode: PutMode): MaybePromise<readonly (Uint8Array | undefined)[]>
  /**
   * The records that fulfil all conditions, in order, in pages: an engine holds no statement, lock or
   * transaction open between two of them. Records that were removed meanwhile are left out. Entries without terms are
   * found by no condition and in no order but that of keys.
   */
  find(options: FindOptions): Iterable<FoundEntry> | AsyncIterable<FoundEntry>
}

export interface SyncCallIndex extends SyncBackend {
  put(entries: readonly (Entry | CallEntry)[], mode: PutMode): readonly (Uint8Array | undefined)[]
  find(options: FindOptions): Iterable<FoundEntry>
}

export function isCallIndex(backend: Backend): backend is CallIndex {
  return 'find' in backend
}
