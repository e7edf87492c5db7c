import { decodeValue, linksOf } from '../codec/decode-value.ts'
import { addressOf } from '../codec/types.ts'
import type { Steps } from '../flow.ts'
import type { Inside, Reading } from '../inside/inside.ts'
import { gather, type Payloads } from '../values/gather.ts'
import { buildPayload } from '../values/load.ts'
import type { HitRecord } from './hit-record.ts'
import type { Found, StoredPart, StoredRecord } from './stored-record.ts'

const NO_PAYLOADS: Payloads = /* @__PURE__ */ new Map()

/**
 * Reads what parts of a record need beside it: one round trip a level for all of them.
 *
 * @param first - what a read of the entries that the parts themselves need gave, where that was done
 * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`
 */
export function* fetchParts(
  inside: Reading,
  parts: readonly StoredPart[],
  first?: readonly (Uint8Array | undefined)[],
): Steps<Payloads> {
  const addresses = parts.flatMap(part => {
    return part.inline === undefined ? [addressOf(part)] : linksOf(part.inline).map(addressOf)
  })
  return addresses.length === 0 ? NO_PAYLOADS : yield* gather(inside, addresses, undefined, first)
}

/** Builds a part from what was fetched: a fresh copy each time. Pure. */
export function buildPart(inside: Reading, part: StoredPart, payloads: Payloads): unknown {
  return buildPayload(inside, part.inline ?? payloads.get(addressOf(part))!, payloads)
}

/** A record with its result at hand. `size` is that of the record. */
export function foundOf(inside: Inside, record: StoredRecord, payloads: Payloads, size: number): Found {
  let all = size
  for (const payload of payloads.values()) all += payload.length
  return { record, value: () => buildPart(inside, record.result, payloads), size: all }
}

/** A record whose result is one entry beside it, which links to no other. */
export function foundBeside(inside: Inside, record: HitRecord, payload: Uint8Array): Found {
  return { record, value: () => buildPayload(inside, payload, NO_PAYLOADS), size: record.size + payload.length }
}

/** A record whose result is in it, with all of its parts. */
export function foundInside(inside: Inside, record: HitRecord, payload: Uint8Array): Found {
  return { record, value: () => decodeValue(payload, inside), size: record.size }
}
