import { isTag } from '../codec/items.ts'
import { readLink } from '../codec/links.ts'
import { Reader } from '../codec/reader.ts'
import type { Digest } from '../digest/address.ts'
import { CHUNK_BYTES, MAJOR, TAG } from '../digest/format.ts'

/** Bytes that are stored as a list of their chunks. */
export interface ChunkList {
  /** The tags around them, which say of what kind they are; none for a `Uint8Array`. */
  readonly tags: readonly number[]
  /** Where in the payload the list begins. */
  readonly offset: number
  /** Bytes in all. */
  readonly total: number
  /** Where each chunk stands: in an entry of its own, or as its encoding in the list: a view. */
  readonly chunks: readonly (Digest | Uint8Array)[]
}

/**
 * The chunks that a payload lists, if it is a list of chunks.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when the payload is no stored form
 */
export function chunkListOf(payload: Uint8Array): ChunkList | undefined {
  const reader = new Reader(payload)
  const tags: number[] = []
  let offset = 0
  for (;;) {
    offset = reader.at
    reader.head()
    if (reader.major << 5 !== MAJOR.tag) return undefined
    if (reader.argument === TAG.chunks) break
    tags.push(reader.argument)
  }
  reader.head()
  if (reader.major << 5 !== MAJOR.array) return undefined
  const count = reader.argument - 1
  reader.head()
  if (reader.major << 5 !== MAJOR.unsigned) return undefined
  const total = reader.argument
  if (count !== Math.ceil(total / CHUNK_BYTES)) return undefined
  const chunks: (Digest | Uint8Array)[] = []
  while (chunks.length < count) {
    const chunk = readChunk(reader)
    if (chunk === undefined) return undefined
    chunks.push(chunk)
  }
  return reader.at === payload.length ? { tags, offset, total, chunks } : undefined
}

function readChunk(reader: Reader): Digest | Uint8Array | undefined {
  const start = reader.at
  reader.head()
  if (reader.major << 5 === MAJOR.bytes) {
    reader.take(reader.argument)
    return reader.bytes.subarray(start, reader.at)
  }
  if (!isTag(reader, TAG.link)) return undefined
  const { digest, form } = readLink(reader, start)
  // Bytes have one order only, so no link to them names a form.
  return form === undefined ? digest : undefined
}

/** How many bytes the chunk at this place holds. */
export function chunkLength({ total }: ChunkList, at: number): number {
  return Math.min(CHUNK_BYTES, total - at * CHUNK_BYTES)
}

/** The content of a payload that is a byte string and nothing else: a view. */
export function byteStringOf(payload: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(payload)
  reader.head()
  if (reader.major << 5 !== MAJOR.bytes) return undefined
  const content = reader.take(reader.argument)
  return reader.at === payload.length ? content : undefined
}
