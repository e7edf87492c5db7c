import type { Digest } from '../digest/address.ts'

/** A value taken apart into the entries that will hold it. Plain data; nothing was written. */
export interface EncodedValue {
  readonly digest: Digest
  /** Children before parents, equal parts once; the last is the value itself. Empty if the value is a `ref`. */
  readonly nodes: readonly ValueNode[]
  /** What the `ref`s in it claim to be stored. */
  readonly claims: readonly Claim[]
}

/** What becomes one entry. */
export interface ValueNode {
  readonly digest: Digest
  /** `formOf` the payload, where an equal part of another order stands under the digest in this very value. */
  readonly form: Digest | undefined
  readonly payload: Uint8Array
  /** In the order of the payload; a part that stands in several places has several. */
  readonly links: readonly Link[]
  /** Whether its canonical encoding is above the link threshold, so that a `ref` may stand for it inside other values. */
  readonly linkable: boolean
  /** Bytes of which the payload is the end, with room for the header of its entry before it: for `sealNode`, which takes them over. */
  readonly room?: Uint8Array | undefined
}

export interface Link {
  /** Where in the payload the link item begins. */
  readonly offset: number
  readonly digest: Digest
  /** Where the part stands when it is not the entry under its digest: `formOf` that entry's payload. */
  readonly form: Digest | undefined
}

export interface Claim {
  readonly digest: Digest
  /** Whether the `ref` is the value itself, and may so stand for one of any size. */
  readonly whole: boolean
  /** Where in the value the `ref` stands, such as `.rows[3]`. Found by a search, when asked. */
  readonly path: string
}

/** The entry that a link leads to. */
export function addressOf(link: { readonly digest: Digest; readonly form: Digest | undefined }): Digest {
  return link.form ?? link.digest
}
