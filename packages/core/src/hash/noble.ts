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
