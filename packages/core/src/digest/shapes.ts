/**
 * Objects made in one place share their keys. A shape keeps, for one list of keys, the order in which the digest
 * wants them and their encodings: 1.6 to 1.8 times faster than sorting and encoding keys for every object.
 */
import { encodeText } from './text.ts'

export interface Shape {
  /** As `Object.keys` gives them. */
  readonly keys: readonly string[]
  /** The encoding of each key, in the same order. */
  readonly encoded: readonly Uint8Array[]
  /** The same bytes, four to a little-endian word, the last filled up with zeros. */
  readonly words: readonly Int32Array[]
  /** Indices into `keys`, ascending by encoding; `undefined` where the keys are in that order already. */
  readonly order: readonly number[] | undefined
}

/** Keys of larger objects are more likely data than a shape. */
const MOST_KEYS = 64
const SHAPES_PER_COUNT = 16

/** A bounded table of recent shapes. */
export class Shapes {
  readonly #byCount: Shape[][] = []

  /** The shape of an object with these own string keys. */
  of(keys: readonly string[]): Shape {
    const count = keys.length
    if (count > MOST_KEYS) return makeShape(keys)
    let recent = this.#byCount[count]
    if (recent === undefined) {
      recent = []
      this.#byCount[count] = recent
    }
    search: for (let i = 0; i < recent.length; i += 1) {
      const shape = recent[i]!
      const known = shape.keys
      for (let k = 0; k < count; k += 1) if (known[k] !== keys[k]) continue search
      if (i > 0) {
        recent[i] = recent[i - 1]!
        recent[i - 1] = shape
      }
      return shape
    }
    const shape = makeShape(keys)
    if (recent.length === SHAPES_PER_COUNT) recent.pop()
    recent.unshift(shape)
    return shape
  }
}

function makeShape(keys: readonly string[]): Shape {
  const encoded = keys.map(encodeText)
  const order = keys.map((_, i) => i).sort((a, b) => compareBytes(encoded[a]!, encoded[b]!))
  return { keys, encoded, words: encoded.map(wordsOf), order: order.every((at, i) => at === i) ? undefined : order }
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const view = new DataView(new ArrayBuffer((bytes.length + 3) & ~3))
  for (let i = 0; i < bytes.length; i += 1) view.setUint8(i, bytes[i]!)
  return Int32Array.from({ length: view.byteLength / 4 }, (_, i) => view.getInt32(4 * i, true))
}

/** Bytewise, as RFC 8949 §4.2.1 orders the keys of a map. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i += 1) if (a[i] !== b[i]) return a[i]! - b[i]!
  return a.length - b.length
}
