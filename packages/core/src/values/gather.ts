import type { Digest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Reading } from '../inside/inside.ts'
import { openOrRemove } from './corruption.ts'

/** Payloads by the address of their entry. */
export type Payloads = ReadonlyMap<Digest, Uint8Array>

/**
 * Reads entries and all that they link to, verified: one round trip a level.
 *
 * @param known - what is at hand already, with all that it links to, and need not be read
 * @param first - what a read of one address gave, where that was done
 * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`
 */
export function* gather(
  inside: Reading,
  addresses: readonly Digest[],
  known?: Payloads,
  first?: readonly (Uint8Array | undefined)[],
): Steps<Map<Digest, Uint8Array>> {
  const values = inside.store.values
  const payloads = new Map<Digest, Uint8Array>(known)
  const linkedFrom = new Map<Digest, Digest | undefined>()
  let level: Digest[] = []
  const want = (address: Digest, from: Digest | undefined): void => {
    if (payloads.has(address) || linkedFrom.has(address)) return
    linkedFrom.set(address, from)
    level.push(address)
  }
  for (const address of addresses) want(address, undefined)
  let found = first
  while (level.length > 0) {
    const keys = level
    level = []
    found ??= yield* wait(values.get(keys))
    for (const [i, key] of keys.entries()) {
      const bytes = found[i]
      if (bytes === undefined) throw notFound(key, linkedFrom.get(key))
      const entry = yield* openOrRemove(inside, values, key, bytes)
      payloads.set(key, entry.payload)
      for (const link of entry.links) want(link, key)
    }
    found = undefined
  }
  return payloads
}

function notFound(key: Digest, from: Digest | undefined): RiposteError<'ERR_NOT_FOUND'> {
  const message =
    from === undefined
      ? `no value is stored as ${key}`
      : `the part ${key}, to which ${from} links, is not stored: the value is no longer whole`
  return new RiposteError('ERR_NOT_FOUND', message, { key })
}
