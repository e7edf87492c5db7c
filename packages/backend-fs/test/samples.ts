import { createHash } from 'node:crypto'
import type { Digest, Entry, EntryInfo } from '@riposte/core'
import { asDigest } from '@riposte/core'

/** A key that begins with the given digits. */
export function keyFrom(digits: string): Digest {
  return asDigest(digits.padEnd(64, '0'))
}

/** Bytes under their own hash, so that whoever finds them can tell whether they are whole. */
export function hashed(bytes: Uint8Array): Entry {
  return { key: asDigest(createHash('sha256').update(bytes).digest('hex')), bytes }
}

export function isWhole(key: Digest, bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && hashed(bytes).key === key
}

export function text(content: string): Uint8Array {
  return new TextEncoder().encode(content)
}

export async function listed(entries: Iterable<EntryInfo> | AsyncIterable<EntryInfo>): Promise<EntryInfo[]> {
  const all: EntryInfo[] = []
  for await (const info of entries) all.push(info)
  return all
}
