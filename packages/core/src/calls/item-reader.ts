/** Reads the items of a record, as `ItemWriter` writes them. */
import type { Reader } from '../codec/reader.ts'
import type { Digest } from '../digest/address.ts'
import { MAJOR, SIMPLE } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'

/** Fields of a record of which no source is known; a source is one more, and the last. */
export const FIELDS = 10
/** Bytes of a digest. */
export const DIGEST = 32
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

/** Reads the head of an item; whether it is this. */
export function isNext(reader: Reader, kind: number, argument: number): boolean {
  return kindOf(reader) === kind && reader.argument === argument
}

/** The digest that comes next; `undefined` where something else does. */
export function readDigest(reader: Reader): Digest | undefined {
  return isNext(reader, MAJOR.bytes, DIGEST) ? takeDigest(reader) : undefined
}

/** The digest behind a head that was read. */
export function takeDigest(reader: Reader): Digest {
  const { at } = reader
  reader.skip(DIGEST)
  // 32 bytes as hex digits are a digest by construction.
  return toHex(reader.bytes, at, DIGEST) as Digest
}
