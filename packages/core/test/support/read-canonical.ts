/**
 * Reads canonical encodings with cborg, a CBOR decoder that shares nothing with ours, and builds the values that
 * `spec/digest.md` says they stand for. So a wrong encoding shows as another value, or as none.
 */
import { ref } from '@riposte/core'
import { decode, type EncodeOptions, encode, Tagged, Token, Tokenizer, Type } from 'cborg'
import { asDigest } from '../../src/digest/address.ts'

const VIEWS: Readonly<Record<number, string>> = {
  68: 'Uint8ClampedArray',
  69: 'Uint16Array',
  70: 'Uint32Array',
  71: 'BigUint64Array',
  72: 'Int8Array',
  77: 'Int16Array',
  78: 'Int32Array',
  79: 'BigInt64Array',
  85: 'Float32Array',
  86: 'Float64Array',
}
const TAGS = [2, 3, 32, 258, 273, ...Object.keys(VIEWS).map(Number), ...Array.from({ length: 20 }, (_, i) => 21072 + i)]

type Item = null | undefined | boolean | number | string | Uint8Array | readonly Item[] | ItemMap | Tagged
type ItemMap = ReadonlyMap<Item, Item>

/** Parses one encoding, which must be shortest in every head, definite in every length and end where it ends. */
export function parseCanonical(bytes: Uint8Array): Item {
  const options = {
    strict: true,
    allowIndefinite: false,
    useMaps: true,
    rejectDuplicateMapKeys: true,
    retainStringBytes: true,
  }
  const tokenizer = new WholeTexts(bytes, options)
  // What cborg makes of CBOR without floats of other widths, and with all tags preserved.
  return decode(bytes, { ...options, tokenizer, tags: Tagged.preserve(...TAGS) }) as Item
}

/** cborg drops a byte order mark at the start of a text. */
class WholeTexts extends Tokenizer {
  override next(): Token {
    const token = super.next()
    if (token.byteValue !== undefined) token.value = Buffer.from(token.byteValue).toString('utf8')
    return token
  }
}

const asTheyStand: NonNullable<EncodeOptions['mapSorter']> = () => 0

/** What cborg writes for a parsed item, with floats in 64 bits and the pairs of maps as they stand. */
export function writeAgain(item: Item): Uint8Array {
  return encode(item, {
    float64: true,
    mapSorter: asTheyStand,
    typeEncoders: { number: value => (Object.is(value, -0) ? new Token(Type.float, -0) : null) },
  })
}

/** The maps in an item whose keys are not ascending by their bytes: none, in a canonical encoding. */
export function unsortedMaps(item: Item): readonly ItemMap[] {
  if (item instanceof Tagged) return unsortedMaps(item.value)
  if (Array.isArray(item)) return item.flatMap(unsortedMaps)
  if (!(item instanceof Map)) return []
  const keys = [...item.keys()].map(key => Buffer.from(writeAgain(key)))
  const sorted = keys.every((key, i) => i === 0 || Buffer.compare(keys[i - 1]!, key) < 0)
  return [...(sorted ? [] : [item]), ...[...item.values()].flatMap(unsortedMaps)]
}

/** Builds the value of an encoding. Links lead to the other encodings; where there is none, a `ref` stands. */
export class CanonicalReader {
  readonly #encodings: ReadonlyMap<string, Uint8Array>
  /** Builds an instance of a registered class. */
  readonly #instance: (id: string, version: number, state: unknown) => unknown

  constructor(
    encodings: ReadonlyMap<string, Uint8Array>,
    instance?: (id: string, version: number, state: unknown) => unknown,
  ) {
    this.#encodings = encodings
    this.#instance =
      instance ??
      ((id, version) => {
        throw new Error(`there is no class ${id}, version ${version}`)
      })
  }

  read(bytes: Uint8Array): unknown {
    return this.#value(parseCanonical(bytes))
  }

  #value(item: Item): unknown {
    if (Array.isArray(item)) return this.#array(item)
    if (item instanceof Map) return this.#properties({}, item)
    if (item instanceof Tagged) return this.#tagged(item.tag, item.value)
    return item
  }

  #array(items: readonly Item[]): unknown[] {
    const array: unknown[] = []
    for (const item of items) {
      if (item instanceof Tagged && item.tag === 21074) array.length += Number(item.value)
      else array.push(this.#value(item))
    }
    return array
  }

  #properties(target: object, map: ItemMap): object {
    for (const [key, item] of map) {
      const name = this.#value(key)
      if (typeof name !== 'string' && typeof name !== 'symbol') throw new Error('a key is no name')
      Object.defineProperty(target, name, {
        value: this.#value(item),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return target
  }

  #tagged(tag: number, item: Item): unknown {
    const view = VIEWS[tag]
    if (view !== undefined) return this.#view(view, this.#content(item))
    switch (tag) {
      case 2:
        return bigint(bytes(item))
      case 3:
        return -1n - bigint(bytes(item))
      case 32:
        return new URL(String(this.#value(item)))
      case 258:
        return new Set(list(item).map(member => this.#value(member)))
      case 273:
        return wtf8(bytes(item))
      case 21072: {
        const digest = Buffer.from(bytes(item)).toString('hex')
        const encoding = this.#encodings.get(digest)
        return encoding === undefined ? ref(asDigest(digest)) : this.read(encoding)
      }
      case 21073: {
        const content = Buffer.from(this.#content(item))
        return Array.from({ length: content.length / 8 }, (_, i) => content.readDoubleLE(8 * i))
      }
      case 21075: {
        const parts = list(item).map(part => this.#value(part))
        return new Map(parts.flatMap((part, i) => (i % 2 === 0 ? [[part, parts[i + 1]]] : [])))
      }
      case 21076:
        return new Date(Number(this.#value(item)))
      case 21077: {
        const [source, flags, lastIndex] = list(item).map(part => this.#value(part))
        return Object.assign(new RegExp(String(source), String(flags)), { lastIndex })
      }
      case 21078:
        return this.#error(list(item))
      case 21079:
        return Buffer.from(this.#content(item))
      case 21080:
        return this.#content(item).slice().buffer
      case 21081: {
        const content = this.#content(item)
        const shared = new SharedArrayBuffer(content.length)
        new Uint8Array(shared).set(content)
        return shared
      }
      case 21082:
        return new DataView(this.#content(item).slice().buffer)
      case 21083:
        return Object(this.#value(item))
      case 21084:
        return Symbol.for(String(this.#value(item)))
      case 21085:
        return this.#properties(Object.create(null), map(item))
      case 21086: {
        const [extras, base] = list(item)
        // Only objects have properties beside.
        return this.#properties(this.#value(base) as object, map(extras))
      }
      case 21087: {
        const [id, version, state] = list(item)
        return this.#instance(Buffer.from(bytes(id)).toString('hex'), Number(version), this.#value(state))
      }
      case 21088:
        return this.#content(new Tagged(tag, item))
      case 21090: {
        const texts = list(item).map(part => String(this.#value(part)))
        return new URLSearchParams(
          texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1]!] as [string, string]] : [])),
        )
      }
      default:
        throw new Error(`tag ${tag} stands in no value that can be read`)
    }
  }

  #error(items: readonly Item[]): Error {
    const [type, ...fields] = items
    // The class is one of the global error classes.
    const { prototype } = (globalThis as unknown as Readonly<Record<string, { readonly prototype: Error }>>)[
      String(type)
    ]!
    const error = Object.setPrototypeOf(new Error(), prototype)
    for (const [i, name] of ['name', 'message', 'cause', 'errors'].entries()) {
      const field = fields[i]
      if (field instanceof Tagged && field.tag === 21074) continue
      const value = this.#value(field)
      // As of an error that has none.
      if (value === undefined) continue
      Object.defineProperty(error, name, {
        value,
        writable: true,
        enumerable: false,
        configurable: true,
      })
    }
    this.#properties(error, map(fields[4]))
    return error
  }

  #view(name: string, content: Uint8Array): unknown {
    // The views are global classes of the host.
    const type = (globalThis as unknown as Readonly<Record<string, new (buffer: ArrayBufferLike) => unknown>>)[name]!
    return new type(content.slice().buffer)
  }

  #content(item: Item): Uint8Array {
    if (item instanceof Uint8Array) return item
    if (!(item instanceof Tagged) || item.tag !== 21088) throw new Error('content is neither bytes nor chunks')
    const [length, ...chunks] = list(item.value)
    const joined = Buffer.concat(chunks.map(chunk => bytes(this.#value(chunk))))
    if (joined.length !== length) throw new Error('chunks do not add up')
    return new Uint8Array(joined)
  }
}

function list(item: Item): readonly Item[] {
  if (!Array.isArray(item)) throw new Error('an array was expected')
  return item
}

function map(item: Item): ItemMap {
  if (!(item instanceof Map)) throw new Error('a map was expected')
  return item
}

function bytes(item: unknown): Uint8Array {
  if (!(item instanceof Uint8Array)) throw new Error('bytes were expected')
  return item
}

function bigint(content: Uint8Array): bigint {
  return content.length === 0 ? 0n : BigInt(`0x${Buffer.from(content).toString('hex')}`)
}

/** By the generalized UTF-8 decoding of WTF-8: each character from one to four bytes. */
function wtf8(content: Uint8Array): string {
  const codes: number[] = []
  for (let at = 0; at < content.length; ) {
    const first = content[at]!
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    let code = length === 1 ? first : first & (0xff >> (length + 1))
    for (const byte of content.subarray(at + 1, at + length)) code = code * 64 + (byte & 63)
    codes.push(code)
    at += length
  }
  return codes.map(code => String.fromCodePoint(code)).join('')
}
