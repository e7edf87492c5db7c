/**
 * Digest format 1: the numbers that stand in canonical encodings. They are frozen: a change of any of them is a new
 * format. `spec/digest.md` describes them for other languages.
 */

/** A part whose canonical encoding takes more bytes than this is written as a link to its digest. */
export const LINK_ABOVE = 1024
/** Bytes beyond this are a list of chunks of this size. */
export const CHUNK_BYTES = 1_048_576
/** Arrays of more numbers than this are packed. */
export const PACK_ABOVE = 8

/** CBOR major types (RFC 8949 §3.1), shifted to their place in the initial byte. */
export const MAJOR = {
  unsigned: 0x00,
  negative: 0x20,
  bytes: 0x40,
  text: 0x60,
  array: 0x80,
  map: 0xa0,
  tag: 0xc0,
} as const

/** CBOR simple values and the initial byte of a 64-bit float (RFC 8949 §3.3). */
export const SIMPLE = { false: 0xf4, true: 0xf5, null: 0xf6, undefined: 0xf7, float64: 0xfb } as const

/** Registered CBOR tags, and a block of this format's own from 21072 ('RP' in ASCII). */
export const TAG = {
  positiveBignum: 2,
  negativeBignum: 3,
  uri: 32,
  set: 258,
  wtf8: 273,
  link: 21072,
  packedNumbers: 21073,
  holes: 21074,
  map: 21075,
  date: 21076,
  regexp: 21077,
  error: 21078,
  buffer: 21079,
  arrayBuffer: 21080,
  sharedArrayBuffer: 21081,
  dataView: 21082,
  boxed: 21083,
  symbol: 21084,
  nullPrototype: 21085,
  extra: 21086,
  instance: 21087,
  chunks: 21088,
  ownDigest: 21089,
  searchParams: 21090,
} as const

/** Typed arrays by the tags of RFC 8746 (little-endian where it matters); a `Uint8Array` is a bare byte string. */
export const VIEW_TAGS: Readonly<Record<string, number | undefined>> = {
  Uint8Array: undefined,
  Uint8ClampedArray: 68,
  Uint16Array: 69,
  Uint32Array: 70,
  BigUint64Array: 71,
  Int8Array: 72,
  Int16Array: 77,
  Int32Array: 78,
  BigInt64Array: 79,
  Float16Array: 84,
  Float32Array: 85,
  Float64Array: 86,
}

/** The built-in error classes, by name in encodings. */
export const ERROR_NAMES = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
] as const

/** What of an error counts also where it is not enumerable, in the order of encodings. */
export const ERROR_FIELDS = ['name', 'message', 'cause', 'errors'] as const
