/** Reads stored bytes chunk by chunk, or a range of them, without the rest. */

import type { Digest } from '../digest/address.ts'
import { CHUNK_BYTES, TAG } from '../digest/format.ts'
import { RiposteError } from '../errors.ts'
import { run, type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { ByteRange } from './byte-range.ts'
import { byteStringOf, type ChunkList, chunkLength, chunkListOf } from './chunk-list.ts'
import { openOrRemove } from './corruption.ts'
import { loadValue, tellingOf } from './load.ts'

/** Pieces of up to 1 MiB: copies, each checked against its seal before it is given. */
export async function* loadByteStream(
  inside: Inside,
  key: Digest,
  { start = 0, end = Number.POSITIVE_INFINITY }: ByteRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  const payload = await run(readPayload(inside, key))
  const list = told(key, () => chunkListOf(payload))
  if (list === undefined || !list.tags.every(tag => tag === TAG.buffer)) {
    const bytes = told(key, () => byteStringOf(payload)) ?? (await wholeBytes(inside, key))
    for (let at = start; at < Math.min(end, bytes.length); at += CHUNK_BYTES) {
      yield new Uint8Array(bytes.subarray(at, Math.min(at + CHUNK_BYTES, end)))
    }
    return
  }
  const stop = Math.min(end, list.total)
  for (let at = start; at < stop; ) {
    inside.checkOpen()
    const index = Math.floor(at / CHUNK_BYTES)
    const from = index * CHUNK_BYTES
    const chunk = await run(readChunk(inside, key, list, index))
    const piece = new Uint8Array(chunk.subarray(at - from, stop - from))
    at += piece.length
    yield piece
  }
}

function* readPayload(inside: Inside, key: Digest): Steps<Uint8Array> {
  const { values } = inside.store
  const [bytes] = yield* wait(values.get([key]))
  if (bytes === undefined) throw new RiposteError('ERR_NOT_FOUND', `no value is stored as ${key}`, { key })
  return (yield* openOrRemove(inside, values, key, bytes)).payload
}

function* readChunk(inside: Inside, key: Digest, list: ChunkList, index: number): Steps<Uint8Array> {
  const { values } = inside.store
  const address = list.chunks[index]!
  if (typeof address !== 'string') return checked(told(key, () => byteStringOf(address)))
  const [bytes] = yield* wait(values.get([address]))
  if (bytes === undefined) {
    const message = `the chunk ${address}, to which ${key} links, is not stored: the value is no longer whole`
    throw new RiposteError('ERR_NOT_FOUND', message, { key: address })
  }
  const { payload } = yield* openOrRemove(inside, values, address, bytes)
  return checked(told(address, () => byteStringOf(payload)))

  function checked(content: Uint8Array | undefined): Uint8Array {
    if (content?.length !== chunkLength(list, index)) throw wrongChunk(key, index)
    return content
  }
}

/** What reads a payload, with failures that name the entry. */
function told<T>(address: Digest, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw tellingOf(address, error)
  }
}

function wrongChunk(key: Digest, index: number): RiposteError<'ERR_CORRUPT'> {
  const reason = `its chunk ${index} has another length than its list says`
  return new RiposteError('ERR_CORRUPT', `entry ${key} is corrupt: ${reason}`, { key, reason })
}

/** Bytes that are stored in another way, such as a small Buffer. */
async function wholeBytes(inside: Inside, key: Digest): Promise<Uint8Array> {
  const value = await run(loadValue(inside, key))
  if (value instanceof Uint8Array) return value
  throw new TypeError(
    `expected the digest of a Uint8Array or Buffer; ${key} is that of something else: load it with load`,
  )
}
