/**
 * What a record says of the code that computed its result: the first bytes of a digest, as a number, which a hit compares
 * at no cost; an array of bytes, a view even, costs it 0.2 µs.
 */
import type { Reader } from '../codec/reader.ts'
import { MAJOR } from '../digest/format.ts'
import type { ItemWriter } from './item-writer.ts'

/** Bytes of a source: as many as a number holds exactly. */
export const SOURCE = 6

export function writeSource(writer: ItemWriter, source: number): void {
  writer.hex(source.toString(16).padStart(2 * SOURCE, '0'))
}

/**
 * The source of a record that ends with one: it is found from the end, so that a hit passes over nothing. `undefined` where
 * something else ends the record.
 */
export function readSource({ bytes }: Reader): number | undefined {
  const start = bytes.length - SOURCE
  return bytes[start - 1] === (MAJOR.bytes | SOURCE) ? sourceAt(bytes, start) : undefined
}

/** The source that stands at a place where there are bytes enough. */
export function sourceAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at + 2]! << 24) | (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!
  return (bytes[at]! * 256 + bytes[at + 1]!) * 0x1_0000_0000 + (low >>> 0)
}
