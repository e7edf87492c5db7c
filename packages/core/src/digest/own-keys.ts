/** Which own properties of a value count beside its elements: the enumerable ones. */
import { mayHaveExtras } from '#host'
import { viewLength } from './little-endian.ts'

/** Above so many elements of a view the host is asked for extra properties; below, looking at all of them is faster. */
const ASK_HOST_ABOVE = 64

/** Whether a key is that of an element. */
export function isIndex(key: string, length: number): boolean {
  const index = Number(key)
  return index >= 0 && index < length && Number.isInteger(index) && String(index) === key
}

export function enumerableSymbols(value: object): readonly symbol[] {
  const symbols = Object.getOwnPropertySymbols(value)
  if (symbols.length === 0) return symbols
  return symbols.filter(key => Object.prototype.propertyIsEnumerable.call(value, key))
}

/** The string keys of an array or a boxed string that are not those of its elements. */
export function keysBeside(value: object, length: number): readonly string[] {
  return Object.keys(value).filter(key => !isIndex(key, length))
}

/** The string keys of a view that are not those of its elements, which come first and are all there. */
export function keysOfView(value: Uint8Array): readonly string[] {
  const length = viewLength(value)
  if (length > ASK_HOST_ABOVE && !mayHaveExtras(value)) return []
  return Object.keys(value).slice(length)
}
