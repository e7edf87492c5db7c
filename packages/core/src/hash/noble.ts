import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'

/** SHA-256 (FIPS 180-4) as lower-case hex digits, where there is no Node. */
export const sha256Hex: (bytes: Uint8Array) => string = bytes => bytesToHex(sha256(bytes))

/** SHA-256 of several pieces one after another, none of which is copied. */
export function sha256HexOf(pieces: readonly Uint8Array[]): string {
  const hash = sha256.create()
  for (const piece of pieces) hash.update(piece)
  return bytesToHex(hash.digest())
}

/** HMAC-SHA256 (RFC 2104) of several pieces one after another: 32 bytes. */
export function hmacSha256(key: Uint8Array, pieces: readonly Uint8Array[]): Uint8Array {
  const mac = hmac.create(sha256, key)
  for (const piece of pieces) mac.update(piece)
  return mac.digest()
}
