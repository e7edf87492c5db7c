/** What differs between Node and other hosts. This is Node's half. */
import { inspect, types } from 'node:util'

export type Bytes = Uint8Array

/** Whether a value is one of Node's Buffers, told by its prototype. */
export const bufferPrototype: object | undefined = Buffer.prototype

/** A Buffer of its own memory with the given bytes. */
export function toBuffer(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.alloc(bytes.length)
  buffer.set(bytes)
  return buffer
}

/** Bytes as a string of one character each, for comparing and for keys. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, start, end)
}

/** UTF-8 as a string. The bytes must be well-formed. */
export function utf8(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.prototype.utf8Slice.call(bytes, start, end)
}

export function isProxy(value: object): boolean {
  return types.isProxy(value)
}

const BRANDS: readonly ((value: unknown) => boolean)[] = [
  types.isMap,
  types.isSet,
  types.isPromise,
  types.isWeakMap,
  types.isWeakSet,
  types.isAnyArrayBuffer,
  types.isGeneratorObject,
  types.isMapIterator,
  types.isSetIterator,
  types.isModuleNamespaceObject,
  types.isExternal,
]

/** Whether a value has internal state that its own properties do not show, though `Object.prototype.toString` calls it an object. */
export function hasInternalState(value: object): boolean {
  return ArrayBuffer.isView(value) || BRANDS.some(brand => brand(value))
}

const LOOK = { maxArrayLength: 0, depth: 0, customInspect: false } as const
const BARE = /^[\w ()[\]]*\[(?: \.\.\. \d+ more items? )?\]$/

/**
 * Whether a large array or view may have enumerable properties beside its elements. Asks `util.inspect`, which counts
 * elements without naming them: 4 to 11 µs, where `Object.keys` takes 86 ms on a million elements.
 */
export function mayHaveExtras(value: object): boolean {
  return types.isProxy(value) || !BARE.test(inspect(value, LOOK))
}
