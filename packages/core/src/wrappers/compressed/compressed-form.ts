/**
 * An entry whose end is compressed:
 *
 *     byte 0       format number of the entry, with bit 0x40 set: who reads without this wrapper leaves it alone
 *     byte 1       flags of the entry, and the algorithm: 0x10 brotli, 0x20 zstd
 *     then         the first bytes of the entry as they are: the header whole, and 520 bytes at least
 *     8 bytes      length of what is compressed, unpacked, big-endian
 *     then         the rest of the entry, compressed
 *
 * What is given in this form already is kept as it is, after the two bytes 0x41 and 0xff.
 *
 * The seal is that of the plain entry. The first bytes stay plain so that headers, which are read in numbers, are read
 * without unpacking anything.
 */
import { brotli, zstd } from '#host'
import { headerLength } from '../../codec/entry.ts'
import type { Compressor } from '../../host/compressor.ts'

const COMPRESSED = 0x40
const FORMAT = 1
/** What readers of headers ask for first. */
const PLAIN_BYTES = 520
const LENGTH_BYTES = 8
const TWO_32 = 2 ** 32

export type Algorithm = 'brotli' | 'zstd'

const FLAGS: Readonly<Record<Algorithm, number>> = { brotli: 0x10, zstd: 0x20 }
const ANY_FLAG = 0x30

/** What this runtime has. */
export const COMPRESSORS: Readonly<Record<Algorithm, Compressor | undefined>> = { brotli, zstd }

const ESCAPE: Uint8Array = /* @__PURE__ */ Uint8Array.of(FORMAT | COMPRESSED, 0xff)
/** Bytes that are added to what is kept as it is. */
export const ESCAPE_BYTES = 2

/** Whether bytes are in the compressed form, whole or not. */
export function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === (FORMAT | COMPRESSED) && !isEscaped(bytes)
}

/** Whether bytes were kept as they are because they looked compressed. */
export function isEscaped(bytes: Uint8Array): boolean {
  return bytes[0] === ESCAPE[0] && bytes[1] === ESCAPE[1]
}

/** How many first bytes of a compressed entry are those of the plain one; `undefined` when its header is not whole. */
export function plainLength(bytes: Uint8Array): number | undefined {
  const header = headerLength(unmarked(bytes.subarray(0, PLAIN_BYTES)))
  return header === undefined ? undefined : Math.max(header, PLAIN_BYTES)
}

/** How new entries are compressed. */
export interface Packing {
  readonly algorithm: Algorithm
  readonly above: number
  readonly level: number | undefined
}

/** What is stored of an entry: the entry as it is, where that is no larger. */
export function compressEntry(bytes: Uint8Array, packing: Packing): Uint8Array {
  if (bytes[0] !== (FORMAT | COMPRESSED)) return compressed(bytes, packing) ?? bytes
  const escaped = new Uint8Array(ESCAPE_BYTES + bytes.length)
  escaped.set(ESCAPE)
  escaped.set(bytes, ESCAPE_BYTES)
  return escaped
}

function compressed(bytes: Uint8Array, { algorithm, above, level }: Packing): Uint8Array | undefined {
  const header = headerLength(bytes)
  if (header === undefined || bytes.length - header <= above) return undefined
  const start = Math.max(header, PLAIN_BYTES)
  if (bytes.length <= start + LENGTH_BYTES) return undefined
  const rest = bytes.subarray(start)
  // Whoever asks for an algorithm was told at once if there is none.
  const packed = COMPRESSORS[algorithm]!.compress(rest, level)
  if (packed.length + LENGTH_BYTES >= rest.length) return undefined
  const stored = new Uint8Array(start + LENGTH_BYTES + packed.length)
  stored.set(bytes.subarray(0, start))
  stored[0] = FORMAT | COMPRESSED
  stored[1] = bytes[1]! | FLAGS[algorithm]
  const view = new DataView(stored.buffer)
  view.setUint32(start, Math.floor(rest.length / TWO_32))
  view.setUint32(start + 4, rest.length % TWO_32)
  stored.set(packed, start + LENGTH_BYTES)
  return stored
}

/**
 * The plain entry. What cannot be unpacked comes back with a plain header and will not fit its seal; what is packed
 * with an algorithm that this runtime lacks comes back as it is, of a format that is not known.
 */
export function decompressEntry(bytes: Uint8Array): Uint8Array {
  if (!isCompressed(bytes)) return isEscaped(bytes) ? bytes.subarray(ESCAPE_BYTES) : bytes
  const start = plainLength(bytes)
  const algorithm = (Object.keys(FLAGS) as Algorithm[]).find(name => FLAGS[name] === (bytes[1]! & ANY_FLAG))
  if (start === undefined || algorithm === undefined || bytes.length < start + LENGTH_BYTES) return unmarked(bytes)
  const compressor = COMPRESSORS[algorithm]
  if (compressor === undefined) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getUint32(start) * TWO_32 + view.getUint32(start + 4)
  const rest = unpack(compressor, bytes.subarray(start + LENGTH_BYTES), length)
  if (rest?.length !== length) return unmarked(bytes)
  const plain = new Uint8Array(start + length)
  plain.set(bytes.subarray(0, start))
  plain[0] = FORMAT
  plain[1] = bytes[1]! & ~ANY_FLAG
  plain.set(rest, start)
  return plain
}

/** First bytes of the plain entry, from first bytes of the compressed one. */
export function plainStart(bytes: Uint8Array): Uint8Array {
  if (!isCompressed(bytes)) return isEscaped(bytes) ? bytes.subarray(ESCAPE_BYTES) : bytes
  return unmarked(bytes).subarray(0, plainLength(bytes))
}

function unmarked(bytes: Uint8Array): Uint8Array {
  const plain = bytes.slice()
  if (plain.length > 0) plain[0] = plain[0]! & ~COMPRESSED
  if (plain.length > 1) plain[1] = plain[1]! & ~ANY_FLAG
  return plain
}

function unpack(compressor: Compressor, packed: Uint8Array, length: number): Uint8Array | undefined {
  try {
    return compressor.decompress(packed, length)
  } catch {
    // Bytes that are none of the algorithm's, or more than was promised: to the reader above the entry is corrupt.
    return undefined
  }
}
