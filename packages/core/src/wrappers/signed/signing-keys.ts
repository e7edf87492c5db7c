import { fromHex } from '../../digest/hex.ts'

const LEAST_BYTES = 32
const HEX = /^(?:[0-9a-f]{2})*$/i

/**
 * Copies of keys, as bytes.
 *
 * @throws {TypeError | RangeError} that tells the place of a key that is none, never the key
 */
export function readKeys(keys: readonly (Uint8Array | string)[]): readonly Uint8Array[] {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new TypeError('expected keys as an array: the current one, then older ones that still verify')
  }
  return keys.map((key: unknown, place) => {
    const bytes = typeof key === 'string' && HEX.test(key) ? fromHex(key.toLowerCase()) : key
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(`expected keys[${place}] as a Uint8Array or as hex digits; got another ${typeof key}`)
    }
    if (bytes.length < LEAST_BYTES) {
      throw new RangeError(
        `expected keys[${place}] of at least ${LEAST_BYTES} bytes; got ${bytes.length}: \`openssl rand -hex ${LEAST_BYTES}\` makes a key`,
      )
    }
    return new Uint8Array(bytes)
  })
}
