import { type Digest, isDigest, type ListOptions } from '@riposte/core'

/** The 32 bytes that a key is stored as. */
export function blobOfKey(key: Digest): Uint8Array {
  if (isDigest(key)) return Buffer.from(key, 'hex')
  throw new TypeError(`expected a key of 64 lower-case hex digits; got ${JSON.stringify(key)}`)
}

/** A key as text of 43 letters, digits, `-` and `_`. */
export function textOfKey(key: Digest): string {
  const bytes = Buffer.from(key, 'hex')
  // As good a check as that of every digit, and sooner: what is no digit ends the bytes.
  if (bytes.length !== 32) blobOfKey(key)
  return bytes.toString('base64url')
}

/** The first and the last key that begin with `prefix` and are greater than `after`; `undefined` where no key can be. */
export function keyRange({ prefix = '', after }: ListOptions): readonly [Uint8Array, Uint8Array] | undefined {
  if (!/^[0-9a-f]{0,64}$/.test(prefix)) return undefined
  const first = Buffer.from(prefix.padEnd(64, '0'), 'hex')
  const last = Buffer.from(prefix.padEnd(64, 'f'), 'hex')
  if (after === undefined) return [first, last]
  const next = nextKey(after)
  return [Buffer.compare(next, first) > 0 ? next : first, last]
}

/** What comes before all keys greater than `key`, and after `key`. */
export function nextKey(key: Digest): Uint8Array {
  return Buffer.concat([blobOfKey(key), ZERO])
}

const ZERO = /* @__PURE__ */ Uint8Array.of(0)
