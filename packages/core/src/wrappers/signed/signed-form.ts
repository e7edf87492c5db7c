/**
 * An entry with a MAC in the place of its seal, and the seal after it:
 *
 *     byte 0       format number of the entry, with the highest bit set: who reads without keys leaves it alone
 *     bytes 1-7    as in the entry
 *     bytes 8-39   MAC
 *     bytes 40-71  seal
 *     from 72      what follows the seal in the entry
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
/** Bytes that signing adds to an entry. */
export const MAC_BYTES = 32
const LEAST_BYTES = SEAL

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

/** @throws {TypeError} when the bytes are no entry, or signed already */
export function signEntry(keys: readonly Uint8Array[], side: Side, key: Digest, bytes: Uint8Array): Uint8Array {
  if (bytes.length < LEAST_BYTES || bytes[0]! >= SIGNED) {
    throw new TypeError(`expected a sealed entry to sign as ${key}; got ${describe(bytes)}`)
  }
  const [mac] = macsOf(keys.slice(0, 1), side, key, bytes)
  const signed = new Uint8Array(bytes.length + MAC_BYTES)
  signed.set(bytes.subarray(0, MAC))
  signed[0] = bytes[0]! | SIGNED
  signed.set(mac!, MAC)
  signed.set(bytes.subarray(MAC), SEAL)
  return signed
}

/** The entry that was signed, or the first bytes of it; `undefined` when the bytes are not in the signed form. */
export function withoutMac(signed: Uint8Array): Uint8Array | undefined {
  if (signed.length < LEAST_BYTES + MAC_BYTES || signed[0]! < SIGNED) return undefined
  const bytes = new Uint8Array(signed.length - MAC_BYTES)
  bytes.set(signed.subarray(0, MAC))
  bytes[0] = signed[0]! & ~SIGNED
  bytes.set(signed.subarray(SEAL), MAC)
  return bytes
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

/** What stands in a signed store without a MAC, as what it is there: of a format that nobody reads, and nobody removes. */
export function asForeign(bytes: Uint8Array): Uint8Array {
  const foreign = bytes.slice()
  if (foreign.length > 0) foreign[0] = foreign[0]! | SIGNED
  return foreign
}

function describe(bytes: Uint8Array): string {
  return bytes.length < LEAST_BYTES ? `${bytes.length} bytes` : `bytes of the format ${bytes[0]}`
}
