/** Bytes in chunks, each a byte string in the list or a part of its own. They are copied once: out of their payloads. */
import { MAJOR, TAG } from '../digest/format.ts'
import type { Reader } from './reader.ts'

/** What a list of chunks is read with. */
export interface ChunkContext {
  /** Counts an item that is read. */
  count(): void
  /** The bytes that stand where a link that begins at `start` leads; `undefined` where they are not at hand. */
  linkedBytes(start: number): Uint8Array | undefined
}

/** Reads what follows the tag of chunks. */
export function readChunks(reader: Reader, context: ChunkContext): Uint8Array {
  context.count()
  const count = argumentOf(reader, MAJOR.array) - 1
  if (count < 0) throw reader.damaged('chunks have no length')
  context.count()
  const total = argumentOf(reader, MAJOR.unsigned)
  const chunks: Uint8Array[] = []
  let length = 0
  for (let i = 0; i < count; i += 1) {
    context.count()
    const chunk = readChunk(reader, context)
    chunks.push(chunk)
    length += chunk.length
  }
  if (length !== total) throw reader.damaged(`chunks hold ${length} bytes, not ${total}`)
  const bytes = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

function readChunk(reader: Reader, context: ChunkContext): Uint8Array {
  const start = reader.at
  reader.head()
  const { argument } = reader
  if (reader.major << 5 === MAJOR.bytes) return reader.take(argument)
  const linked = reader.major << 5 === MAJOR.tag && argument === TAG.link ? context.linkedBytes(start) : undefined
  if (linked === undefined) throw reader.damaged('a chunk is no byte string')
  return linked
}

/** The byte string that comes next: a view. */
export function readBytes(reader: Reader): Uint8Array {
  return reader.take(argumentOf(reader, MAJOR.bytes))
}

function argumentOf(reader: Reader, major: number): number {
  reader.head()
  if (reader.major << 5 === major) return reader.argument
  throw reader.damaged(`tag ${TAG.chunks} has content of another kind`)
}
