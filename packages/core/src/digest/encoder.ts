/**
 * The one walk over a value. It writes the canonical encoding, in which a large part is replaced by its digest, and, if
 * a `StoredForm` is given, the stored form beside it, in which parts keep the order they came in. Every property is
 * read once, so both say the same even of getters.
 *
 * Containers recurse; what lies deeper than `MAX_DEPTH` is put off, encoded first, and found among the known parts
 * when the walk comes by again. So depth is bounded by memory, not by the stack.
 */

import { sha256Hex, sha256HexOf } from '#hash'
import { latin1, mayHaveExtras } from '#host'
import { addLinkItem, type StoredForm, type StoredPiece } from '../codec/stored-form.ts'
import { RiposteError } from '../errors.ts'
import { isRef } from '../ref.ts'
import type { RegisteredClass, Registry } from '../registry/registry.ts'
import { isDigest } from './address.ts'
import { CHUNK_BYTES, LINK_ABOVE, MAJOR, PACK_ABOVE, SIMPLE, TAG } from './format.ts'
import { writeHead } from './head.ts'
import { writeHex } from './hex.ts'
import { describe, isForeignArrayPrototype, isForeignObjectPrototype, isPlain, type Kind, kindOf } from './kinds.ts'
import { digestOf } from './own-digest.ts'
import { joinPaths, pathTo } from './path.ts'
import { type Shape, Shapes } from './shapes.ts'
import { textRoom, writeText } from './text.ts'

/** Levels of containers that one walk goes down. */
const MAX_DEPTH = 200
/** Containers after which parts are remembered, lest a part that stands in many places is encoded many times. */
const REMEMBER_AFTER = 10_000
/** Only parts of so many containers are remembered: below, encoding again is cheaper. */
const REMEMBER_ABOVE = 64
/** Content from this size up is hashed where it lies instead of being copied first. */
const NO_COPY_FROM = 16_384
/** Above so many elements the host is asked for extra properties; below, looking at all of them is faster. */
const ASK_HOST_ABOVE = 2000
const ASK_HOST_ABOVE_VIEW = 64
/** Room that is always there for a head, a number or a link. */
const SLACK = 128

const littleEndian = /* @__PURE__ */ (() => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1)()
const shapes = /* @__PURE__ */ new Shapes()

interface KnownPart {
  /** Its encoding as a part: itself or a link. */
  readonly canonical: Uint8Array
  readonly stored: StoredPiece | undefined
}

export interface EncoderOptions {
  readonly registry: Registry
  readonly stored?: StoredForm | undefined
  /** For measuring only: another threshold gives other digests. */
  readonly linkAbove?: number
  /** For tests and the spec: is shown each encoding that is hashed, whose bytes are the encoder's own. The value's comes last. */
  readonly witness?: ((encoding: Uint8Array, digest: string) => void) | undefined
}

export class Encoder {
  #bytes = new Uint8Array(65_536)
  #view = new DataView(this.#bytes.buffer)
  #firsts: Uint8Array[] = []
  #numbers = new Float64Array(64)
  #registry!: Registry
  #stored: StoredForm | undefined
  #linkAbove = LINK_ABOVE
  #witness: EncoderOptions['witness']
  #root: unknown
  #ancestors: object[] = []
  #depth = 0
  #containers = 0
  #known: Map<object, KnownPart> | undefined
  #putOff: Set<object> | undefined
  /** The digest that the link at the very start of the buffer holds, when the last write there was a link. */
  #linked: string | undefined

  /** The digest of a value, as hex. The encoder must not be in use. */
  digest(root: unknown, options: EncoderOptions): string {
    this.#registry = options.registry
    this.#stored = options.stored
    this.#linkAbove = options.linkAbove ?? LINK_ABOVE
    this.#witness = options.witness
    this.#root = root
    this.#depth = 0
    this.#containers = 0
    this.#linked = undefined
    try {
      const end = this.#whole(root)
      const digest = this.#linked ?? this.#hash(0, end)
      this.#stored?.finish(digest, this.#linked !== undefined)
      return digest
    } catch (error) {
      throw this.#explain(error)
    } finally {
      this.#ancestors.length = 0
      this.#root = undefined
      this.#known = undefined
      this.#putOff = undefined
      this.#stored = undefined
      this.#witness = undefined
      this.#remade = undefined
      this.#unsettled.length = 0
      if (this.#bytes.length > 4 * CHUNK_BYTES) this.#allocate(65_536)
    }
  }

  #whole(root: unknown): number {
    const mark = this.#stored?.mark()
    const end = this.#part(root, 0)
    if (this.#putOff === undefined) return end
    if (mark !== undefined) this.#stored?.rollBack(mark)
    // Only an object can have parts to put off.
    this.#encodePutOff(root as object)
    this.#linked = undefined
    const settled = this.#part(root, 0)
    if (this.#putOff !== undefined) throw this.#remaking(root as object)
    return settled
  }

  // ---- parts

  /** Writes a value as a part: itself, or a link to it where that is shorter than the threshold. Returns where it ends. */
  #part(value: unknown, at: number): number {
    if (at + SLACK > this.#bytes.length) this.#grow(at, SLACK)
    let end: number
    switch (typeof value) {
      case 'string':
        return this.#text(value, at)
      case 'number':
        end = this.#number(value, at)
        break
      case 'boolean':
        this.#bytes[at] = value ? SIMPLE.true : SIMPLE.false
        end = at + 1
        break
      case 'undefined':
        this.#bytes[at] = SIMPLE.undefined
        end = at + 1
        break
      case 'object':
        if (value !== null) return this.#container(value, at)
        this.#bytes[at] = SIMPLE.null
        end = at + 1
        break
      case 'bigint':
        end = this.#bigint(value, at)
        break
      case 'symbol':
        end = this.#symbol(value, at)
        break
      default:
        return this.#function(value as object, at)
    }
    this.#stored?.copy(this.#bytes, at, end)
    return end - at > this.#linkAbove ? this.#link(at, this.#hash(at, end)) : end
  }

  #text(value: string, at: number): number {
    const room = textRoom(value.length)
    if (at + room + SLACK > this.#bytes.length) this.#grow(at, room + SLACK)
    const end = writeText(value, this.#bytes, at)
    const stored = this.#stored
    if (stored === undefined) return end - at > this.#linkAbove ? this.#link(at, this.#hash(at, end)) : end
    const start = stored.length
    stored.copy(this.#bytes, at, end)
    return this.#close(at, end, start)
  }

  #number(value: number, at: number): number {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      return value < 0
        ? writeHead(MAJOR.negative, -1 - value, this.#bytes, at)
        : writeHead(MAJOR.unsigned, value, this.#bytes, at)
    }
    if (Number.isSafeInteger(value) && value !== 0) {
      return value < 0
        ? writeHead(MAJOR.negative, -1 - value, this.#bytes, at)
        : writeHead(MAJOR.unsigned, value, this.#bytes, at)
    }
    this.#bytes[at] = SIMPLE.float64
    // NaN has one encoding, whatever bits the engine keeps it in.
    if (Number.isNaN(value)) this.#view.setBigUint64(at + 1, 0x7ff8_0000_0000_0000n)
    else this.#view.setFloat64(at + 1, value)
    return at + 9
  }

  #bigint(value: bigint, at: number): number {
    const magnitude = value < 0n ? -1n - value : value
    let digits = magnitude === 0n ? '' : magnitude.toString(16)
    if (digits.length % 2 === 1) digits = `0${digits}`
    const length = digits.length / 2
    if (at + length + SLACK > this.#bytes.length) this.#grow(at, length + SLACK)
    let end = writeHead(MAJOR.tag, value < 0n ? TAG.negativeBignum : TAG.positiveBignum, this.#bytes, at)
    end = writeHead(MAJOR.bytes, length, this.#bytes, end)
    writeHex(digits, this.#bytes, end)
    return end + length
  }

  #symbol(value: symbol, at: number): number {
    const key = Symbol.keyFor(value)
    if (key === undefined) throw this.#refuse(value, 'only symbols made by Symbol.for are the same in every process')
    const room = textRoom(key.length)
    if (at + room + SLACK > this.#bytes.length) this.#grow(at, room + SLACK)
    return writeText(key, this.#bytes, writeHead(MAJOR.tag, TAG.symbol, this.#bytes, at))
  }

  #function(value: object, at: number): number {
    if (hasOwnDigest(value)) return this.#ownDigest(value, at)
    throw this.#refuse(value, 'functions cannot be told apart by content')
  }

  #ownDigest(value: { [digestOf](): unknown }, at: number): number {
    if (this.#stored !== undefined) {
      throw this.#error('ERR_UNDIGESTIBLE', value, 'digest only', 'has a digest of its own, but cannot be stored')
    }
    const digest = value[digestOf]()
    if (!isDigest(digest)) throw this.#refuse(value, `its [digestOf] gave ${describe(digest)} instead of a digest`)
    let end = writeHead(MAJOR.tag, TAG.ownDigest, this.#bytes, at)
    end = writeHead(MAJOR.bytes, 32, this.#bytes, end)
    writeHex(digest, this.#bytes, end)
    return end + 32
  }

  /**
   * Ends a part whose canonical encoding is `at..end` of the buffer and whose stored form began at `start`: each becomes
   * a link or an entry where it is large.
   */
  #close(at: number, end: number, start: number): number {
    const linked = end - at > this.#linkAbove
    const stored = this.#stored
    if (stored === undefined || stored.length - start <= stored.inlineBelow) {
      return linked ? this.#link(at, this.#hash(at, end)) : end
    }
    const digest = this.#hash(at, end)
    stored.cut(start, digest, linked)
    return linked ? this.#link(at, digest) : end
  }

  #link(at: number, digest: string): number {
    if (at === 0) this.#linked = digest
    return addLinkItem(this.#bytes, at, digest)
  }

  // ---- containers

  #container(value: object, at: number): number {
    const known = this.#known?.get(value)
    if (known !== undefined) return this.#repeat(known, at)
    if (this.#depth >= MAX_DEPTH) {
      this.#putOff ??= new Set()
      this.#putOff.add(value)
      return at
    }
    const ancestors = this.#ancestors
    const depth = this.#depth
    for (let i = depth - 1; i >= 0; i -= 1) if (ancestors[i] === value) throw this.#cyclic(value)
    ancestors[depth] = value
    this.#depth = depth + 1
    if (isRef(value)) {
      this.#depth -= 1
      return this.#reference(value, at)
    }
    const before = this.#containers
    this.#containers += 1
    const start = this.#stored?.length ?? 0

    const end = this.#close(at, this.#body(value, at), start)

    this.#depth -= 1
    if (this.#containers > REMEMBER_AFTER && this.#containers - before >= REMEMBER_ABOVE) {
      this.#remember(value, at, end, start)
      if (this.#stored !== undefined || this.#putOff !== undefined) this.#unsettled.push(value)
    }
    return end
  }

  #body(value: object, at: number): number {
    const prototype: object | null = Object.getPrototypeOf(value)
    if (Array.isArray(value)) {
      if (prototype === Array.prototype || (prototype !== null && isForeignArrayPrototype(prototype))) {
        return this.#array(value, at)
      }
    } else if (prototype === Object.prototype || (prototype !== null && isForeignObjectPrototype(prototype))) {
      return this.#plain(value, at)
    } else if (prototype === null) {
      return this.#plain(value, this.#head(MAJOR.tag, TAG.nullPrototype, at))
    }
    return this.#special(value, prototype, at)
  }

  /** A head into both forms. */
  #head(major: number, argument: number, at: number): number {
    if (at + SLACK > this.#bytes.length) this.#grow(at, SLACK)
    const end = writeHead(major, argument, this.#bytes, at)
    this.#stored?.copy(this.#bytes, at, end)
    return end
  }

  #plain(value: object, at: number): number {
    const keys = Object.keys(value)
    if (hasOwnDigest(value)) return this.#ownDigest(value, at)
    if (!isPlain(value, keys.length)) throw this.#refuse(value)
    const symbols = enumerableSymbols(value)
    const count = keys.length
    if (symbols.length > 0 || this.#stored !== undefined) return this.#entries(value, keys, symbols, at)
    const values: unknown[] = Object.values(value)
    if (values.length !== count) throw this.#changing(value)
    const { encoded, order } = shapes.of(keys)
    let end = this.#head(MAJOR.map, count, at)
    for (let i = 0; i < count; i += 1) {
      const from = order === undefined ? i : order[i]!
      end = this.#part(values[from], this.#key(encoded[from]!, end))
    }
    return end
  }

  #key(encoded: Uint8Array, at: number): number {
    const length = encoded.length
    if (at + length + SLACK > this.#bytes.length) this.#grow(at, length + SLACK)
    const bytes = this.#bytes
    if (length < 48) for (let i = 0; i < length; i += 1) bytes[at + i] = encoded[i]!
    else bytes.set(encoded, at)
    return at + length
  }

  /** The properties of an object as a map: in their own order in the stored form, sorted in the canonical. */
  #entries(value: object, keys: readonly string[], symbols: readonly symbol[], at: number): number {
    const { encoded }: Shape = shapes.of(keys)
    const properties = value as Readonly<Record<PropertyKey, unknown>>
    const begin = this.#head(MAJOR.map, keys.length + symbols.length, at)
    const ends: number[] = []
    let end = begin
    keys.forEach((key, i) => {
      const start = end
      end = this.#key(encoded[i]!, start)
      this.#stored?.copy(this.#bytes, start, end)
      end = this.#part(properties[key], end)
      ends.push(end)
    })
    for (const key of symbols) {
      const start = end
      end = this.#symbol(key, start)
      this.#stored?.copy(this.#bytes, start, end)
      end = this.#part(properties[key], end)
      ends.push(end)
    }
    this.#sort(begin, ends)
    return end
  }

  /** Sorts the pieces that begin at `begin` and end at `ends` by their bytes. */
  #sort(begin: number, ends: readonly number[]): void {
    const pieces = ends.map((end, i) => latin1(this.#bytes, i === 0 ? begin : ends[i - 1]!, end))
    if (pieces.every((piece, i) => i === 0 || pieces[i - 1]! <= piece)) return
    const order = pieces
      .map((_, i) => i)
      .sort((a, b) => (pieces[a]! < pieces[b]! ? -1 : pieces[a]! > pieces[b]! ? 1 : 0))
    const unsorted = this.#bytes.slice(begin, ends.at(-1))
    let at = begin
    for (const i of order) {
      const start = i === 0 ? begin : ends[i - 1]!
      this.#bytes.set(unsorted.subarray(start - begin, ends[i]! - begin), at)
      at += ends[i]! - start
    }
  }

  #array(value: readonly unknown[], at: number): number {
    const length = value.length
    if (Symbol.toStringTag in value) throw this.#refuse(value)
    // `Object.values` leaves out holes and adds extra properties: what has neither is as long as the array.
    const suspect =
      length > ASK_HOST_ABOVE
        ? mayHaveExtras(value)
        : Object.values(value).length !== length || Object.getOwnPropertySymbols(value).length > 0
    if (suspect) {
      const keys = Object.keys(value).filter(key => !isIndex(key, length))
      const symbols = enumerableSymbols(value)
      if (keys.length > 0 || symbols.length > 0) {
        return this.#extra(value, keys, symbols, at, from => this.#elements(value, from, true))
      }
    }
    return this.#elements(value, at)
  }

  /** `apart`: its extra properties, if any, were written before. */
  #elements(value: readonly unknown[], at: number, apart = false): number {
    const length = value.length
    if (length > PACK_ABOVE && typeof value[0] === 'number' && this.#fillNumbers(value)) {
      const packed = littleEndianBytes(this.#numbers.subarray(0, length))
      return this.#content(packed, this.#head(MAJOR.tag, TAG.packedNumbers, at))
    }
    const start = this.#stored?.length ?? 0
    let end = this.#head(MAJOR.array, length, at)
    for (let i = 0; i < length; i += 1) {
      const element = value[i]
      if (element === undefined && !Object.hasOwn(value, i)) {
        this.#stored?.truncate(start)
        return this.#sparse(value, at, apart)
      }
      end = this.#part(element, end)
    }
    return end
  }

  /** Collects the elements if all are numbers other than NaN. */
  #fillNumbers(value: readonly unknown[]): boolean {
    const length = value.length
    for (let i = 0; i < length; i += 1) {
      const number = value[i]
      if (typeof number !== 'number' || Number.isNaN(number)) return false
      if (i === this.#numbers.length) {
        const more = new Float64Array(2 * i)
        more.set(this.#numbers)
        this.#numbers = more
      }
      this.#numbers[i] = number
    }
    return true
  }

  /** An array with holes: each run of them is one item, so that an array of a billion holes is small. */
  #sparse(value: readonly unknown[], at: number, apart: boolean): number {
    const length = value.length
    const keys = Object.keys(value)
    const filled = keys.filter(key => isIndex(key, length)).map(Number)
    if (!apart && filled.length < keys.length) {
      // As many holes as extra properties: counting did not show them.
      const extra = keys.filter(key => !isIndex(key, length))
      return this.#extra(value, extra, [], at, from => this.#sparse(value, from, true))
    }
    let items = filled.length
    let next = 0
    for (const index of filled) {
      if (index > next) items += 1
      next = index + 1
    }
    if (length > next) items += 1
    let end = this.#head(MAJOR.array, items, at)
    next = 0
    for (const index of filled) {
      if (index > next) end = this.#holes(index - next, end)
      end = this.#part(value[index], end)
      next = index + 1
    }
    return length > next ? this.#holes(length - next, end) : end
  }

  #holes(count: number, at: number): number {
    return this.#head(MAJOR.unsigned, count, this.#head(MAJOR.tag, TAG.holes, at))
  }

  /** Properties beside what a kind is made of; written first, so that what follows cannot be mistaken for them. */
  #extra(
    value: object,
    keys: readonly string[],
    symbols: readonly symbol[],
    at: number,
    base: (at: number) => number,
  ): number {
    let end = this.#head(MAJOR.array, 2, this.#head(MAJOR.tag, TAG.extra, at))
    end = this.#entries(value, keys, symbols, end)
    const start = this.#stored?.length ?? 0
    return this.#close(end, base(end), start)
  }

  // ---- kinds other than plain objects and arrays

  #special(value: object, prototype: object | null, at: number): number {
    const registered = prototype === null ? undefined : this.#registry.ofPrototype(prototype)
    if (registered !== undefined) {
      let end = this.#head(MAJOR.array, 3, this.#head(MAJOR.tag, TAG.instance, at))
      end = this.#content(registered.idBytes, end)
      return this.#part(this.#stateOf(value, registered), this.#part(registered.version, end))
    }
    if (hasOwnDigest(value)) return this.#ownDigest(value, at)
    const kind = prototype === null ? undefined : kindOf(value, prototype)
    if (kind === undefined || Object.hasOwn(value, Symbol.toStringTag)) throw this.#refuse(value)
    if (kind.name === 'error') return this.#errorValue(value as Error, kind.type, at)
    const keys = extraKeys(value, kind)
    const symbols = enumerableSymbols(value)
    if (keys.length === 0 && symbols.length === 0) return this.#kind(value, kind, at)
    return this.#extra(value, keys, symbols, at, from => this.#kind(value, kind, from))
  }

  /** `kindOf` has proved what `value` is, so the casts hold. */
  #kind(value: object, kind: Exclude<Kind, { name: 'error' }>, at: number): number {
    switch (kind.name) {
      case 'map':
        return this.#map(value as ReadonlyMap<unknown, unknown>, at)
      case 'set':
        return this.#set(value as ReadonlySet<unknown>, at)
      case 'date':
        return this.#part(Date.prototype.getTime.call(value), this.#head(MAJOR.tag, TAG.date, at))
      case 'regexp': {
        const { source, flags, lastIndex } = value as RegExp
        const end = this.#head(MAJOR.array, 3, this.#head(MAJOR.tag, TAG.regexp, at))
        return this.#part(lastIndex, this.#part(flags, this.#part(source, end)))
      }
      case 'url':
        return this.#part((value as URL).href, this.#head(MAJOR.tag, TAG.uri, at))
      case 'searchParams':
        return this.#elements([...(value as URLSearchParams)].flat(), this.#head(MAJOR.tag, TAG.searchParams, at))
      case 'boxed':
        return this.#part(unboxed(value), this.#head(MAJOR.tag, TAG.boxed, at))
      case 'arrayBuffer':
        return this.#content(bytesOf(value as ArrayBuffer), this.#head(MAJOR.tag, TAG.arrayBuffer, at))
      case 'sharedArrayBuffer':
        return this.#content(bytesOf(value as SharedArrayBuffer), this.#head(MAJOR.tag, TAG.sharedArrayBuffer, at))
      case 'dataView':
        return this.#content(viewBytes(value as DataView), this.#head(MAJOR.tag, TAG.dataView, at))
      case 'buffer':
        return this.#content(viewBytes(value as Uint8Array), this.#head(MAJOR.tag, TAG.buffer, at))
      case 'view': {
        const bytes = littleEndianBytes(value as NumberView)
        return this.#content(bytes, kind.tag === undefined ? at : this.#head(MAJOR.tag, kind.tag, at))
      }
    }
  }

  #map(value: ReadonlyMap<unknown, unknown>, at: number): number {
    const size = sizeOfMap(value)
    const begin = this.#head(MAJOR.array, size * 2, this.#head(MAJOR.tag, TAG.map, at))
    const ends: number[] = []
    let end = begin
    for (const [key, element] of Map.prototype.entries.call(value)) {
      end = this.#part(element, this.#part(key, end))
      ends.push(end)
    }
    if (ends.length !== size) throw this.#changing(value)
    this.#sort(begin, ends)
    return end
  }

  #set(value: ReadonlySet<unknown>, at: number): number {
    const size = sizeOfSet(value)
    const begin = this.#head(MAJOR.array, size, this.#head(MAJOR.tag, TAG.set, at))
    const ends: number[] = []
    let end = begin
    for (const member of Set.prototype.values.call(value)) {
      end = this.#part(member, end)
      ends.push(end)
    }
    if (ends.length !== size) throw this.#changing(value)
    this.#sort(begin, ends)
    return end
  }

  /**
   * Name, message, cause and errors count also where they are not enumerable, and whether they are counts: those that are
   * enumerable are among the properties, and a hole stands in their place.
   */
  #errorValue(value: Error, type: string, at: number): number {
    let end = this.#head(MAJOR.array, 6, this.#head(MAJOR.tag, TAG.error, at))
    end = this.#part(type, end)
    for (const name of ['name', 'message', 'cause', 'errors'] as const) {
      if (Object.prototype.propertyIsEnumerable.call(value, name)) end = this.#holes(1, end)
      else end = this.#part((value as { readonly [field in typeof name]?: unknown })[name], end)
    }
    return this.#entries(value, Object.keys(value), enumerableSymbols(value), end)
  }

  // ---- bytes

  /** Bytes that end a container. Large ones are hashed where they lie, and so become a link at once. */
  #content(content: Uint8Array, at: number): number {
    const length = content.length
    if (length > CHUNK_BYTES) return this.#chunks(content, at)
    const end = this.#head(MAJOR.bytes, length, at)
    this.#stored?.append(content)
    if (end + length + SLACK > this.#bytes.length) this.#grow(end, length + SLACK)
    this.#bytes.set(content, end)
    return end + length
  }

  #chunks(content: Uint8Array, at: number): number {
    const length = content.length
    let end = this.#head(MAJOR.array, 1 + Math.ceil(length / CHUNK_BYTES), this.#head(MAJOR.tag, TAG.chunks, at))
    end = this.#part(length, end)
    for (let from = 0; from < length; from += CHUNK_BYTES) {
      end = this.#chunk(content.subarray(from, from + CHUNK_BYTES), end)
    }
    return end
  }

  #chunk(chunk: Uint8Array, at: number): number {
    if (at + SLACK > this.#bytes.length) this.#grow(at, SLACK)
    const stored = this.#stored
    const start = stored?.length ?? 0
    const headEnd = writeHead(MAJOR.bytes, chunk.length, this.#bytes, at)
    if (chunk.length < NO_COPY_FROM) {
      if (headEnd + chunk.length + SLACK > this.#bytes.length) this.#grow(headEnd, chunk.length + SLACK)
      this.#bytes.set(chunk, headEnd)
      stored?.copy(this.#bytes, at, headEnd + chunk.length)
      return this.#close(at, headEnd + chunk.length, start)
    }
    const head = this.#bytes.slice(at, headEnd)
    const digest = sha256HexOf([head, chunk])
    this.#witness?.(joined(head, chunk), digest)
    if (stored !== undefined) {
      stored.append(head)
      stored.append(chunk)
      if (stored.length - start > stored.inlineBelow) stored.cut(start, digest, true)
    }
    return this.#link(at, digest)
  }

  // ---- parts that stand in many places, or deep

  #reference(value: object, at: number): number {
    // Only `isRef` leads here.
    const { digest } = value as { readonly digest: string }
    const root = this.#root
    this.#stored?.claim(digest, value === root, () => pathTo(root, value))
    this.#stored?.link(digest)
    return this.#link(at, digest)
  }

  #repeat(known: KnownPart, at: number): number {
    const { canonical, stored } = known
    if (at + canonical.length + SLACK > this.#bytes.length) this.#grow(at, canonical.length + SLACK)
    this.#bytes.set(canonical, at)
    if (stored !== undefined) this.#stored?.paste(stored)
    if (at === 0) this.#linked = undefined
    return at + canonical.length
  }

  /** Remembered in this walk, for this walk only if something is put off in it: they may lack parts, or link to nodes that are rolled back. */
  #unsettled: object[] = []
  /** States of instances at the depth where parts are put off, to be found again: taking apart makes them anew. */
  #remade: Map<object, unknown> | undefined

  #stateOf(instance: object, registered: RegisteredClass): unknown {
    if (this.#depth < MAX_DEPTH) return registered.takeApart(instance)
    this.#remade ??= new Map()
    if (!this.#remade.has(instance)) this.#remade.set(instance, registered.takeApart(instance))
    return this.#remade.get(instance)
  }

  #remember(value: object, at: number, end: number, start: number): void {
    this.#known ??= new Map()
    this.#known.set(value, { canonical: this.#bytes.slice(at, end), stored: this.#stored?.piece(start) })
  }

  /** Encodes what a walk over `root` put off, deepest first. */
  #encodePutOff(root: object): void {
    const begun = new Set<object>([root])
    const frames: { readonly value: object; readonly rest: object[] }[] = [{ value: root, rest: this.#takePutOff() }]
    while (frames.length > 0) {
      const frame = frames[frames.length - 1]!
      const next = frame.rest.pop()
      if (next !== undefined) {
        if (this.#known?.has(next)) continue
        if (begun.has(next)) throw this.#cyclic(next)
        const rest = this.#tryPart(next)
        if (rest.length > 0) {
          begun.add(next)
          frames.push({ value: next, rest })
        }
      } else {
        frames.pop()
        // The root is encoded by the caller, as a part of nothing.
        if (frames.length > 0) {
          begun.delete(frame.value)
          if (this.#tryPart(frame.value).length > 0) throw this.#remaking(frame.value)
        }
      }
    }
  }

  /** Encodes a part and remembers it, or gives what of it was put off. */
  #tryPart(value: object): object[] {
    const mark = this.#stored?.mark()
    const start = this.#stored?.length ?? 0
    const end = this.#container(value, 0)
    const rest = this.#takePutOff()
    if (rest.length === 0) this.#remember(value, 0, end, start)
    if (mark !== undefined) {
      if (rest.length === 0) this.#stored?.truncate(start)
      else this.#stored?.rollBack(mark)
    }
    return rest
  }

  #takePutOff(): object[] {
    const rest = this.#putOff === undefined ? [] : [...this.#putOff]
    this.#putOff = undefined
    if (rest.length > 0) for (const value of this.#unsettled) this.#known?.delete(value)
    this.#unsettled.length = 0
    return rest
  }

  // ---- the buffer

  #hash(at: number, end: number): string {
    const bytes = at === 0 ? this.#first(end) : this.#bytes.subarray(at, end)
    const digest = sha256Hex(bytes)
    // Where a part was put off, it is not in these bytes.
    if (this.#putOff === undefined) this.#witness?.(bytes, digest)
    return digest
  }

  /** The first bytes of the buffer. Making a view takes 100 ns, so those of short encodings are kept. */
  #first(length: number): Uint8Array {
    if (length >= 4096) return this.#bytes.subarray(0, length)
    let view = this.#firsts[length]
    if (view === undefined) {
      view = this.#bytes.subarray(0, length)
      this.#firsts[length] = view
    }
    return view
  }

  #grow(used: number, room: number): void {
    const old = this.#bytes
    let size = old.length
    while (size < used + room) size *= 2
    this.#allocate(size)
    this.#bytes.set(old.subarray(0, used))
  }

  #allocate(size: number): void {
    this.#bytes = new Uint8Array(size)
    this.#view = new DataView(this.#bytes.buffer)
    this.#firsts = []
  }

  // ---- refusals

  #refuse(value: unknown, why?: string): RiposteError {
    const reason =
      why ??
      (typeof value === 'object' && value !== null
        ? 'it is of no supported kind and its class is not registered; register it with registerClass, or give it a [digestOf] method'
        : 'it is of no supported kind')
    return this.#error('ERR_UNDIGESTIBLE', value, describe(value), `has no digest: ${reason}`)
  }

  #error(code: 'ERR_UNDIGESTIBLE', value: unknown, kind: string, text: string): RiposteError {
    const path = pathTo(this.#root, value)
    const where = path === '' ? '' : ` at ${path}`
    return new RiposteError(code, `${describe(value)}${where} ${text}`, { path, kind })
  }

  #changing(value: object): RiposteError {
    return this.#error('ERR_UNDIGESTIBLE', value, describe(value), 'changes while it is read')
  }

  #remaking(value: object): RiposteError {
    return this.#error(
      'ERR_UNDIGESTIBLE',
      value,
      describe(value),
      `makes parts deeper than ${MAX_DEPTH} levels anew at every read`,
    )
  }

  #cyclic(value: object): RiposteError {
    const path = joinPaths(pathTo(this.#root, value), pathTo(value, value, { inside: true }))
    return new RiposteError('ERR_CYCLIC', `the value contains itself at ${path}; a cyclic value has no digest`, {
      path,
    })
  }

  /** What a getter, a proxy or a class's own code threw is the cause of a refusal that names the place. */
  #explain(error: unknown): unknown {
    if (error instanceof RiposteError) return error
    const holder = this.#ancestors[this.#depth - 1]
    const path = holder === undefined ? '' : pathTo(this.#root, holder)
    const where = path === '' ? 'it' : path
    return new RiposteError(
      'ERR_UNDIGESTIBLE',
      `reading ${where} failed: ${error instanceof Error ? error.message : String(error)}`,
      { path, kind: describe(holder) },
      { cause: error },
    )
  }
}

type NumberView = Exclude<NodeJS.TypedArray, Buffer> | Uint8Array

function isIndex(key: string, length: number): boolean {
  const index = Number(key)
  return index >= 0 && index < length && Number.isInteger(index) && String(index) === key
}

function enumerableSymbols(value: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(value)
  if (symbols.length === 0) return symbols
  return symbols.filter(key => Object.prototype.propertyIsEnumerable.call(value, key))
}

/** The own enumerable string keys of a value that are not what its kind is made of. */
function extraKeys(value: object, kind: Kind): readonly string[] {
  if (kind.name === 'view' || kind.name === 'buffer') {
    const { length } = value as Uint8Array
    if (length > ASK_HOST_ABOVE_VIEW && !mayHaveExtras(value)) return []
    return Object.keys(value).slice(length)
  }
  const keys = Object.keys(value)
  if (kind.name !== 'boxed') return keys
  const { length } = unboxed(value) as { readonly length?: number }
  return length === undefined ? keys : keys.filter(key => !isIndex(key, length))
}

function hasOwnDigest(value: object): value is { [digestOf](): unknown } {
  return digestOf in value && typeof value[digestOf] === 'function'
}

/** Sizes as they are, also where a property of the same name stands before them. */
const sizeOfMap = /* @__PURE__ */ sizeGetter<ReadonlyMap<unknown, unknown>>(Map.prototype)
const sizeOfSet = /* @__PURE__ */ sizeGetter<ReadonlySet<unknown>>(Set.prototype)

function sizeGetter<T>(prototype: object): (value: T) => number {
  const getter = Object.getOwnPropertyDescriptor(prototype, 'size')?.get
  // Every Map and Set has had this getter since there are any.
  return value => Reflect.apply(getter as () => number, value, [])
}

/** The primitive in a boxed one, also where it has a `valueOf` of its own. */
function unboxed(value: object): unknown {
  // Its prototype is that of a class of boxed primitives.
  const prototype = Object.getPrototypeOf(value) as { valueOf(): unknown }
  return Reflect.apply(prototype.valueOf, value, [])
}

function bytesOf(buffer: ArrayBufferLike): Uint8Array {
  return new Uint8Array(buffer)
}

function viewBytes(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

/** The bytes of a view's elements, the least significant byte first, as on all but a few machines they lie. */
function littleEndianBytes(view: NumberView): Uint8Array {
  const bytes = viewBytes(view)
  const width = view.BYTES_PER_ELEMENT
  if (littleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

const idle: Encoder[] = []

/** Lends an encoder; a getter or hook that digests inside a digest gets another one. */
export function withEncoder<T>(use: (encoder: Encoder) => T): T {
  const encoder = idle.pop() ?? new Encoder()
  try {
    return use(encoder)
  } finally {
    if (idle.length < 4) idle.push(encoder)
  }
}
