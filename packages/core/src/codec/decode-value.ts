/**
 * Builds values from stored payloads. An explicit stack in place of recursion, a bound on everything, no trust in any
 * length: hostile bytes end in a typed error.
 */
import { latin1 } from '#host'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'
import { RiposteError } from '../errors.ts'
import { ref } from '../ref.ts'
import type { Registry } from '../registry/registry.ts'
import {
  arrayBufferOf,
  bufferOf,
  copyProperties,
  errorOf,
  HOLE,
  instanceOf,
  isViewTag,
  numbersOf,
  setProperty,
  sharedArrayBufferOf,
  viewOf,
} from './build.ts'
import { DEFAULT_LIMITS, type DecodeLimits } from './limits.ts'
import { Reader } from './reader.ts'
import { addressOf, type Link } from './types.ts'
import { fromWtf8 } from './wtf8.ts'

export interface DecodeOptions {
  readonly registry: Registry
  /** The payload of a linked part. Without it, or where it gives none, a link becomes a `ref`. */
  readonly part?: (link: Link) => Uint8Array | undefined
  /** Leaves linked elements and properties as `ref`s, and asks for no parts but those without which their holder cannot be built. */
  readonly shallow?: boolean
  readonly limits?: DecodeLimits
}

/** A run of holes, while its array is being built. */
class Holes {
  readonly count: number
  constructor(count: number) {
    this.count = count
  }
}

/** A container whose items are still being read. */
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

/** A byte string whose kind the tag around it decides. */
class Bytes {
  readonly bytes: Uint8Array
  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

/** Properties read from a CBOR map, before it is known whose they are. */
type Properties = object

/**
 * The value that a payload holds: fresh, sharing no memory with the payload.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when the bytes are no stored form; `ERR_LIMIT`; `ERR_UNKNOWN_CLASS`
 */
export function decodeValue(payload: Uint8Array, options: DecodeOptions): unknown {
  return new Decoder(options).decode(payload)
}

class Decoder {
  readonly #options: DecodeOptions
  readonly #limits: DecodeLimits
  /** Arrays with holes: they may be longer than their bytes account for. */
  readonly #sparse = new WeakSet<object>()
  /** Where the parts that were read stood. */
  readonly #read = new Set<Digest>()
  #items = 0
  #copies = 0
  /** Open parts that were read before. */
  #again = 0
  #bytes = 0
  /** Open tags whose values cannot be built around `ref`s. */
  #closed = 0

  constructor(options: DecodeOptions) {
    this.#options = options
    this.#limits = options.limits ?? DEFAULT_LIMITS
  }

  decode(payload: Uint8Array): unknown {
    const frames: Frame[] = []
    let reader = this.#open(payload)
    for (;;) {
      let value = this.#item(reader, frames)
      if (value instanceof Part) {
        if (frames.length >= this.#limits.depth) throw this.#limit('depth')
        frames.push({ kind: 'part', items: [], left: 1, tag: 0, outer: reader, again: value.again })
        if (value.again) this.#again += 1
        reader = this.#open(value.payload)
        continue
      }
      // A container was opened: its items come first.
      if (value === OPENED) continue
      for (;;) {
        const frame = frames.at(-1)
        if (frame === undefined) {
          if (reader.at !== reader.bytes.length) throw reader.damaged('something follows the value')
          return this.#plain(value, reader)
        }
        frame.items.push(frame.kind === 'tag' ? value : this.#element(value, frame, reader))
        frame.left -= 1
        if (frame.left > 0) break
        frames.pop()
        if (isClosed(frame)) this.#closed -= 1
        if (frame.again) this.#again -= 1
        if (frame.outer !== undefined) {
          if (reader.at !== reader.bytes.length) throw reader.damaged('something follows the value')
          reader = frame.outer
        }
        value = this.#finish(frame, reader)
      }
    }
  }

  #open(payload: Uint8Array): Reader {
    this.#bytes += payload.length
    if (this.#bytes > this.#limits.bytes) throw this.#limit('bytes')
    return new Reader(payload)
  }

  /** Reads one item: a value, or `OPENED` when a container was pushed whose items follow. */
  #item(reader: Reader, frames: Frame[]): unknown {
    this.#items += 1
    if (this.#items > this.#limits.items) throw this.#limit('items')
    if (this.#again > 0) {
      this.#copies += 1
      if (this.#copies > this.#limits.copies) throw this.#limit('copies')
    }
    reader.head()
    const { argument } = reader
    switch (reader.major << 5) {
      case MAJOR.unsigned:
        return argument
      case MAJOR.negative:
        return -1 - argument
      case MAJOR.bytes:
        return new Bytes(reader.take(argument))
      case MAJOR.text:
        return reader.text(argument)
      case MAJOR.array:
        return this.#begin({ kind: 'array', items: [], left: argument, tag: 0, outer: undefined, again: false }, reader, frames)
      case MAJOR.map:
        return this.#begin({ kind: 'map', items: [], left: argument * 2, tag: 0, outer: undefined, again: false }, reader, frames)
      case MAJOR.tag:
        if (argument === TAG.link) return this.#link(reader)
        return this.#begin({ kind: 'tag', items: [], left: 1, tag: argument, outer: undefined, again: false }, reader, frames)
      default:
        return simple(reader)
    }
  }

  #begin(frame: Frame, reader: Reader, frames: Frame[]): unknown {
    // Each item takes a byte at least, so a count beyond the rest of the bytes is a lie.
    if (frame.left > reader.bytes.length - reader.at) throw reader.damaged('a count is beyond its end')
    if (frame.left === 0) return this.#finish(frame, reader)
    if (frames.length >= this.#limits.depth) throw this.#limit('depth')
    frames.push(frame)
    if (isClosed(frame)) this.#closed += 1
    return OPENED
  }

  #link(reader: Reader): unknown {
    const offset = reader.at
    const link = readLink(reader, offset)
    const { part, shallow } = this.#options
    const payload = shallow && this.#closed === 0 ? undefined : part?.(link)
    if (payload === undefined) return ref(link.digest)
    const again = this.#read.has(addressOf(link))
    this.#read.add(addressOf(link))
    return new Part(payload, again)
  }

  /** An item as it stands in an array or map: holes only in arrays. */
  #element(value: unknown, frame: Frame, reader: Reader): unknown {
    if (value instanceof Holes && frame.kind === 'array') return value
    return this.#plain(value, reader)
  }

  #plain(value: unknown, reader: Reader): unknown {
    if (value instanceof Bytes) return value.bytes.slice()
    if (value instanceof Holes) throw reader.damaged('a hole stands outside an array')
    return value
  }

  #finish(frame: Frame, reader: Reader): unknown {
    switch (frame.kind) {
      case 'array':
        return frame.items.some(item => item instanceof Holes) ? this.#withHoles(frame.items, reader) : frame.items
      case 'map':
        return properties(frame.items, reader)
      case 'part':
        return frame.items[0]
      default:
        return this.#tagged(frame.tag, frame.items[0], reader)
    }
  }

  #withHoles(items: readonly unknown[], reader: Reader): unknown[] {
    const array = sparse(items, reader)
    this.#sparse.add(array)
    return array
  }

  #tagged(tag: number, content: unknown, reader: Reader): unknown {
    const value = this.#build(tag, content, reader)
    if (value === undefined) throw reader.damaged(`tag ${tag} has content of another kind`)
    return value
  }

  /** The value of a tag; `undefined` where the content does not fit it. */
  #build(tag: number, content: unknown, reader: Reader): unknown {
    if (isViewTag(tag)) return withBytes(content, bytes => viewOf(tag, bytes))
    switch (tag) {
      case TAG.positiveBignum:
        return withBytes(content, bytes => (bytes.length > BIGINT_BYTES ? undefined : magnitude(bytes)))
      case TAG.negativeBignum:
        return withBytes(content, bytes => (bytes.length > BIGINT_BYTES ? undefined : -1n - magnitude(bytes)))
      case TAG.wtf8:
        return withBytes(content, fromWtf8)
      case TAG.holes:
        return typeof content === 'number' && Number.isInteger(content) && content > 0 ? new Holes(content) : undefined
      case TAG.packedNumbers:
        return withBytes(content, numbersOf)
      case TAG.chunks:
        return this.#isList(content) ? joinChunks(content) : undefined
      case TAG.buffer:
        return withBytes(content, bufferOf)
      case TAG.arrayBuffer:
        return withBytes(content, arrayBufferOf)
      case TAG.sharedArrayBuffer:
        return withBytes(content, sharedArrayBufferOf)
      case TAG.dataView:
        return withBytes(content, bytes => new DataView(arrayBufferOf(bytes)))
      case TAG.uri:
        return typeof content === 'string' && URL.canParse(content) ? new URL(content) : undefined
      case TAG.symbol:
        return typeof content === 'string' ? Symbol.for(content) : undefined
      case TAG.date:
        return typeof content === 'number' ? new Date(content) : undefined
      case TAG.boxed:
        return isPrimitive(content) ? Object(content) : undefined
      case TAG.nullPrototype:
        return isProperties(content) ? Object.assign(Object.create(null), content) : undefined
      default:
        if (tag === TAG.error && Array.isArray(content) && content.length === 6) {
          return errorOf(Array.from(content, (item, i) => (i in content ? item : HOLE)))
        }
        return this.#isList(content) ? this.#buildFromArray(tag, content, reader) : undefined
    }
  }

  /** An array with an item for each of its elements. */
  #isList(content: unknown): content is readonly unknown[] {
    return Array.isArray(content) && !this.#sparse.has(content)
  }

  #buildFromArray(tag: number, items: readonly unknown[], reader: Reader): unknown {
    switch (tag) {
      case TAG.set:
        return new Set(items)
      case TAG.map: {
        if (items.length % 2 !== 0) return undefined
        const map = new Map<unknown, unknown>()
        for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1])
        return map
      }
      case TAG.searchParams:
        return searchParams(items)
      case TAG.regexp:
        return regexp(items)
      case TAG.extra: {
        const [extras, base] = items
        if (items.length !== 2 || !isProperties(extras) || typeof base !== 'object' || base === null) return undefined
        return copyProperties(extras, base) ? base : undefined
      }
      case TAG.instance: {
        const [id, version, state] = items
        if (items.length !== 3 || !(id instanceof Uint8Array) || id.length !== 16 || typeof version !== 'number')
          return undefined
        return instanceOf(this.#options.registry, id, version, state)
      }
      default:
        throw reader.damaged(`tag ${tag} is not known`)
    }
  }

  #limit(limit: keyof DecodeLimits): RiposteError<'ERR_LIMIT'> {
    const bound = this.#limits[limit]
    return new RiposteError('ERR_LIMIT', `the value is too large to load: more than ${bound} ${limit}`, {
      limit,
      bound,
    })
  }
}

const DIGITS = '0123456789abcdef'
/** Bytes that fit a bigint of either sign (V8: 2^30 bits). */
const BIGINT_BYTES = 2 ** 27 - 1
const OPENED: unique symbol = Symbol('opened')

class Part {
  readonly payload: Uint8Array
  readonly again: boolean
  constructor(payload: Uint8Array, again: boolean) {
    this.payload = payload
    this.again = again
  }
}

const OPEN_TAGS: ReadonlySet<number> = /* @__PURE__ */ new Set([TAG.map, TAG.set, TAG.nullPrototype, TAG.error])

/** Whether it is a tag whose value cannot be built around `ref`s. */
function isClosed(frame: Frame): boolean {
  return frame.kind === 'tag' && !OPEN_TAGS.has(frame.tag)
}

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
      reader.take(8)
      return reader.float64()
    default:
      throw reader.damaged('a simple value is not known')
  }
}

/** Reads what follows the tag of a link. */
function readLink(reader: Reader, offset: number): Link {
  reader.head()
  const { argument } = reader
  if (reader.major << 5 !== MAJOR.bytes || (argument !== 32 && argument !== 64)) {
    throw reader.damaged('a link holds no digest')
  }
  const address = reader.take(argument)
  // Hex digits of 32 bytes are a digest by construction.
  const digest = toHex(address, 0, 32) as Digest
  return { offset, digest, form: argument === 64 ? (toHex(address, 32, 32) as Digest) : undefined }
}

function sparse(items: readonly unknown[], reader: Reader): unknown[] {
  const array: unknown[] = []
  let length = 0
  for (const item of items) {
    if (item instanceof Holes) length += item.count
    else {
      array[length] = item
      length += 1
    }
    if (length > 0xffff_ffff) throw reader.damaged('an array is longer than arrays can be')
  }
  array.length = length
  return array
}

function properties(items: readonly unknown[], reader: Reader): Properties {
  const target = {}
  for (let i = 0; i < items.length; i += 2) {
    const key = items[i]
    if (typeof key !== 'string' && typeof key !== 'symbol') throw reader.damaged('a property has no name')
    if (Object.hasOwn(target, key)) throw reader.damaged('a property stands twice')
    setProperty(target, key, items[i + 1])
  }
  return target
}

function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function isPrimitive(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'object'
}

/** Applies `make` to bytes, whether they came in one string or in chunks. */
function withBytes<T>(content: unknown, make: (bytes: Uint8Array) => T): T | undefined {
  if (content instanceof Bytes) return make(content.bytes)
  return content instanceof Uint8Array && content.constructor === Uint8Array ? make(content) : undefined
}

function joinChunks(items: readonly unknown[]): Uint8Array | undefined {
  const [total, ...chunks] = items
  if (!chunks.every(chunk => chunk instanceof Uint8Array)) return undefined
  if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) !== total) return undefined
  const bytes = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function magnitude(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`)
}

/** As `toHex`, for any length: text grown digit by digit takes 32 bytes of memory for each. */
function hexOf(bytes: Uint8Array): string {
  if (bytes.length <= 1024) return toHex(bytes)
  const digits = new Uint8Array(2 * bytes.length)
  bytes.forEach((byte, i) => {
    digits[2 * i] = DIGITS.charCodeAt(byte >> 4)
    digits[2 * i + 1] = DIGITS.charCodeAt(byte & 15)
  })
  return latin1(digits, 0, digits.length)
}

function searchParams(items: readonly unknown[]): URLSearchParams | undefined {
  if (items.length % 2 !== 0 || !items.every(item => typeof item === 'string')) return undefined
  const params = new URLSearchParams()
  for (let i = 0; i < items.length; i += 2) params.append(items[i]!, items[i + 1]!)
  return params
}

function regexp(items: readonly unknown[]): RegExp | undefined {
  const [source, flags, lastIndex] = items
  if (items.length !== 3 || typeof source !== 'string' || typeof flags !== 'string') return undefined
  try {
    const made = new RegExp(source, flags)
    Reflect.set(made, 'lastIndex', lastIndex)
    return made
  } catch {
    // Not a pattern of this engine: the content does not fit the tag.
    return undefined
  }
}

/** The links in a payload, in its order. */
export function linksOf(payload: Uint8Array): readonly Link[] {
  const links: Link[] = []
  const reader = new Reader(payload)
  let left = 1
  while (left > 0) {
    const start = reader.at
    reader.head()
    left -= 1
    const { argument } = reader
    switch (reader.major << 5) {
      case MAJOR.bytes:
      case MAJOR.text:
        reader.take(argument)
        break
      case MAJOR.array:
        left += argument
        break
      case MAJOR.map:
        left += argument * 2
        break
      case MAJOR.tag:
        if (argument === TAG.link) links.push(readLink(reader, start))
        else left += 1
        break
      default:
        if (reader.major === 7 && argument === 27) reader.take(8)
    }
  }
  return links
}
