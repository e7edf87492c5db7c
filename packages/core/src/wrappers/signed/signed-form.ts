/**
 * An entry with a MAC in the place of its seal, and the seal after it:
 *
 *     byte 0       format number of the entry, with the highest bit set: who reads without keys leaves it alone
 *     bytes 1-7    as in the entry
 *     bytes 8-39   MAC
 *     bytes 40-71  seal
 *     from 72      what follows the seal in the entry
 *
 * What is no entry is signed as well: byte 0 is 255, bytes 1-7 are zero, the MAC stands in its place, and from 40 on
 * stand the bytes as they were given.
 *
 * The MAC is HMAC-SHA256 over the kind of entry, its key, and the SHA-256 of the entry. So neither another key nor the
 * other backend of the store takes it. The hash between them is taken once, however many keys there are.
 */
import { hmacSha256, sha256Hex } from '#hash'
import type { Digest } from '../../digest/address.ts'
import { fromHex } from '../../digest/hex.ts'

const SIGNED = 0x80
const MAC = 8
const SEAL = 40
const MAC_BYTES = 32
/** Marks what is no entry. */
const RAW = 0xff
/** Bytes that signing adds at most. */
export const MOST_ADDED = 40

/** First bytes that tell whether there is a MAC: fewer look like those of what is not signed. */
export const FEWEST_READ: number = SEAL + MAC_BYTES

export type Side = 'values' | 'calls'

const KINDS: Readonly<Record<Side, Uint8Array>> = /* @__PURE__ */ Object.freeze({
  values: /* @__PURE__ */ new TextEncoder().encode('riposte signed value 1'),
  calls: /* @__PURE__ */ new TextEncoder().encode('riposte signed call 1'),
})

/** The MACs of an entry under each of the keys, made when they are asked for. */
export function* macsOf(keys: readonly Uint8Array[], side: Side, key: Digest, bytes: Uint8Array): Iterable<Uint8Array> {
  const pieces = [KINDS[side], fromHex(key), fromHex(sha256Hex(bytes))]
  for (const secret of keys) yield hmacSha256(secret, pieces)
}

/** The signed form of an entry, or of any bytes, under the first key. */
export function signEntry(keys: readonly Uint8Array[], side: Side, key: Digest, bytes: Uint8Array): Uint8Array {
  const [mac] = macsOf(keys.slice(0, 1), side, key, bytes)
  const head = headOf(bytes)
  const signed = new Uint8Array(head.length + MAC_BYTES + bytes.length - restOf(bytes))
  signed.set(head)
  signed.set(mac!, MAC)
  signed.set(bytes.subarray(restOf(bytes)), SEAL)
  return signed
}

/** What was signed, or the first bytes of it; `undefined` when the bytes are not in the signed form. */
export function withoutMac(signed: Uint8Array): Uint8Array | undefined {
  if (signed.length < SEAL || signed[0]! < SIGNED) return undefined
  if (signed[0] === RAW) return signed.slice(SEAL)
  if (signed.length < SEAL + MAC_BYTES) return undefined
  const bytes = new Uint8Array(signed.length - MAC_BYTES)
  bytes.set(signed.subarray(0, MAC))
  bytes[0] = signed[0]! & ~SIGNED
  bytes.set(signed.subarray(SEAL), MAC)
  return bytes
}

/** Whether first bytes are those of the signed form of these bytes, under any of the keys. */
export function isSignedForm(
  first: Uint8Array,
  keys: readonly Uint8Array[],
  side: Side,
  key: Digest,
  bytes: Uint8Array,
): boolean {
  const head = headOf(bytes)
  return (
    first.length >= SEAL &&
    head.every((byte, at) => byte === first[at]) &&
    bearsOneOf(first, macsOf(keys, side, key, bytes))
  )
}

function isEntry(bytes: Uint8Array): boolean {
  return bytes.length >= SEAL && (bytes[0]! | SIGNED) !== RAW && bytes[0]! < SIGNED
}

/** What comes before the MAC. */
function headOf(bytes: Uint8Array): Uint8Array {
  if (!isEntry(bytes)) return Uint8Array.of(RAW, 0, 0, 0, 0, 0, 0, 0)
  const head = bytes.slice(0, MAC)
  head[0] = head[0]! | SIGNED
  return head
}

/** Where begins what comes after it. */
function restOf(bytes: Uint8Array): number {
  return isEntry(bytes) ? MAC : 0
}

/** Whether one of the MACs stands in the signed bytes. Takes the same time wherever they differ. */
export function bearsOneOf(signed: Uint8Array, macs: Iterable<Uint8Array>): boolean {
  for (const mac of macs) {
    let difference = 0
    for (let i = 0; i < MAC_BYTES; i += 1) difference |= mac[i]! ^ signed[MAC + i]!
    if (difference === 0) return true
  }
  return false
}

/**
 * What stands in a signed store without a MAC, as what it is there: of a format that nobody reads, and nobody removes.
 */
export function asForeign(bytes: Uint8Array): Uint8Array {
  const foreign = bytes.slice()
  if (foreign.length > 0) foreign[0] = foreign[0]! | SIGNED
  return foreign
}
