/** Reads the items of a record, as `ItemWriter` writes them. */
import type { Reader } from '../codec/reader.ts'
import { MAJOR, SIMPLE } from '../digest/format.ts'

/** Fields of a record of which no source is known; a source is one more, and the last. */
export const FIELDS = 10
/** The major type of simple values and floats, and their arguments. */
export const OTHER = 0xe0
export const FALSE: number = SIMPLE.false & 31
export const TRUE: number = SIMPLE.true & 31
export const UNDEFINED: number = SIMPLE.undefined & 31
const FLOAT: number = SIMPLE.float64 & 31

/** Reads the head of an item; returns its major type, in place. */
export function kindOf(reader: Reader): number {
  reader.head()
  return reader.major << 5
}

/** A number, or `undefined` where that stands; `null` where it is neither. */
export function readTime(reader: Reader): number | undefined | null {
  const kind = kindOf(reader)
  const { argument } = reader
  if (kind === MAJOR.unsigned) return argument
  if (kind === MAJOR.negative) return -1 - argument
  if (kind === OTHER && argument === FLOAT) return reader.float64()
  return kind === OTHER && argument === UNDEFINED ? undefined : null
}
