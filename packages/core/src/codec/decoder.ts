/**
 * Builds values from stored payloads. A bound on everything, no trust in any length: hostile bytes end in a typed error.
 *
 * Containers recurse; what lies deeper than `MAX_RECURSION` is read by `OpenItems`, so that depth is bounded by memory.
 * Reading everything in that way would take twice the time.
 */
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import { addProperty } from './build.ts'
import { readBytes, readChunks } from './chunks.ts'
import type { DecodeOptions } from './decode-value.ts'
import { checkExpansion } from './expansion.ts'
import { Holes, holesBegin, sparseArray } from './holes.ts'
import { emptyObject, KeysTable } from './known-keys.ts'
import { DEFAULT_LIMITS, type DecodeLimits, tooMuch } from './limits.ts'
import { readLink } from './links.ts'
import { OPENED, type OpenItem, OpenItems } from './open-items.ts'
import { Reader } from './reader.ts'
import { type TagContext, taggedValue, UNKNOWN_TAG } from './tagged.ts'
import { addressOf, type Link } from './types.ts'
import { checkWellFormed, WALK_ABOVE } from './well-formed.ts'

/** Levels of containers, tags and parts that are read by recursion. */
const MAX_RECURSION = 200

/** Bytes that may be read before it is looked up whether copies of shared parts would be too many. */
const EXPAND_ABOVE = 2 ** 20

/** Objects with more properties have names that are data: read as other text, they take two thirds of the time. */
const MANY_NAMES = 512

const keysTable = /* @__PURE__ */ new KeysTable()

/**
 * Reads one payload. What is public is for `OpenItems`, `decodeValue` and tags only. Members are `private` where others
 * have `#names`, for the reason that the digest's `Output` gives.
 */
export class Decoder implements TagContext {
  readonly registry: Registry
  private readonly options: DecodeOptions
  private readonly limits: DecodeLimits
  private readonly payload: Uint8Array
  private reader: Reader
  private depth = 0
  /** The stack for what lies deep, while it is in use. */
  private open: OpenItems | undefined
  /** Arrays with holes: they may be longer than their bytes account for. */
  private sparseArrays: WeakSet<object> | undefined
  private extended: WeakSet<object> | undefined
  /** Where the parts that were read stood. */
  private read: Set<Digest> | undefined
  private items = 0
  private copies = 0
  /** Open parts that were read before. */
  private again = 0
  private bytes: number
  /** Whether copies of shared parts are known to be within the bounds. */
  private expanded = false
  /** Open tags whose values cannot be built around `ref`s. */
  private closed = 0

  constructor(options: DecodeOptions, payload: Uint8Array) {
    this.registry = options.registry
    this.options = options
    this.limits = options.limits ?? DEFAULT_LIMITS
    this.payload = payload
    this.bytes = payload.length
    this.reader = new Reader(payload)
  }

  decode(): unknown {
    if (this.bytes > this.limits.bytes) throw tooMuch('bytes', this.limits)
    if (this.payload.length > WALK_ABOVE) checkWellFormed(this.payload, this.limits)
    const value = this.item()
    this.endPayload()
    return value
  }

  /** Reads one item: a value, or `OPENED` where a stack is in use and a container was put on it. */
  item(): unknown {
    this.count()
    const { reader } = this
    const start = reader.at
    reader.head()
    const { argument } = reader
    switch (reader.major << 5) {
      case MAJOR.text:
        return reader.text(argument)
      case MAJOR.unsigned:
        return argument
      case MAJOR.negative:
        return -1 - argument
      case MAJOR.bytes:
        return reader.take(argument).slice()
      case MAJOR.array:
        return this.array(argument)
      case MAJOR.map:
        return this.object(argument)
      case MAJOR.tag:
        return argument === TAG.link ? this.link(start) : this.tag(argument)
      default:
        return simple(reader)
    }
  }

  count(): void {
    this.items += 1
    if (this.items > this.limits.items) throw tooMuch('items', this.limits)
    if (this.again === 0) return
    this.copies += 1
    if (this.copies > this.limits.copies) throw tooMuch('copies', this.limits)
  }

  // ---- containers

  private array(count: number): unknown {
    this.checkCount(count)
    if (count === 0) return []
    if (!this.enter()) return this.stack({ kind: 'array', count })
    const items: unknown[] = []
    let sparse = false
    for (let i = 0; i < count; i += 1) {
      const holes = this.holes()
      if (holes !== undefined) sparse = true
      items.push(holes ?? this.item())
    }
    this.leave()
    return sparse ? this.sparse(items) : items
  }

  /** The holes that stand where an element of an array is expected; `undefined` where an element does. */
  holes(): Holes | undefined {
    const { reader } = this
    if (!holesBegin(reader.bytes, reader.at)) return undefined
    this.count()
    reader.head()
    const count = this.item()
    if (typeof count === 'number' && Number.isInteger(count) && count > 0) return new Holes(count)
    throw reader.damaged(`tag ${TAG.holes} has content of another kind`)
  }

  sparse(items: readonly unknown[]): unknown[] {
    const array = sparseArray(items)
    if (array === undefined) throw this.reader.damaged('an array is longer than arrays can be')
    this.sparseArrays ??= new WeakSet()
    this.sparseArrays.add(array)
    return array
  }

  isSparse(array: object): boolean {
    return this.sparseArrays?.has(array) ?? false
  }

  extend(value: object): void {
    this.extended ??= new WeakSet()
    this.extended.add(value)
  }

  isExtended(value: object): boolean {
    return this.extended?.has(value) ?? false
  }

  private object(count: number): unknown {
    this.checkCount(count * 2)
    if (count === 0) return {}
    if (!this.enter()) return this.stack({ kind: 'object', count: count * 2 })
    const { reader } = this
    const slot = keysTable.slot(reader.bytes, reader.at, count)
    const known = slot?.guess()
    let target: Record<string, unknown> | undefined
    let i = 0
    if (known !== undefined) {
      const { keys } = known
      const copy: Record<string, unknown> = { ...known.template }
      while (i < count && reader.skipIf(known.encoded[i]!)) {
        this.count()
        copy[keys[i]!] = this.item()
        i += 1
      }
      if (i === count) {
        slot!.confirm()
        this.leave()
        return copy
      }
      target = emptyObject(count, slot)
      for (let k = 0; k < i; k += 1) this.setProperty(target, keys[k], copy[keys[k]!])
    }
    target ??= emptyObject(count, slot)
    // Names of so many would only push those of others out of their table.
    const many = count > MANY_NAMES
    for (; i < count; i += 1) this.setProperty(target, many ? this.item() : this.key(), this.item())
    slot?.learn(target, count)
    this.leave()
    return target
  }

  private key(): unknown {
    const { reader } = this
    const initial = reader.bytes[reader.at]!
    if (initial >> 5 !== MAJOR.text >> 5) return this.item()
    this.count()
    reader.head()
    return reader.name(reader.argument)
  }

  setProperty(target: object, key: unknown, value: unknown): void {
    if (typeof key !== 'string' && typeof key !== 'symbol') throw this.reader.damaged('a property has no name')
    if (!(key in target)) (target as Record<PropertyKey, unknown>)[key] = value
    else if (!addProperty(target, key, value)) throw this.reader.damaged('a property stands twice')
  }

  // ---- tags and parts

  private tag(tag: number): unknown {
    const { reader } = this
    if (tag === TAG.holes) throw reader.damaged('a hole stands outside an array')
    if (reader.bytes[reader.at]! >> 5 === MAJOR.bytes >> 5) {
      this.count()
      reader.head()
      return this.tagged(tag, reader.take(reader.argument).slice())
    }
    if (tag === TAG.chunks) return readChunks(reader, this)
    this.checkCount(1)
    if (!OPEN_TAGS.has(tag)) this.closed += 1
    if (!this.enter()) return this.stack({ kind: 'tag', count: 1, tag })
    const content = this.item()
    this.leave()
    return this.endTag(tag, content)
  }

  endTag(tag: number, content: unknown): unknown {
    if (!OPEN_TAGS.has(tag)) this.closed -= 1
    return this.tagged(tag, content)
  }

  private tagged(tag: number, content: unknown): unknown {
    const value = taggedValue(tag, content, this)
    if (value === UNKNOWN_TAG) throw this.reader.damaged(`tag ${tag} is not known`)
    if (value === undefined) throw this.reader.damaged(`tag ${tag} has content of another kind`)
    return value
  }

  /** The byte string that a part is, to which a link that begins at `start` leads: a view. */
  linkedBytes(start: number): Uint8Array | undefined {
    const outer = this.reader
    const link = readLink(outer, start)
    const payload = this.options.part?.(link)
    if (payload === undefined) return undefined
    const again = this.beginPart(link, payload)
    this.count()
    const bytes = readBytes(this.reader)
    this.endPart(outer, again)
    return bytes
  }

  private link(start: number): unknown {
    const outer = this.reader
    const link = readLink(outer, start)
    const { part, shallow } = this.options
    const payload = shallow && this.closed === 0 ? undefined : part?.(link)
    if (payload === undefined) return ref(link.digest)
    const recurse = this.enter()
    const again = this.beginPart(link, payload)
    if (!recurse) return this.stack({ kind: 'part', count: 1, outer, again })
    const value = this.item()
    this.leave()
    this.endPart(outer, again)
    return value
  }

  /** Goes on in the payload of a part; says whether that was read before. */
  private beginPart(link: Link, payload: Uint8Array): boolean {
    this.read ??= new Set()
    const again = this.read.has(addressOf(link))
    this.read.add(addressOf(link))
    if (again) this.again += 1
    this.bytes += payload.length
    if (this.bytes > this.limits.bytes) throw tooMuch('bytes', this.limits)
    if (again && !this.expanded && this.bytes > EXPAND_ABOVE) this.checkExpansion()
    this.reader = new Reader(payload)
    if (payload.length > WALK_ABOVE && !again) checkWellFormed(payload, this.limits)
    return again
  }

  /** Counts all copies that there will be, once. Where parts stay `ref`s only the bounds on what was read hold. */
  private checkExpansion(): void {
    this.expanded = true
    const { part, shallow } = this.options
    if (part !== undefined && !shallow) checkExpansion(this.payload, part, this.limits)
  }

  endPart(outer: Reader, again: boolean): void {
    this.endPayload()
    if (again) this.again -= 1
    this.reader = outer
  }

  private endPayload(): void {
    const { at, bytes } = this.reader
    if (at !== bytes.length) throw this.reader.damaged('something follows the value')
  }

  // ---- depth

  /** Goes a level down; says whether that may be by recursion. */
  private enter(): boolean {
    if (this.depth >= this.limits.depth) throw tooMuch('depth', this.limits)
    this.depth += 1
    return this.depth <= MAX_RECURSION
  }

  leave(): void {
    this.depth -= 1
  }

  /** Puts an item on the stack. Where none was in use, reads all of it. */
  private stack(item: OpenItem): unknown {
    if (this.open !== undefined) {
      this.open.push(item)
      return OPENED
    }
    this.open = new OpenItems(this)
    this.open.push(item)
    const value = this.open.read()
    this.open = undefined
    return value
  }

  /** Each item takes a byte at least, so a count beyond the rest of the bytes is a lie. */
  private checkCount(count: number): void {
    if (count > this.reader.bytes.length - this.reader.at) throw this.reader.damaged('a count is beyond its end')
  }
}

/** Tags whose values can be built around `ref`s. */
const OPEN_TAGS: ReadonlySet<number> = /* @__PURE__ */ new Set([TAG.map, TAG.set, TAG.nullPrototype, TAG.error])

function simple(reader: Reader): unknown {
  switch (reader.argument) {
    case 20:
      return false
    case 21:
      return true
    case 22:
      return null
    case 23:
      return undefined
    case 27:
      return reader.float64()
    default:
      throw reader.damaged('a simple value is not known')
  }
}
