/** Collects the stored form of a value while the encoder walks over it: bytes in the order of the value, cut into nodes. */
import { sha256HexOf } from '#hash'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { writeHead } from '../digest/head.ts'
import { writeHex } from '../digest/hex.ts'
import type { Claim, Link, ValueNode } from './types.ts'

/** Bytes of a link item with one address, and with a form beside it. */
export const LINK_BYTES = 37
export const FORM_LINK_BYTES = 69

/** What no encoding begins with: CBOR's break (RFC 8949 §3.2.1). Without it the form of a payload in canonical order would be its digest. */
const FORM_DOMAIN = /* @__PURE__ */ new Uint8Array([0xff])

/** The address of a payload where it stands beside another order of the same value: SHA-256 of the byte `ff` and the payload. */
export function formOf(payload: Uint8Array): Digest {
  // SHA-256 as hex digits.
  return sha256HexOf([FORM_DOMAIN, payload]) as Digest
}

/** Writes a link: the digest and, if given, the form. Returns where it ends. */
export function addLinkItem(target: Uint8Array, at: number, digest: string, form?: string): number {
  let end = writeHead(MAJOR.tag, TAG.link, target, at)
  end = writeHead(MAJOR.bytes, form === undefined ? 32 : 64, target, end)
  writeHex(digest, target, end)
  if (form === undefined) return end + 32
  writeHex(form, target, end + 32)
  return end + 64
}

const FIRST_ROOM = 4096
/** Buffers of values that are written already. A new one for each value takes 1 µs. */
const idle: Uint8Array[] = []
const MOST_IDLE = 4
const LARGEST_IDLE = 1_048_576
const NO_BYTES = /* @__PURE__ */ new Uint8Array(0)

/** Stored bytes with the links in them, to be used again. */
export interface StoredPiece {
  readonly bytes: Uint8Array
  readonly links: readonly Link[]
}

export interface Mark {
  readonly length: number
  readonly links: number
  readonly nodes: number
  readonly claims: number
}

export class StoredForm {
  readonly inlineBelow: number
  /** Bytes written and not cut off yet. */
  length = 0
  #bytes: Uint8Array = idle.pop() ?? new Uint8Array(FIRST_ROOM)
  readonly #links: Link[] = []
  readonly #nodes: ValueNode[] = []
  readonly #byAddress = new Map<string, ValueNode>()
  readonly #claims: Claim[] = []

  constructor(inlineBelow: number) {
    this.inlineBelow = inlineBelow
  }

  get nodes(): readonly ValueNode[] {
    return this.#nodes
  }

  get claims(): readonly Claim[] {
    return this.#claims
  }

  copy(source: Uint8Array, from: number, to: number): void {
    const count = to - from
    this.#room(count)
    const target = this.#bytes
    if (count < 24) for (let i = 0; i < count; i += 1) target[this.length + i] = source[from + i]!
    else target.set(source.subarray(from, to), this.length)
    this.length += count
  }

  append(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.length)
    this.length += bytes.length
  }

  /** Writes a link to a part that stands on its own. */
  link(digest: string, form?: string): void {
    this.#room(FORM_LINK_BYTES)
    // What the encoder hashed or a `ref` holds is a digest.
    this.#links.push({ offset: this.length, digest: digest as Digest, form: form as Digest | undefined })
    this.length = addLinkItem(this.#bytes, this.length, digest, form)
  }

  claim(digest: string, whole: boolean, path: () => string): void {
    this.#claims.push({
      digest: digest as Digest,
      whole,
      get path() {
        return path()
      },
    })
  }

  /** Makes a node of everything from `start` on, and leaves a link in its place. */
  cut(start: number, digest: string, linkable: boolean): void {
    const payload = this.#bytes.slice(start, this.length)
    const links = this.#linksFrom(start)
    const form = this.#add(digest as Digest, payload, links, linkable)
    this.truncate(start)
    this.link(digest, form)
  }

  /** Makes a node of what is left, unless that is a link to a node already. Nothing is written afterwards. */
  finish(digest: string, linkable: boolean): void {
    const [only] = this.#links
    const isLink =
      only !== undefined &&
      only.offset === 0 &&
      this.length === (only.form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
    if (!isLink) this.#add(digest as Digest, this.#bytes.slice(0, this.length), [...this.#links], linkable)
    if (idle.length < MOST_IDLE && this.#bytes.length <= LARGEST_IDLE) idle.push(this.#bytes)
    this.#bytes = NO_BYTES
  }

  truncate(length: number): void {
    this.length = length
    const keep = this.#links.findLastIndex(link => link.offset < length) + 1
    this.#links.length = keep
  }

  piece(start: number): StoredPiece {
    return { bytes: this.#bytes.slice(start, this.length), links: this.#linksFrom(start) }
  }

  paste(piece: StoredPiece): void {
    for (const link of piece.links) this.#links.push({ ...link, offset: link.offset + this.length })
    this.append(piece.bytes)
  }

  mark(): Mark {
    return {
      length: this.length,
      links: this.#links.length,
      nodes: this.#nodes.length,
      claims: this.#claims.length,
    }
  }

  rollBack(mark: Mark): void {
    this.length = mark.length
    this.#links.length = mark.links
    this.#claims.length = mark.claims
    for (const node of this.#nodes.splice(mark.nodes)) this.#byAddress.delete(node.form ?? node.digest)
  }

  /** The form under which the node stands, where another order of the same value stands under the digest. */
  #add(digest: Digest, payload: Uint8Array, links: readonly Link[], linkable: boolean): Digest | undefined {
    const first = this.#byAddress.get(digest)
    let form: Digest | undefined
    if (first !== undefined) {
      if (sameBytes(first.payload, payload)) return undefined
      form = formOf(payload)
      if (this.#byAddress.has(form)) return form
    }
    const node: ValueNode = { digest, form, payload, links, linkable }
    this.#byAddress.set(form ?? digest, node)
    this.#nodes.push(node)
    return form
  }

  #linksFrom(start: number): readonly Link[] {
    const links: Link[] = []
    for (let i = this.#links.length - 1; i >= 0; i -= 1) {
      const link = this.#links[i]!
      if (link.offset < start) break
      links.push({ ...link, offset: link.offset - start })
    }
    return links.reverse()
  }

  #room(count: number): void {
    if (this.length + count <= this.#bytes.length) return
    let size = this.#bytes.length
    while (size < this.length + count) size *= 2
    const bytes = new Uint8Array(size)
    bytes.set(this.#bytes.subarray(0, this.length))
    this.#bytes = bytes
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
