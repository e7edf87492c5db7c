/**
 * An entry: one node with its header and seal.
 *
 *     byte 0      format number, 1
 *     byte 1      flags
 *     bytes 2-3   zero
 *     bytes 4-7   number of links, big-endian
 *     bytes 8-39  seal: SHA-256 of the whole entry with its key in the place of the seal
 *     from 40     the value's digest, only in a second form; the addresses of the links, 32 bytes each; the payload
 */
import { sha256Hex, sha256HexOf } from '#hash'
import type { Digest } from '../digest/address.ts'
import { fromHex, toHex, writeHex } from '../digest/hex.ts'
import { RiposteError } from '../errors.ts'
import { HashBuffer } from '../hash/hash-buffer.ts'
import type { Entry } from '../ports/backend.ts'
import { addressOf, type Link } from './types.ts'

export const ENTRY_FORMAT = 1
const LINKABLE = 1
const SECOND_FORM = 2
const LINKS = 4
const SEAL = 8
const BODY = 40
const ADDRESS = 32
/** Bytes of the header of an entry that links to none and is no second form. */
export const BARE_HEADER: number = BODY
/** Up to this an entry is copied and hashed at once, in 0.8 µs for 500 bytes; hashing three pieces takes 1 µs more. */
const COPY_UP_TO = 8192

/** What is sealed together. */
export interface EntryParts {
  /** Whether a `ref` may stand for the value inside others. */
  readonly linkable: boolean
  /** The digest of the value, where the entry stands under another key: it holds the value in another order. */
  readonly formOf: Digest | undefined
  /** The entries that the payload refers to, each once. */
  readonly links: readonly Digest[]
  readonly payload: Uint8Array
}

/** Bytes that the header takes before the payload of a node. */
export function headerRoom(links: readonly Link[], form: Digest | undefined): number {
  const count = links.length < 2 ? links.length : distinctAddresses(links).length
  return BODY + (count + (form === undefined ? 0 : 1)) * ADDRESS
}

/** The entries that links lead to, each once. */
export function distinctAddresses(links: readonly Link[]): readonly Digest[] {
  return [...new Set(links.map(addressOf))]
}

/** Seals a payload under its key. */
export function sealEntry(key: Digest, parts: EntryParts): Entry {
  const addresses = neededBy(parts)
  const start = BODY + addresses.length * ADDRESS
  const bytes = new Uint8Array(start + parts.payload.length)
  bytes.set(parts.payload, start)
  return seal(key, parts, addresses, bytes)
}

/** As `sealEntry`, where the payload ends bytes that begin with four zeros and have room for the header: these become the entry. */
export function sealInRoom(key: Digest, header: Omit<EntryParts, 'payload'>, room: Uint8Array): Entry {
  // Sealed before, under the same key: a store may be reading it.
  if (room[0] === ENTRY_FORMAT) return { key, bytes: room }
  return seal(key, header, neededBy(header), room)
}

/**
 * The entries that one needs: its links and, before them, the first form of a second, whose digest leads there. What is
 * no entry needs none.
 */
export function neededBy(entry: Pick<EntryParts, 'formOf' | 'links'> | undefined): readonly Digest[] {
  if (entry === undefined) return []
  return entry.formOf === undefined ? entry.links : [entry.formOf, ...entry.links]
}

function seal(
  key: Digest,
  { linkable, formOf, links }: Omit<EntryParts, 'payload'>,
  addresses: readonly Digest[],
  bytes: Uint8Array,
): Entry {
  bytes[0] = ENTRY_FORMAT
  bytes[1] = (linkable ? LINKABLE : 0) | (formOf === undefined ? 0 : SECOND_FORM)
  writeUint32(links.length, bytes, LINKS)
  writeHex(key, bytes, SEAL)
  addresses.forEach((address, i) => writeHex(address, bytes, BODY + i * ADDRESS))
  writeHex(sha256Hex(bytes), bytes, SEAL)
  return { key, bytes }
}

/** The header of an entry, or of its first bytes. Not checked against the seal. */
export interface EntryHeader {
  readonly format: number
  readonly linkable: boolean
  readonly formOf: Digest | undefined
  readonly links: readonly Digest[]
}

/** How many first bytes of an entry its header takes; `undefined` when it is of another format or shorter than any header. */
export function headerLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < BODY || bytes[0] !== ENTRY_FORMAT) return undefined
  return BODY + (readUint32(bytes, LINKS) + (bytes[1]! & SECOND_FORM ? 1 : 0)) * ADDRESS
}

/** Reads a header from bytes that hold all of it; `undefined` when they do not, or are of another format. */
export function readHeader(bytes: Uint8Array): EntryHeader | undefined {
  const length = headerLength(bytes)
  if (length === undefined || bytes.length < length) return undefined
  const second = (bytes[1]! & SECOND_FORM) !== 0
  const addresses: Digest[] = []
  // Hex digits of 32 bytes are a digest by construction.
  for (let at = BODY; at < length; at += ADDRESS) addresses.push(toHex(bytes, at, ADDRESS) as Digest)
  return {
    format: ENTRY_FORMAT,
    linkable: (bytes[1]! & LINKABLE) !== 0,
    formOf: second ? addresses[0] : undefined,
    links: second ? addresses.slice(1) : addresses,
  }
}

/** A sealed entry that was found whole. */
export interface OpenedEntry extends EntryHeader {
  /** A view into the entry's bytes. */
  readonly payload: Uint8Array
}

/**
 * Checks an entry against its seal and key.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when it is not what was sealed under the key; `ERR_UNKNOWN_FORMAT` when it is of another format, and may be sound
 */
export function openEntry(key: Digest, bytes: Uint8Array): OpenedEntry {
  const start = checkEntry(key, bytes)
  // All of the header is there, or the check had failed.
  return { ...readHeader(bytes)!, payload: bytes.subarray(start) }
}

/** As `openEntry`, for who needs no links: only says where the payload begins. */
export function checkEntry(key: Digest, bytes: Uint8Array): number {
  const format = bytes[0]
  if (format !== undefined && format !== ENTRY_FORMAT) {
    throw new RiposteError(
      'ERR_UNKNOWN_FORMAT',
      `entry ${key} has format ${format}; this version reads format ${ENTRY_FORMAT}: update riposte to read it`,
      { key, format },
    )
  }
  const start = headerLength(bytes)
  if (start === undefined || bytes.length < start) throw corrupt(key, `it ends after ${bytes.length} bytes`)
  if (!standsAt(SEAL, sealOf(key, bytes), bytes)) throw corrupt(key, 'its bytes do not fit its seal')
  return start
}

/** Whether two entries, or their first bytes, have the same seal: the same bytes under the same key. */
export function sameSeal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length < BODY || b.length < BODY || a[0] !== b[0]) return false
  for (let at = SEAL; at < BODY; at += 1) if (a[at] !== b[at]) return false
  return true
}

let copies: HashBuffer | undefined

function sealOf(key: Digest, bytes: Uint8Array): string {
  if (bytes.length > COPY_UP_TO) {
    return sha256HexOf([bytes.subarray(0, SEAL), fromHex(key), bytes.subarray(BODY)])
  }
  copies ??= new HashBuffer(COPY_UP_TO)
  copies.bytes.set(bytes)
  writeHex(key, copies.bytes, SEAL)
  return copies.hash(bytes.length)
}

/** Whether the bytes that hex digits stand for are found at a place. */
function standsAt(place: number, digits: string, bytes: Uint8Array): boolean {
  writeHex(digits, wanted, 0)
  for (let i = 0; i < ADDRESS; i += 1) if (bytes[place + i] !== wanted[i]) return false
  return true
}

const wanted = /* @__PURE__ */ new Uint8Array(ADDRESS)

function writeUint32(value: number, target: Uint8Array, at: number): void {
  for (let i = 0; i < 4; i += 1) target[at + i] = value >>> (24 - 8 * i)
}

function readUint32(bytes: Uint8Array, at: number): number {
  return bytes[at]! * 0x100_0000 + ((bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!)
}

function corrupt(key: Digest, reason: string): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `entry ${key} is corrupt: ${reason}`, { key, reason })
}
