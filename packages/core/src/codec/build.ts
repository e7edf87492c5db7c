/** Makes values from the parts that the decoder has read, one function a kind. Bytes choose among these and nothing else. */
import { bufferOver } from '#host'
import { ERROR_NAMES, VIEW_TAGS } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'
import { littleEndian } from '../digest/little-endian.ts'
import { isIndex } from '../digest/own-keys.ts'
import { RiposteError } from '../errors.ts'
import type { Registry } from '../registry/registry.ts'
import { ENTRY_FORMAT } from './entry.ts'
import { LONGEST_ARRAY } from './holes.ts'

/** Stands for an absent element: a hole of an array, a property that is elsewhere. */
export const HOLE: unique symbol = Symbol('hole')

/**
 * Sets an own enumerable property as a literal would, also one named `__proto__`. False where the target has no room for
 * it, such as another length for an array.
 */
export function setProperty(target: object, key: PropertyKey, value: unknown): boolean {
  // A view takes every number for an element, and makes one of what it is given.
  if (ArrayBuffer.isView(target) && typeof key === 'string' && (String(Number(key)) === key || key === '-0'))
    return false
  // Elements are not among the extra properties.
  if (Array.isArray(target) && typeof key === 'string' && isIndex(key, LONGEST_ARRAY)) return false
  if (key in target) {
    // There may be a setter on a prototype, or a hidden property of its own.
    if (key === 'length' && Array.isArray(target)) return false
    return define(target, key, value, true)
  }
  if (!Object.isExtensible(target)) return false
  ;(target as Record<PropertyKey, unknown>)[key] = value
  return true
}

function setHidden(target: object, key: string, value: unknown): void {
  define(target, key, value, false)
}

function define(target: object, key: PropertyKey, value: unknown, enumerable: boolean): boolean {
  // Without a prototype, lest a property planted on Object.prototype is taken for a part of the descriptor.
  const descriptor = { __proto__: null, value, writable: true, enumerable, configurable: true }
  return Reflect.defineProperty(target, key, descriptor)
}

/** The memory of bytes that were made for one value. */
export function ownBuffer(bytes: Uint8Array): ArrayBuffer {
  const { buffer } = bytes
  // A registered class may give bytes that are a view of more.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.length) return buffer
  return new Uint8Array(bytes).buffer
}

/** @throws {RiposteError} `ERR_UNKNOWN_FORMAT` */
export function sharedArrayBufferOf(bytes: Uint8Array): SharedArrayBuffer {
  // Browsers have it in pages of one origin only.
  if (typeof SharedArrayBuffer === 'undefined') throw notHere('a SharedArrayBuffer')
  const buffer = new SharedArrayBuffer(bytes.length)
  new Uint8Array(buffer).set(bytes)
  return buffer
}

export function bufferOf(bytes: Uint8Array): Uint8Array {
  return bufferOver(ownBuffer(bytes))
}

type ViewClass = new (buffer: ArrayBuffer) => ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }

const VIEW_NAMES: ReadonlyMap<number, string> = /* @__PURE__ */ new Map(
  Object.entries(VIEW_TAGS).flatMap(([name, tag]) => (tag === undefined ? [] : [[tag, name] as const])),
)

export function isViewTag(tag: number): boolean {
  return VIEW_NAMES.has(tag)
}

/**
 * A typed array; `undefined` where the length does not fit.
 *
 * @throws {RiposteError} `ERR_UNKNOWN_FORMAT`
 */
export function viewOf(tag: number, bytes: Uint8Array): ArrayBufferView | undefined {
  const name = VIEW_NAMES.get(tag) ?? 'a view of an unknown kind'
  const type = (globalThis as unknown as Readonly<Record<string, ViewClass | undefined>>)[name]
  if (type === undefined) throw notHere(`a ${name}`)
  const width = (type as unknown as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT
  if (bytes.length % width !== 0) return undefined
  return new type(ownBuffer(toLittleEndian(bytes, width)))
}

/** The numbers that were packed; `undefined` where the length does not fit. */
export function numbersOf(bytes: Uint8Array): number[] | undefined {
  if (bytes.length % 8 !== 0) return undefined
  const packed = new Float64Array(ownBuffer(toLittleEndian(bytes, 8)))
  const numbers: number[] = []
  for (let i = 0; i < packed.length; i += 1) numbers.push(packed[i]!)
  return numbers
}

function toLittleEndian(bytes: Uint8Array, width: number): Uint8Array {
  if (littleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}

/** From type, name, message, cause, errors and the map of its properties; a hole stands for what is among the properties. */
export function errorOf(parts: readonly unknown[]): Error | undefined {
  const [type, name, message, cause, errors, properties] = parts
  if (parts.length !== 6) return undefined
  if (!ERROR_NAMES.some(known => known === type) || typeof properties !== 'object' || properties === null)
    return undefined
  const prototype = (globalThis as unknown as Readonly<Record<string, { readonly prototype: Error }>>)[type as string]!
    .prototype
  const error = new Error()
  Object.setPrototypeOf(error, prototype)
  // The place where it was thrown is not stored; that of the decoder would mislead. First, for V8 looks at the name when this is set.
  setHidden(error, 'stack', `${typeof name === 'string' ? name : type}: ${typeof message === 'string' ? message : ''}`)
  if (name !== HOLE && name !== prototype.name) setHidden(error, 'name', name)
  if (message !== HOLE && message !== '') setHidden(error, 'message', message)
  if (cause !== HOLE && cause !== undefined) setHidden(error, 'cause', cause)
  if (errors !== HOLE && errors !== undefined) setHidden(error, 'errors', errors)
  return copyProperties(properties, error, 'stack') ? error : undefined
}

/** @throws {RiposteError} `ERR_UNKNOWN_FORMAT`: which patterns and flags there are differs from engine to engine */
export function regexpOf(items: readonly unknown[]): RegExp | undefined {
  const [source, flags, lastIndex] = items
  if (items.length !== 3 || typeof source !== 'string' || typeof flags !== 'string') return undefined
  try {
    const made = new RegExp(source, flags)
    Reflect.set(made, 'lastIndex', lastIndex)
    return made
  } catch (error) {
    if (error instanceof SyntaxError) throw notHere(`the pattern ${short(`/${source}/${flags}`)}`)
    throw error
  }
}

/** @throws {RiposteError} `ERR_UNKNOWN_FORMAT`: which hosts there can be depends on the edition of Unicode */
export function urlOf(href: string): URL {
  if (!URL.canParse(href)) throw notHere(`the URL ${short(href)}`)
  return new URL(href)
}

/** What only another runtime can build: nothing is wrong with the entry. */
function notHere(what: string): RiposteError<'ERR_UNKNOWN_FORMAT'> {
  const message = `stored bytes hold ${what}, which this runtime does not know; read them where they were written, or with a later runtime`
  return new RiposteError('ERR_UNKNOWN_FORMAT', message, { key: '', format: ENTRY_FORMAT })
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`
}

/**
 * Adds the own properties of `source`, all enumerable, to `target`. False where one has no room, or would take the place of another.
 *
 * @param replaced - the one that may be there already
 */
export function copyProperties(source: object, target: object, replaced?: string): boolean {
  return Reflect.ownKeys(source).every(
    key =>
      (key === replaced || !Object.hasOwn(target, key)) &&
      setProperty(target, key, (source as Readonly<Record<PropertyKey, unknown>>)[key]),
  )
}

/** @throws {RiposteError} `ERR_UNKNOWN_CLASS` */
export function instanceOf(registry: Registry, idBytes: Uint8Array, version: number, state: unknown): object {
  const id = toHex(idBytes)
  const registered = registry.ofId(id)
  if (registered === undefined) {
    throw new RiposteError(
      'ERR_UNKNOWN_CLASS',
      `a stored instance is of class ${shortId(id)}, which is not registered: register it with registerClass before loading`,
      { id },
    )
  }
  return registered.build(state, version)
}

/** An id as people write it: without the zeros that it was filled up with. */
function shortId(id: string): string {
  return id.replace(/(?<=^(?:..)*)(?:00)+$/, '').padEnd(8, '0')
}
