/** Collects the stored form of a value while the encoder walks over it: bytes in the order of the value, cut into nodes. */
import { sha256HexOf } from '#hash'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { writeHead } from '../digest/head.ts'
import { writeHex } from '../digest/hex.ts'
import { BARE_HEADER, headerRoom } from './entry.ts'
import { addressOf, type Claim, type Link, type ValueNode } from './types.ts'
import { WrittenNode } from './written-node.ts'

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
const NO_LINKS: readonly Link[] = []
/** Fewer bytes are copied one by one: a view of them takes 100 ns. */
const LOOP_UP_TO = 64

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

/**
 * Collects what the walk writes, node by node. Members are `private` where others have `#names`, for the reason that
 * `Output` gives.
 */
export class StoredForm {
  readonly inlineBelow: number
  /** Where the next byte goes; what was cut off does not count. Begins with room for a header. */
  length: number = BARE_HEADER
  private bytes: Uint8Array = idle.pop() ?? new Uint8Array(FIRST_ROOM)
  /** The last of the bytes written, where they lie: they are about to be cut off. */
  private tail: Uint8Array | undefined
  private readonly links: Link[] = []
  readonly nodes: ValueNode[] = []
  readonly claims: Claim[] = []
  private byAddress: Map<string, ValueNode> | undefined

  constructor(inlineBelow: number) {
    this.inlineBelow = inlineBelow
  }

  copy(source: Uint8Array, from: number, to: number): void {
    const count = to - from
    const at = this.room(count)
    const { bytes } = this
    if (count < LOOP_UP_TO) for (let i = 0; i < count; i += 1) bytes[at + i] = source[from + i]!
    else bytes.set(source.subarray(from, to), at)
    this.length = at + count
  }

  /** Bytes that are more than stay with what they stand in are cut off before anything else happens, so they need no copy yet. */
  append(added: Uint8Array): void {
    const count = added.length
    const at = this.room(count > this.inlineBelow ? 0 : count)
    const { bytes } = this
    if (count > this.inlineBelow) this.tail = added
    else if (count < LOOP_UP_TO) for (let i = 0; i < count; i += 1) bytes[at + i] = added[i]!
    else bytes.set(added, at)
    this.length = at + count
  }

  /** Writes a link to a part that stands on its own. */
  link(digest: string, form?: string): void {
    const at = this.room(FORM_LINK_BYTES)
    // What the encoder hashed or a `ref` holds is a digest.
    this.links.push({ offset: at, digest: digest as Digest, form: form as Digest | undefined })
    this.length = addLinkItem(this.bytes, at, digest, form)
  }

  claim(digest: string, whole: boolean, path: () => string): void {
    this.claims.push({
      digest: digest as Digest,
      whole,
      get path() {
        return path()
      },
    })
  }

  /** Makes a node of everything from `start` on, and leaves a link in its place. */
  cut(start: number, digest: string, linkable: boolean): void {
    const form = this.add(digest as Digest, start, linkable)
    this.truncate(start)
    this.link(digest, form)
  }

  /** Makes a node of what is left, unless that is a link to a node already. Nothing is written afterwards. */
  finish(digest: string, linkable: boolean): void {
    const [only] = this.links
    const isLink =
      only !== undefined &&
      only.offset === BARE_HEADER &&
      this.length === BARE_HEADER + (only.form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
    // Nothing in it is equal to all of it.
    if (!isLink) this.nodes.push(this.node(digest as Digest, undefined, BARE_HEADER, linkable))
    if (idle.length < MOST_IDLE && this.bytes.length <= LARGEST_IDLE) idle.push(this.bytes)
    this.bytes = NO_BYTES
  }

  truncate(length: number): void {
    this.tail = undefined
    this.length = length
    if (this.links.length === 0) return
    const keep = this.links.findLastIndex(link => link.offset < length) + 1
    this.links.length = keep
  }

  piece(start: number): StoredPiece {
    return { bytes: this.since(start), links: this.linksFrom(start) }
  }

  paste(piece: StoredPiece): void {
    const at = this.room(piece.bytes.length)
    for (const link of piece.links) this.links.push({ ...link, offset: link.offset + at })
    this.bytes.set(piece.bytes, at)
    this.length = at + piece.bytes.length
  }

  mark(): Mark {
    return {
      length: this.length,
      links: this.links.length,
      nodes: this.nodes.length,
      claims: this.claims.length,
    }
  }

  rollBack(mark: Mark): void {
    this.tail = undefined
    this.length = mark.length
    this.links.length = mark.links
    this.claims.length = mark.claims
    for (const node of this.nodes.splice(mark.nodes)) this.byAddress?.delete(addressOf(node))
  }

  /** The form under which the node stands, where another order of the same value stands under the digest. */
  private add(digest: Digest, start: number, linkable: boolean): Digest | undefined {
    const first = this.byAddress?.get(digest)
    let form: Digest | undefined
    if (first !== undefined) {
      const payload = this.since(start)
      if (sameBytes(first.payload, payload)) return undefined
      form = formOf(payload)
      if (this.byAddress?.has(form)) return form
    }
    const node = this.node(digest, form, start, linkable)
    this.byAddress ??= new Map()
    this.byAddress.set(addressOf(node), node)
    this.nodes.push(node)
    return form
  }

  private node(digest: Digest, form: Digest | undefined, start: number, linkable: boolean): ValueNode {
    const links = this.linksFrom(start)
    const header = headerRoom(links, form)
    const room = this.since(start, header)
    return new WrittenNode(digest, form, links, linkable, room, header)
  }

  /** What was written from `start` on, after so many bytes of room, which begins with zeros. */
  private since(start: number, room = 0): Uint8Array {
    const { tail, length } = this
    if (tail === undefined && room <= BARE_HEADER) {
      // What stands before it serves as room: one copy of all takes half the time of two.
      const copy = this.bytes.slice(start - room, length)
      if (room > 0) clearFirst(copy)
      return copy
    }
    const copy = new Uint8Array(room + length - start)
    const end = tail === undefined ? length : length - tail.length
    copy.set(this.bytes.subarray(start, end), room)
    if (tail !== undefined) copy.set(tail, room + end - start)
    return copy
  }

  private linksFrom(start: number): readonly Link[] {
    if (this.links.length === 0) return NO_LINKS
    const links: Link[] = []
    for (let i = this.links.length - 1; i >= 0; i -= 1) {
      const link = this.links[i]!
      if (link.offset < start) break
      links.push({ ...link, offset: link.offset - start })
    }
    return links.reverse()
  }

  /** Makes room for so many bytes more; says where they begin. */
  private room(count: number): number {
    const { tail, length } = this
    if (tail !== undefined) this.writeTail(tail)
    if (length + count > this.bytes.length) this.grow(length, count)
    return length
  }

  private writeTail(tail: Uint8Array): void {
    const at = this.length - tail.length
    this.tail = undefined
    if (this.length > this.bytes.length) this.grow(at, tail.length)
    this.bytes.set(tail, at)
  }

  private grow(used: number, count: number): void {
    let size = this.bytes.length
    while (size < used + count) size *= 2
    const bytes = new Uint8Array(size)
    bytes.set(this.bytes.subarray(0, used))
    this.bytes = bytes
  }
}

/** A call of `fill` takes 40 ns. */
function clearFirst(bytes: Uint8Array): void {
  bytes[0] = 0
  bytes[1] = 0
  bytes[2] = 0
  bytes[3] = 0
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
