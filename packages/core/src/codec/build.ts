/** Makes values from the parts that the decoder has read, one function a kind. Bytes choose among these and nothing else. */
import { bufferOver } from '#host'
import { ERROR_FIELDS, ERROR_NAMES, VIEW_TAGS } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'
import { swapUnlessLittle } from '../digest/little-endian.ts'
import { isIndex } from '../digest/own-keys.ts'
import { RiposteError } from '../errors.ts'
import type { Registry } from '../registry/registry.ts'
import { ENTRY_FORMAT } from './entry.ts'
import { LONGEST_ARRAY } from './holes.ts'

/** Stands for an absent element: a hole of an array, a property that is elsewhere. */
export const HOLE: unique symbol = Symbol('hole')

/**
 * Adds an own enumerable property as a literal would, also one named `__proto__`. False where the target has one of that
 * name, such as the length of an array, or no room for it.
 */
export function addProperty(target: object, key: PropertyKey, value: unknown): boolean {
  // A typed array takes every number for an element, and makes one of what it is given.
  if (isTypedArray(target) && typeof key === 'string' && (String(Number(key)) === key || key === '-0')) return false
  // Elements are not among the extra properties.
  if (Array.isArray(target) && typeof key === 'string' && isIndex(key, LONGEST_ARRAY)) return false
  // There may be a setter on a prototype.
  if (key in target) return !Object.hasOwn(target, key) && define(target, key, value, true)
  if (!Object.isExtensible(target)) return false
  ;(target as Record<PropertyKey, unknown>)[key] = value
  return true
}

function isTypedArray(value: object): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
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
  return new type(ownBuffer(swapUnlessLittle(bytes, width)))
}

/** The numbers that were packed; `undefined` where the length does not fit. */
export function numbersOf(bytes: Uint8Array): number[] | undefined {
  if (bytes.length % 8 !== 0) return undefined
  const packed = new Float64Array(ownBuffer(swapUnlessLittle(bytes, 8)))
  const numbers: number[] = []
  for (let i = 0; i < packed.length; i += 1) numbers.push(packed[i]!)
  return numbers
}

/**
 * From type, name, message, cause and errors, where `HOLE` stands for what is among the properties. `undefined` where one
 * of them is said twice, or the type is no class of errors.
 */
export function errorOf(parts: readonly unknown[], properties: object): Error | undefined {
  const [type, name, message, cause, errors] = parts
  if (!ERROR_NAMES.some(known => known === type)) return undefined
  if (ERROR_FIELDS.some((field, i) => parts[i + 1] !== HOLE && Object.hasOwn(properties, field))) return undefined
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
  // Defined, for some have the name of what engines give an error of their own: `stack` everywhere, in some `line` or `fileName`.
  for (const key of Reflect.ownKeys(properties)) define(error, key, propertyOf(properties, key), true)
  return error
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

/** Adds the own properties of `source`, all enumerable, to `target`. False where one has no room. */
export function addProperties(source: object, target: object): boolean {
  return Reflect.ownKeys(source).every(key => addProperty(target, key, propertyOf(source, key)))
}

function propertyOf(value: object, key: PropertyKey): unknown {
  // Whatever has properties can be asked for them.
  return (value as Readonly<Record<PropertyKey, unknown>>)[key]
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
