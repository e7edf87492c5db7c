import { isForeignObjectPrototype, isPlain } from '../digest/kinds.ts'

/** A value that digests as a plain object: of this realm, of another, or without a prototype. */
export type PlainObject = Readonly<Record<PropertyKey, unknown>>

/** Whether a value is no more than its properties. */
export function isPlainObject(value: unknown): value is PlainObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: object | null = Object.getPrototypeOf(value)
  const plain = prototype === null || prototype === Object.prototype || isForeignObjectPrototype(prototype)
  return plain && isPlain(value, Object.keys(value).length)
}

/** The own enumerable symbols of a value. */
export function symbolKeys(value: object): readonly symbol[] {
  return Object.getOwnPropertySymbols(value).filter(key => Object.prototype.propertyIsEnumerable.call(value, key))
}
