/** What a tag makes of its content. */
import { latin1 } from '#host'
import { TAG } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'
import type { Registry } from '../registry/registry.ts'
import {
  addProperties,
  bufferOf,
  errorOf,
  HOLE,
  instanceOf,
  isViewTag,
  numbersOf,
  ownBuffer,
  regexpOf,
  sharedArrayBufferOf,
  urlOf,
  viewOf,
} from './build.ts'
import { fromWtf8 } from './wtf8.ts'

/** What a tag's content is looked at with. */
export interface TagContext {
  readonly registry: Registry
  /** Whether an array has holes, and so may be longer than its bytes account for. */
  isSparse(array: object): boolean
  /** Notes a value with extra properties: a tag around it would lose them, and none is written. */
  extend(value: object): void
  isExtended(value: object): boolean
}

/** The value of a tag is no value: the tag is none of ours. */
export const UNKNOWN_TAG: unique symbol = Symbol('unknown tag')

/**
 * The value of a tag, which takes over bytes in its content; `undefined` where the content does not fit it.
 *
 * @throws {RiposteError} `ERR_UNKNOWN_FORMAT` where this runtime has nothing of the kind; `ERR_UNKNOWN_CLASS`
 */
export function taggedValue(tag: number, content: unknown, context: TagContext): unknown {
  if (typeof content === 'object' && content !== null && context.isExtended(content)) return undefined
  if (isViewTag(tag)) return withBytes(content, bytes => viewOf(tag, bytes))
  switch (tag) {
    case TAG.positiveBignum:
      return withBytes(content, bytes => (bytes.length > BIGINT_BYTES ? undefined : magnitude(bytes)))
    case TAG.negativeBignum:
      return withBytes(content, bytes => (bytes.length > BIGINT_BYTES ? undefined : -1n - magnitude(bytes)))
    case TAG.wtf8:
      return withBytes(content, fromWtf8)
    case TAG.packedNumbers:
      return withBytes(content, numbersOf)
    case TAG.buffer:
      return withBytes(content, bufferOf)
    case TAG.arrayBuffer:
      return withBytes(content, ownBuffer)
    case TAG.sharedArrayBuffer:
      return withBytes(content, sharedArrayBufferOf)
    case TAG.dataView:
      return withBytes(content, bytes => new DataView(ownBuffer(bytes)))
    case TAG.uri:
      return typeof content === 'string' ? urlOf(content) : undefined
    case TAG.symbol:
      return typeof content === 'string' ? Symbol.for(content) : undefined
    case TAG.date:
      return typeof content === 'number' ? dateOf(content) : undefined
    case TAG.boxed:
      return isPrimitive(content) ? Object(content) : undefined
    case TAG.nullPrototype:
      return isProperties(content) ? Object.assign(Object.create(null), content) : undefined
    case TAG.error:
      // Its length first: an array with holes may be longer than any memory.
      return Array.isArray(content) && content.length === 6 && isProperties(content[5])
        ? errorOf(
            Array.from(content, (item, i) => (i in content ? item : HOLE)),
            content[5],
          )
        : undefined
    default:
      return isList(content, context) ? fromArray(tag, content, context) : undefined
  }
}

/** An array with an item for each of its elements. */
function isList(content: unknown, context: TagContext): content is readonly unknown[] {
  return Array.isArray(content) && !context.isSparse(content)
}

function fromArray(tag: number, items: readonly unknown[], context: TagContext): unknown {
  switch (tag) {
    case TAG.set: {
      const set = new Set(items)
      return set.size === items.length ? set : undefined
    }
    case TAG.map: {
      if (items.length % 2 !== 0) return undefined
      const map = new Map<unknown, unknown>()
      for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1])
      return map.size * 2 === items.length ? map : undefined
    }
    case TAG.searchParams:
      return searchParams(items)
    case TAG.regexp:
      return regexpOf(items)
    case TAG.extra: {
      const [extras, base] = items
      if (items.length !== 2 || !isProperties(extras) || !takesExtras(base)) return undefined
      if (!addProperties(extras, base)) return undefined
      context.extend(base)
      return base
    }
    case TAG.instance: {
      const [id, version, state] = items
      if (items.length !== 3 || !(id instanceof Uint8Array) || id.length !== 16 || typeof version !== 'number')
        return undefined
      return instanceOf(context.registry, id, version, state)
    }
    default:
      return UNKNOWN_TAG
  }
}

/** A date; `undefined` for a time that none has: one beyond the range or between milliseconds would become another. */
function dateOf(time: number): Date | undefined {
  const date = new Date(time)
  return Object.is(date.getTime(), time) ? date : undefined
}

const DIGITS = '0123456789abcdef'
/** Bytes that fit a bigint of either sign (V8: 2^30 bits). */
const BIGINT_BYTES = 2 ** 27 - 1

function isProperties(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** Whether extra properties are written before values of this kind: plain objects and errors have theirs in themselves. */
function takesExtras(base: unknown): base is object {
  if (typeof base !== 'object' || base === null || base instanceof Error) return false
  return !isProperties(base) && Object.getPrototypeOf(base) !== null
}

function isPrimitive(value: unknown): boolean {
  return value !== null && value !== undefined && typeof value !== 'object'
}

/** Applies `make` to bytes, if that is what the content is. */
function withBytes<T>(content: unknown, make: (bytes: Uint8Array) => T): T | undefined {
  return content instanceof Uint8Array && content.constructor === Uint8Array ? make(content) : undefined
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

/** Whether something is text that search parameters hold as it is. Of a lone surrogate they make another character. */
function isScalarText(item: unknown): item is string {
  return typeof item === 'string' && !/\p{Surrogate}/u.test(item)
}

function searchParams(items: readonly unknown[]): URLSearchParams | undefined {
  if (items.length % 2 !== 0 || !items.every(isScalarText)) return undefined
  const params = new URLSearchParams()
  for (let i = 0; i < items.length; i += 2) params.append(items[i]!, items[i + 1]!)
  return params
}
