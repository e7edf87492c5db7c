/** Bytes: of a Uint8Array and of all that is written as bytes. */
import { sha256HexOf } from '#hash'
import { CHUNK_BYTES, MAJOR, TAG } from './format.ts'
import type { Walk } from './walk.ts'

/** Bytes from this size up are hashed where they lie instead of being copied first. */
const NO_COPY_FROM = 16_384

/**
 * Bytes that end a part, which began at `start` and `storedStart`. Large ones are not copied into the output: they are
 * hashed with what the part begins with, which ends the part as `Walk.close` would.
 */
export function writeContent(walk: Walk, content: Uint8Array, start: number, at: number, storedStart: number): number {
  const { length } = content
  if (length > CHUNK_BYTES) return writeChunks(walk, content, at)
  const { output, stored } = walk
  const end = output.head(MAJOR.bytes, length, at)
  const copied = length < NO_COPY_FROM || length <= walk.linkAbove
  if (stored !== undefined && !(copied && length <= stored.inlineBelow)) {
    stored.follow(output, end)
    stored.append(content)
    if (copied) stored.skipTo(end + length)
  }
  if (copied) return output.append(content, end)

  const head = output.bytes.slice(start, end)
  const digest = sha256HexOf([head, content])
  walk.witness?.(joined(head, content), digest)
  if (stored !== undefined && stored.length - storedStart > stored.inlineBelow) stored.cut(storedStart, digest, true)
  return ~walk.link(start, digest)
}

function writeChunks(walk: Walk, content: Uint8Array, at: number): number {
  const { length } = content
  let end = walk.output.head(
    MAJOR.array,
    1 + Math.ceil(length / CHUNK_BYTES),
    walk.output.head(MAJOR.tag, TAG.chunks, at),
  )
  end = walk.part(length, end)
  for (let from = 0; from < length; from += CHUNK_BYTES) {
    const storedStart = walk.storedAt(end)
    const chunk = content.subarray(from, from + CHUNK_BYTES)
    end = walk.close(end, writeContent(walk, chunk, end, end, storedStart), storedStart)
  }
  return end
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}
