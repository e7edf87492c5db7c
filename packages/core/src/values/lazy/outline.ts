/** Says what an item of a stored payload is, and where its parts stand in it. Pure; builds no value. */
import { isViewTag } from '../../codec/build.ts'
import { linkBegins, readLink } from '../../codec/links.ts'
import { Reader } from '../../codec/reader.ts'
import type { Link } from '../../codec/types.ts'
import { MAJOR, TAG, VIEW_TAGS } from '../../digest/format.ts'
import { toHex } from '../../digest/hex.ts'
import { RiposteError } from '../../errors.ts'
import { byteStringOf, type ChunkList, chunkListOf } from '../chunk-list.ts'
import { ItemList } from './items.ts'

/** The link that an item is, if it is one. */
export function linkIn(item: Uint8Array): Link | undefined {
  if (!linkBegins(item, 0)) return undefined
  const reader = new Reader(item)
  reader.head()
  return readLink(reader, 0)
}

/** What an item is. */
export type Outline =
  /** What is loaded as a whole. */
  | { readonly is: 'whole'; readonly type: string }
  | { readonly is: 'instance'; readonly id: string }
  /** What is loaded as a whole, and whose type the content tells: a boxed primitive, or the name of an error's class. */
  | { readonly is: 'boxed' | 'error'; readonly content: Uint8Array }
  /** A container. Of an object and a Map keys and values by turns. */
  | { readonly is: 'object' | 'array' | 'map' | 'set'; readonly items: ItemList }
  /** Bytes that stand here, or in chunks. */
  | { readonly is: 'bytes'; readonly tags: readonly number[]; readonly content: Uint8Array | ChunkList }
  /** What a tag makes of an item that stands elsewhere. */
  | { readonly is: 'tagged'; readonly tag: number; readonly content: Uint8Array }
  /** Properties beside what a kind is made of. */
  | { readonly is: 'extra'; readonly properties: Uint8Array; readonly base: Uint8Array }
  | { readonly is: 'link' }

/**
 * The outline of an item, of which all bytes are given and no more.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when they are no stored form
 */
export function outlineOf(item: Uint8Array): Outline {
  return outlineIn(new Reader(item), false)
}

/** @param inner - whether the item is the content of a tag, where only what such tags are made of may stand: nesting is bounded */
function outlineIn(reader: Reader, inner: boolean): Outline {
  reader.head()
  const { argument } = reader
  switch (reader.major << 5) {
    case MAJOR.unsigned:
    case MAJOR.negative:
      return { is: 'whole', type: 'number' }
    case MAJOR.text:
      return { is: 'whole', type: 'string' }
    case MAJOR.bytes:
      return { is: 'bytes', tags: [], content: reader.take(argument) }
    case MAJOR.array:
      return { is: 'array', items: new ItemList(reader, argument) }
    case MAJOR.map:
      return { is: 'object', items: new ItemList(reader, argument * 2) }
    case MAJOR.tag:
      if (argument === TAG.link) return { is: 'link' }
      if (inner && !INNER.includes(argument)) throw reader.damaged('a tag has content of another kind')
      return outlineOfTag(argument, reader)
    default:
      return { is: 'whole', type: SIMPLE_TYPES[argument] ?? 'number' }
  }
}

/** Types of primitives have names in lower case, as `typeof` has them. */
export function isPrimitive(outline: Outline): boolean {
  return outline.is === 'whole' && /^[a-z]/.test(outline.type)
}

/** Tags that may stand right inside others. */
const INNER: readonly number[] = [TAG.chunks, TAG.wtf8, TAG.symbol, TAG.positiveBignum, TAG.negativeBignum]

/** Types of simple values by their number (RFC 8949 §3.3). */
const SIMPLE_TYPES: Readonly<Record<number, string>> = { 20: 'boolean', 21: 'boolean', 22: 'null', 23: 'undefined' }

/** Types of what is loaded as a whole, by tag. */
const WHOLE_TYPES: ReadonlyMap<number, string> = /* @__PURE__ */ new Map([
  [TAG.positiveBignum, 'bigint'],
  [TAG.negativeBignum, 'bigint'],
  [TAG.wtf8, 'string'],
  [TAG.symbol, 'symbol'],
  [TAG.date, 'Date'],
  [TAG.regexp, 'RegExp'],
  [TAG.uri, 'URL'],
  [TAG.searchParams, 'URLSearchParams'],
])

function outlineOfTag(tag: number, reader: Reader): Outline {
  const type = WHOLE_TYPES.get(tag)
  if (type !== undefined) return { is: 'whole', type }
  const content = reader.bytes.subarray(reader.at)
  switch (tag) {
    case TAG.map: {
      const items = listIn(reader)
      if (items.count % 2 !== 0) throw reader.damaged('a Map has a key without a value')
      return { is: 'map', items }
    }
    case TAG.set:
      return { is: 'set', items: listIn(reader) }
    case TAG.nullPrototype: {
      reader.head()
      if (reader.major << 5 !== MAJOR.map) throw reader.damaged('a tag has content of another kind')
      return { is: 'object', items: new ItemList(reader, reader.argument * 2) }
    }
    case TAG.boxed:
      return { is: 'boxed', content }
    case TAG.error:
      return { is: 'error', content: listIn(reader).at(0) }
    case TAG.extra: {
      const items = listIn(reader)
      return { is: 'extra', properties: items.at(0), base: items.at(1) }
    }
    case TAG.instance: {
      const id = byteStringOf(listIn(reader).at(0))
      if (id?.length !== 16) throw reader.damaged('an instance has no class id')
      return { is: 'instance', id: toHex(id) }
    }
  }
  return outlineOfBytes(tag, content, reader)
}

function outlineOfBytes(tag: number, content: Uint8Array, reader: Reader): Outline {
  if (tag === TAG.chunks) {
    const list = chunkListOf(reader.bytes)
    if (list === undefined) throw reader.damaged('a list of chunks is none')
    return { is: 'bytes', tags: [], content: list }
  }
  if (!BYTE_TYPES.has(tag)) throw reader.damaged(`tag ${tag} is not known`)
  const inner = outlineIn(new Reader(content), true)
  if (inner.is === 'link') return { is: 'tagged', tag, content }
  if (inner.is !== 'bytes') throw reader.damaged(`tag ${tag} has content of another kind`)
  return { ...inner, tags: [tag, ...inner.tags] }
}

/** What bytes become by the tag around them. Numbers that were packed are an array. */
const BYTE_TYPES: ReadonlyMap<number | undefined, string> = /* @__PURE__ */ new Map<number | undefined, string>([
  ...Object.entries(VIEW_TAGS).map(([name, tag]) => [tag, name] as const),
  [TAG.packedNumbers, 'Array'],
  [TAG.buffer, 'Buffer'],
  [TAG.arrayBuffer, 'ArrayBuffer'],
  [TAG.sharedArrayBuffer, 'SharedArrayBuffer'],
  [TAG.dataView, 'DataView'],
])

/** The type of bytes, and how many of them make an element. */
export function bytesType(tags: readonly number[]): { readonly type: string; readonly width: number } {
  const [tag] = tags
  // Tags without a name were refused.
  const type = BYTE_TYPES.get(tag)!
  if (tag === TAG.packedNumbers) return { type, width: 8 }
  // RFC 8746 §2.1: the last two bits are the logarithm of the width of integers, one bit more makes them floats.
  return { type, width: tag !== undefined && isViewTag(tag) ? 2 ** (((tag >> 4) & 1) + (tag & 3)) : 1 }
}

function listIn(reader: Reader): ItemList {
  reader.head()
  if (reader.major << 5 !== MAJOR.array) throw reader.damaged('a tag has content of another kind')
  return new ItemList(reader, reader.argument)
}

/** What says that a payload, sound by its seal, is no stored form. */
export function malformed(reason: string): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `stored bytes cannot be read: ${reason}`, { key: '', reason })
}
