/**
 * Builds values from stored payloads. A bound on everything, no trust in any length: hostile bytes end in a typed error.
 *
 * Containers recurse; what lies deeper than `MAX_RECURSION` is read with a stack of its own, so that depth is bounded by
 * memory. Reading everything in that way would take twice the time.
 */
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { RiposteError } from '../errors.ts'
import { ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import { setProperty } from './build.ts'
import { DEFAULT_LIMITS, type DecodeLimits } from './limits.ts'
import { readLink } from './links.ts'
import { Reader } from './reader.ts'
import { taggedValue, UNKNOWN_TAG } from './tagged.ts'
import { addressOf, type Link } from './types.ts'

export { linksOf } from './links.ts'

/** Levels of containers, tags and parts that are read by recursion. */
const MAX_RECURSION = 200

export interface DecodeOptions {
  readonly registry: Registry
  /** The payload of a linked part. Without it, or where it gives none, a link becomes a `ref`. */
  readonly part?: (link: Link) => Uint8Array | undefined
  /** Leaves linked elements and properties as `ref`s, and asks for no parts but those without which their holder cannot be built. */
  readonly shallow?: boolean
  readonly limits?: DecodeLimits
}

/**
 * The value that a payload holds: fresh, sharing no memory with the payload.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when the bytes are no stored form; `ERR_LIMIT`; `ERR_UNKNOWN_CLASS`
 */
export function decodeValue(payload: Uint8Array, options: DecodeOptions): unknown {
  return new Decoder(options, payload).decode()
}

/** A container, tag or part whose items are still being read, on the stack for what lies deep. */
interface Frame {
  readonly kind: 'array' | 'map' | 'tag' | 'part'
  /** Array: elements; map: keys and values by turns; tag, part: the one content. */
  readonly items: unknown[]
  /** Items still to come. */
  left: number
  readonly tag: number
  /** Of a part: where reading goes on after it. */
  readonly outer: Reader | undefined
  /** Of a part: whether it was read before. */
  readonly again: boolean
}

/** A run of holes, while its array is being built. */
class Holes {
  readonly count: number
  constructor(count: number) {
    this.count = count
  }
}

/** Not a value: a container was put on the stack, whose items come first. */
const OPENED: unique symbol = Symbol('opened')

class Decoder {
  readonly #options: DecodeOptions
  readonly #limits: DecodeLimits
  #reader: Reader
  #depth = 0
  /** The stack for what lies deep, while it is in use. */
  #frames: Frame[] | undefined
  /** Arrays with holes: they may be longer than their bytes account for. */
  #sparse: WeakSet<object> | undefined
  /** Where the parts that were read stood. */
  #read: Set<Digest> | undefined
  #items = 0
  #copies = 0
  /** Open parts that were read before. */
  #again = 0
  #bytes: number
  /** Open tags whose values cannot be built around `ref`s. */
  #closed = 0

  constructor(options: DecodeOptions, payload: Uint8Array) {
    this.#options = options
    this.#limits = options.limits ?? DEFAULT_LIMITS
    this.#bytes = payload.length
    this.#reader = new Reader(payload)
  }

  decode(): unknown {
    if (this.#bytes > this.#limits.bytes) throw this.#limit('bytes')
    const value = this.#item()
    this.#endPayload()
    return value
  }

  /** Reads one item: a value, or `OPENED` where a stack is in use and a container was put on it. */
  #item(): unknown {
    this.#count()
    const reader = this.#reader
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
        return this.#array(argument)
      case MAJOR.map:
        return this.#map(argument)
      case MAJOR.tag:
        return argument === TAG.link ? this.#link(start) : this.#tag(argument)
      default:
        return simple(reader)
    }
  }

  #count(): void {
    this.#items += 1
    if (this.#items > this.#limits.items) throw this.#limit('items')
    if (this.#again === 0) return
    this.#copies += 1
    if (this.#copies > this.#limits.copies) throw this.#limit('copies')
  }

  // ---- containers

  #array(count: number): unknown {
    this.#checkCount(count)
    if (count === 0) return []
    if (!this.#enter()) return this.#open('array', count)
    const items: unknown[] = []
    let sparse = false
    for (let i = 0; i < count; i += 1) {
      const holes = this.#holes()
      if (holes !== undefined) sparse = true
      items.push(holes ?? this.#item())
    }
    this.#depth -= 1
    return sparse ? this.#withHoles(items) : items
  }

  #map(count: number): unknown {
    this.#checkCount(count * 2)
    if (count === 0) return {}
    if (!this.#enter()) return this.#open('map', count * 2)
    const target = {}
    for (let i = 0; i < count; i += 1) this.#setProperty(target, this.#key(), this.#item())
    this.#depth -= 1
    return target
  }

  #key(): unknown {
    const reader = this.#reader
    const initial = reader.bytes[reader.at]!
    if (initial >> 5 !== MAJOR.text >> 5) return this.#item()
    this.#count()
    reader.head()
    return reader.name(reader.argument)
  }

  #setProperty(target: object, key: unknown, value: unknown): void {
    if (typeof key !== 'string' && typeof key !== 'symbol') throw this.#reader.damaged('a property has no name')
    if (!(key in target)) (target as Record<PropertyKey, unknown>)[key] = value
    else if (Object.hasOwn(target, key)) throw this.#reader.damaged('a property stands twice')
    else setProperty(target, key, value)
  }

  /** The holes that stand where an element of an array is expected; `undefined` where an element does. */
  #holes(): Holes | undefined {
    const reader = this.#reader
    const { bytes, at } = reader
    if (bytes[at] !== HOLES_HEAD[0] || bytes[at + 1] !== HOLES_HEAD[1] || bytes[at + 2] !== HOLES_HEAD[2]) {
      return undefined
    }
    this.#count()
    reader.head()
    const count = this.#item()
    if (typeof count === 'number' && Number.isInteger(count) && count > 0) return new Holes(count)
    throw reader.damaged(`tag ${TAG.holes} has content of another kind`)
  }

  #withHoles(items: readonly unknown[]): unknown[] {
    const array: unknown[] = []
    let length = 0
    for (const item of items) {
      if (item instanceof Holes) length += item.count
      else {
        array[length] = item
        length += 1
      }
      if (length > 0xffff_ffff) throw this.#reader.damaged('an array is longer than arrays can be')
    }
    array.length = length
    this.#sparse ??= new WeakSet()
    this.#sparse.add(array)
    return array
  }

  // ---- tags and parts

  #tag(tag: number): unknown {
    if (tag === TAG.holes) throw this.#reader.damaged('a hole stands outside an array')
    const reader = this.#reader
    if (reader.bytes[reader.at]! >> 5 === MAJOR.bytes >> 5) {
      this.#count()
      reader.head()
      return this.#tagged(tag, reader.take(reader.argument))
    }
    this.#checkCount(1)
    if (!OPEN_TAGS.has(tag)) this.#closed += 1
    if (!this.#enter()) return this.#open('tag', 1, { tag })
    const content = this.#item()
    this.#depth -= 1
    return this.#endTag(tag, content)
  }

  #endTag(tag: number, content: unknown): unknown {
    if (!OPEN_TAGS.has(tag)) this.#closed -= 1
    return this.#tagged(tag, content)
  }

  #tagged(tag: number, content: unknown): unknown {
    const value = taggedValue(tag, content, {
      registry: this.#options.registry,
      isSparse: array => this.#sparse?.has(array) ?? false,
    })
    if (value === UNKNOWN_TAG) throw this.#reader.damaged(`tag ${tag} is not known`)
    if (value === undefined) throw this.#reader.damaged(`tag ${tag} has content of another kind`)
    return value
  }

  #link(start: number): unknown {
    const outer = this.#reader
    const link = readLink(outer, start)
    const { part, shallow } = this.#options
    const payload = shallow && this.#closed === 0 ? undefined : part?.(link)
    if (payload === undefined) return ref(link.digest)
    this.#read ??= new Set()
    const again = this.#read.has(addressOf(link))
    this.#read.add(addressOf(link))
    const stacked = !this.#enter()
    if (again) this.#again += 1
    this.#bytes += payload.length
    if (this.#bytes > this.#limits.bytes) throw this.#limit('bytes')
    this.#reader = new Reader(payload)
    if (stacked) return this.#open('part', 1, { outer, again })
    const value = this.#item()
    this.#depth -= 1
    this.#endPart(outer, again)
    return value
  }

  #endPart(outer: Reader, again: boolean): void {
    this.#endPayload()
    if (again) this.#again -= 1
    this.#reader = outer
  }

  #endPayload(): void {
    const { at, bytes } = this.#reader
    if (at !== bytes.length) throw this.#reader.damaged('something follows the value')
  }

  // ---- depth

  /** Goes a level down; says whether that may be by recursion. */
  #enter(): boolean {
    if (this.#depth >= this.#limits.depth) throw this.#limit('depth')
    this.#depth += 1
    return this.#depth <= MAX_RECURSION
  }

  /** Puts a container on the stack. Where none was in use, reads all of it. */
  #open(
    kind: Frame['kind'],
    left: number,
    { tag = 0, outer, again = false }: { tag?: number; outer?: Reader; again?: boolean } = {},
  ): unknown {
    const frame: Frame = { kind, items: [], left, tag, outer, again }
    if (this.#frames === undefined) return this.#readStacked(frame)
    this.#frames.push(frame)
    return OPENED
  }

  #readStacked(first: Frame): unknown {
    const frames = [first]
    this.#frames = frames
    for (;;) {
      const frame = frames.at(-1)!
      let item = (frame.kind === 'array' ? this.#holes() : undefined) ?? this.#item()
      if (item === OPENED) continue
      for (;;) {
        const holder = frames.at(-1)!
        holder.items.push(item)
        holder.left -= 1
        if (holder.left > 0) break
        frames.pop()
        this.#depth -= 1
        item = this.#finish(holder)
        if (frames.length > 0) continue
        this.#frames = undefined
        return item
      }
    }
  }

  #finish({ kind, items, tag, outer, again }: Frame): unknown {
    switch (kind) {
      case 'array':
        return items.some(item => item instanceof Holes) ? this.#withHoles(items) : items
      case 'map': {
        const target = {}
        for (let i = 0; i < items.length; i += 2) this.#setProperty(target, items[i], items[i + 1])
        return target
      }
      case 'tag':
        return this.#endTag(tag, items[0])
      case 'part':
        // A part is put on the stack with the reader outside of it.
        this.#endPart(outer!, again)
        return items[0]
    }
  }

  /** Each item takes a byte at least, so a count beyond the rest of the bytes is a lie. */
  #checkCount(count: number): void {
    if (count > this.#reader.bytes.length - this.#reader.at) throw this.#reader.damaged('a count is beyond its end')
  }

  #limit(limit: keyof DecodeLimits): RiposteError<'ERR_LIMIT'> {
    const bound = this.#limits[limit]
    return new RiposteError('ERR_LIMIT', `the value is too large to load: more than ${bound} ${limit}`, {
      limit,
      bound,
    })
  }
}

/** The head of the tag for holes. */
const HOLES_HEAD: readonly number[] = [MAJOR.tag | 25, TAG.holes >> 8, TAG.holes & 255]

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
