/**
 * Collects the stored form of a value while the encoder walks over it: bytes in the order of the value, cut into nodes.
 *
 * It is what the walk writes for the canonical encoding, before that sorts it and puts links into it. So it follows
 * behind: what was written is copied all at once when either of the two is about to differ from the other.
 */
import { sha256HexOf } from '#hash'
import type { Digest } from '../digest/address.ts'
import { copyWords, MOST_AS_WORDS } from '../digest/copy-words.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { writeHead } from '../digest/head.ts'
import { writeHex } from '../digest/hex.ts'
import type { Output } from '../digest/output.ts'
import { BARE_HEADER, headerRoom } from './entry.ts'
import { borrowScratch, giveBack, outgrow, type Scratch } from './scratch.ts'
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

const NO_LINKS: readonly Link[] = []

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
  private scratch: Scratch = borrowScratch()
  /** Those of the scratch, without the way through it. */
  bytes: Uint8Array = this.scratch.bytes
  view: DataView = this.scratch.view
  /** Where the first byte went, after room for a header. */
  private readonly begin: number = this.scratch.used + BARE_HEADER
  /** Where the next byte that is copied goes; what was cut off does not count. */
  length: number = this.begin
  /** Up to where the canonical encoding was copied. What it has beyond is still to come. */
  private followed = 0
  /** The last of the bytes written, where they lie: they are about to be cut off. */
  private tail: Uint8Array | undefined
  private readonly links: Link[] = []
  readonly nodes: ValueNode[] = []
  readonly claims: Claim[] = []
  private byAddress: Map<string, ValueNode> | undefined

  constructor(inlineBelow: number) {
    this.inlineBelow = inlineBelow
  }

  /** How long the stored form is when the canonical encoding ends at `at`. */
  lengthAt(at: number): number {
    return this.length + at - this.followed
  }

  /**
   * Copies the canonical encoding up to `to`: before it is changed there, or something else is written here. Says
   * whether all from `begin` on came now, and so is the last that stands here.
   */
  follow(output: Output, to: number, begin = 0): boolean {
    const { followed } = this
    const count = to - followed
    if (count === 0) return false
    // Words write over three bytes beyond.
    const at = this.room(count + 3)
    if (count <= MOST_AS_WORDS) copyWords(output.view, followed, this.view, at, count)
    else this.bytes.set(output.bytes.subarray(followed, to), at)
    this.length = at + count
    this.followed = to
    return followed <= begin
  }

  /** Takes note that what the canonical encoding has up to `at` is here, in the one way or another. */
  skipTo(at: number): void {
    this.followed = at
  }

  /** Goes back with the canonical encoding to `at`, where this was so long. */
  rewind(at: number, length: number): void {
    if (this.followed <= at) return
    this.truncate(length)
    this.followed = at
  }

  /**
   * Writes bytes that the canonical encoding has elsewhere, or not at all. Those that are more than stay with what they
   * stand in are cut off before anything else happens, so they need no copy yet.
   */
  append(added: Uint8Array): void {
    const count = added.length
    const at = this.room(count > this.inlineBelow ? 0 : count)
    if (count > this.inlineBelow) this.tail = added
    else this.bytes.set(added, at)
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
    const only = this.links[0]
    const isLink =
      only !== undefined &&
      only.offset === this.begin &&
      this.length === this.begin + (only.form === undefined ? LINK_BYTES : FORM_LINK_BYTES)
    // Nothing in it is equal to all of it.
    if (!isLink) this.nodes.push(this.node(digest as Digest, undefined, this.begin, linkable, true))
    giveBack(this.scratch)
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
    this.followed = 0
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
    const node = this.node(digest, form, start, linkable, false)
    this.byAddress ??= new Map()
    this.byAddress.set(addressOf(node), node)
    this.nodes.push(node)
    return form
  }

  private node(digest: Digest, form: Digest | undefined, start: number, linkable: boolean, last: boolean): ValueNode {
    const links = this.linksFrom(start)
    const header = headerRoom(links, form)
    const room = this.since(start, header, last)
    return new WrittenNode(digest, form, links, linkable, room, header)
  }

  /** What was written from `start` on, after so many bytes of room, which begins with zeros. `last`: nothing is written after it. */
  private since(start: number, room = 0, last = false): Uint8Array {
    const { tail, length } = this
    if (tail === undefined && room <= BARE_HEADER) {
      // What stands before it serves as room: one copy of all takes half the time of two.
      const from = start - room
      const copy = last ? this.scratch.take(from, length) : this.bytes.slice(from, length)
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
    this.scratch = outgrow(this.scratch, used, used + count)
    this.bytes = this.scratch.bytes
    this.view = this.scratch.view
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
