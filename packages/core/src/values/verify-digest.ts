/**
 * Digests stored values again: a seal says that bytes are as they were written, this says that they are the value that
 * their address stands for. Links stay links, so that a value is checked entry by entry, whatever its size.
 */
import { sha256Hex, sha256HexOf } from '#hash'
import { decodeValue, linksOf } from '../codec/decode-value.ts'
import { formOf } from '../codec/encode-value.ts'
import { type OpenedEntry, openEntry } from '../codec/entry.ts'
import { addressOf } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import { LINK_ABOVE } from '../digest/format.ts'
import { type ErrorCode, isRiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import { anyClass } from './any-class.ts'
import { type ChunkItem, chunkList } from './byte-nodes.ts'
import { byteStringOf, type ChunkList, chunkLength, chunkListOf } from './chunk-list.ts'
import { type ReadableBackend, readHeaders } from './headers.ts'
import { neededLinks } from './needed-links.ts'

/** What came of it. */
export type Verdict =
  | { readonly is: 'sound' }
  /** A part that must be seen is not there. */
  | { readonly is: 'unverified' }
  /** Another value, or none. */
  | { readonly is: 'wrong'; readonly reason: string }
  /** Well-formed, but nothing that this version and this runtime can build. */
  | { readonly is: 'unreadable'; readonly reason: string }

/** Whether an entry, found whole by its seal, holds the value that its key stands for. */
export function* verifyEntry(values: ReadableBackend, key: Digest, entry: OpenedEntry): Steps<Verdict> {
  const { payload, formOf: value = key } = entry
  if (entry.formOf !== undefined && formOf(payload) !== key) return wrong('it is not the form that its key names')
  const links = linksIn(payload)
  if (links === undefined) return wrong('it is no stored form of a value')
  const named = new Set(entry.links)
  if (named.size !== links.size || [...links].some(link => !named.has(link))) {
    return wrong('its header does not name the links in it')
  }
  try {
    const list = chunkListOf(payload)
    const found = list === undefined ? yield* digestAgain(values, payload) : yield* digestChunks(values, payload, list)
    if (found === undefined) return { is: 'unverified' }
    if (found === value) return { is: 'sound' }
    // Damage in the header of a part may have misled about how it counts.
    for (const link of links) if ((yield* readParts(values, [link])) === undefined) return { is: 'unverified' }
    return wrong(`its value has the digest ${found}`)
  } catch (error) {
    // A kind or a pattern that a later runtime has, a value too large for this one; or bytes that somebody made up.
    if (CANNOT_BE_BUILT.some(code => isRiposteError(error, code))) {
      return { is: 'unreadable', reason: (error as Error).message }
    }
    throw error
  }
}

const CANNOT_BE_BUILT: readonly ErrorCode[] = [
  'ERR_UNKNOWN_FORMAT',
  'ERR_CORRUPT',
  'ERR_LIMIT',
  'ERR_UNDIGESTIBLE',
  'ERR_CYCLIC',
]

function wrong(reason: string): Verdict {
  return { is: 'wrong', reason }
}

function linksIn(payload: Uint8Array): ReadonlySet<Digest> | undefined {
  try {
    return new Set(linksOf(payload).map(addressOf))
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) return undefined
    throw error
  }
}

/** The digest of what a payload holds, or `undefined` when a part that is needed for it is not at hand. */
function* digestAgain(values: ReadableBackend, payload: Uint8Array): Steps<string | undefined> {
  const parts = new Map<Digest, Uint8Array>()
  let level: readonly Uint8Array[] = [payload]
  while (level.length > 0) {
    const wanted = new Set<Digest>()
    for (const each of level) {
      const links = linksOf(each)
      if (links.length === 0) continue
      for (const address of neededLinks(each)) wanted.add(address)
      for (const address of yield* unlinkable(values, links.map(addressOf))) wanted.add(address)
    }
    for (const address of parts.keys()) wanted.delete(address)
    const addresses = [...wanted]
    const read = yield* readParts(values, addresses)
    if (read === undefined) return undefined
    addresses.forEach((address, i) => {
      parts.set(address, read[i]!)
    })
    level = read
  }
  const registry = anyClass()
  return digest(decodeValue(payload, { registry, part: link => parts.get(addressOf(link)) }), { registry })
}

/** Parts that a `ref` cannot stand for: they are too small. */
function* unlinkable(values: ReadableBackend, addresses: readonly Digest[]): Steps<readonly Digest[]> {
  const headers = yield* readHeaders(values, addresses)
  return addresses.filter((_, i) => {
    const header = headers[i]!
    return typeof header === 'string' || !header.linkable
  })
}

function* readParts(values: ReadableBackend, addresses: readonly Digest[]): Steps<readonly Uint8Array[] | undefined> {
  if (addresses.length === 0) return []
  const read = yield* wait(values.get(addresses))
  const payloads: Uint8Array[] = []
  for (const [i, address] of addresses.entries()) {
    const bytes = read[i]
    const payload = bytes && payloadOf(address, bytes)
    if (payload === undefined) return undefined
    payloads.push(payload)
  }
  return payloads
}

/** A damaged part is found where it is the entry that is checked; here it only stands in the way. */
function payloadOf(address: Digest, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return openEntry(address, bytes).payload
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
}

/** The digest of bytes in chunks, of which one is held at a time. */
function* digestChunks(values: ReadableBackend, payload: Uint8Array, list: ChunkList): Steps<string | undefined> {
  const canonical: ChunkItem[] = []
  for (const [at, chunk] of list.chunks.entries()) {
    const read = typeof chunk === 'string' ? yield* readParts(values, [chunk]) : [chunk]
    if (read === undefined) return undefined
    const [encoding] = read
    if (byteStringOf(encoding!)?.length !== chunkLength(list, at)) return `of nothing: chunk ${at} has the wrong length`
    if (encoding!.length <= LINK_ABOVE) canonical.push(encoding!)
    // SHA-256 as hex digits.
    else canonical.push(typeof chunk === 'string' ? chunk : (sha256Hex(chunk) as Digest))
  }
  return sha256HexOf([payload.subarray(0, list.offset), chunkList(list.total, canonical).bytes])
}
