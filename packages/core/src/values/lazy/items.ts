import { holesBegin, LONGEST_ARRAY } from '../../codec/holes.ts'
import { passItem } from '../../codec/items.ts'
import type { Reader } from '../../codec/reader.ts'
import { MAJOR, TAG } from '../../digest/format.ts'
import { headLength, writeHead } from '../../digest/head.ts'

/** Where the items of a container stand. A run of holes is no item, but takes places. */
export class ItemList {
  readonly count: number
  /** How many places there are: of an array, its length. */
  readonly length: number
  readonly #reader: Reader
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** The item at each place, where some are holes. */
  readonly #byPlace: Map<number, number> | undefined

  /** Reads `count` items that follow. */
  constructor(reader: Reader, count: number) {
    this.#reader = reader
    let length = 0
    let byPlace: Map<number, number> | undefined
    for (let i = 0; i < count; i += 1) {
      const start = reader.at
      const holes = holesAt(reader)
      if (holes === undefined) {
        passItem(reader)
        byPlace?.set(length, this.#starts.length)
        this.#starts.push(start)
        this.#ends.push(reader.at)
        length += 1
      } else {
        byPlace ??= new Map(this.#starts.map((_, at) => [at, at]))
        length += holes
      }
    }
    if (length > LONGEST_ARRAY) throw reader.damaged('an array is longer than arrays can be')
    this.count = this.#starts.length
    this.length = length
    this.#byPlace = byPlace
  }

  /** The bytes of an item that is there. */
  at(i: number): Uint8Array {
    const start = this.#starts[i]
    if (start === undefined) throw this.#reader.damaged('an item is missing')
    return this.#reader.bytes.subarray(start, this.#ends[i])
  }

  /** The bytes of what stands at a place; `undefined` for a hole, and beyond the end. */
  place(place: number): Uint8Array | undefined {
    const i = this.#byPlace === undefined ? place : this.#byPlace.get(place)
    return i === undefined || i >= this.count || i < 0 ? undefined : this.at(i)
  }

  /** The places that hold something, ascending. */
  places(): readonly number[] {
    return this.#byPlace === undefined ? Array.from(this.#starts, (_, i) => i) : [...this.#byPlace.keys()]
  }

  /** An array of what stands from one place up to another, as a payload. */
  slice(start: number, end: number): Uint8Array {
    if (this.#byPlace === undefined) {
      if (start === end) return arrayOf([])
      return join([
        headOf(MAJOR.array, end - start),
        this.#reader.bytes.subarray(this.#starts[start], this.#ends[end - 1]),
      ])
    }
    const items: Uint8Array[] = []
    let next = start
    for (const [place, i] of this.#byPlace) {
      if (place < start || place >= end) continue
      if (place > next) items.push(holes(place - next))
      items.push(this.at(i))
      next = place + 1
    }
    if (end > next) items.push(holes(end - next))
    return arrayOf(items)
  }
}

/** An array of items, as a payload. */
export function arrayOf(items: readonly Uint8Array[]): Uint8Array {
  return join([headOf(MAJOR.array, items.length), ...items])
}

/** Bytes with tags around them, as a payload. */
export function bytesOf(tags: readonly number[], pieces: readonly Uint8Array[]): Uint8Array {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  return join([...tags.map(tag => headOf(MAJOR.tag, tag)), headOf(MAJOR.bytes, length), ...pieces])
}

function holes(count: number): Uint8Array {
  return join([headOf(MAJOR.tag, TAG.holes), headOf(MAJOR.unsigned, count)])
}

function holesAt(reader: Reader): number | undefined {
  if (!holesBegin(reader.bytes, reader.at)) return undefined
  reader.head()
  reader.head()
  if (reader.major << 5 === MAJOR.unsigned && reader.argument > 0) return reader.argument
  throw reader.damaged(`tag ${TAG.holes} has content of another kind`)
}

function headOf(major: number, argument: number): Uint8Array {
  const head = new Uint8Array(headLength(argument))
  writeHead(major, argument, head, 0)
  return head
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}
