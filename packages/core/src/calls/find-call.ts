import type { Inside } from '../cache/inside.ts'
import { sameSeal } from '../codec/entry.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import { removeIf } from '../keys/removal.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import { removeCorrupt, removeUnlessReadOnly } from '../values/corruption.ts'
import type { Payloads } from '../values/gather.ts'
import { fetchParts, foundOf } from './found.ts'
import { keyOf, type OpenedRecord, openRecord } from './record-codec.ts'
import type { Found } from './stored-record.ts'

/** A record as it was read, with its bytes. */
export interface ReadRecord extends OpenedRecord {
  readonly bytes: Uint8Array
}

/**
 * The record of a call; `undefined` when there is none.
 *
 * @throws {RiposteError} `ERR_CORRUPT` (then it was removed), `ERR_UNKNOWN_FORMAT`
 */
export function* readRecord(inside: Inside, digest: CallDigest): Steps<ReadRecord | undefined> {
  const key = keyOf(digest)
  const { calls } = inside.store
  const [bytes] = yield* wait(calls.get([key]))
  if (bytes === undefined) return undefined
  try {
    return { ...openRecord({ key, bytes }, inside.registry), bytes }
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) yield* removeCorrupt(inside, calls, key, error)
    throw error
  }
}

/** The recorded result of a call. A record that is corrupt, or whose result is, or is gone, removes itself and is a miss. */
export function* findCall(inside: Inside, digest: CallDigest): Steps<Found | undefined> {
  let read: ReadRecord | undefined
  try {
    read = yield* readRecord(inside, digest)
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
  if (read === undefined) return undefined
  let payloads: Payloads
  try {
    payloads = yield* fetchParts(inside, [read.record.result])
  } catch (error) {
    if (isRiposteError(error, 'ERR_NOT_FOUND') || isRiposteError(error, 'ERR_CORRUPT')) {
      yield* removeRecord(inside, digest, read.bytes)
      return undefined
    }
    // What another version wrote is left to it.
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
  return foundOf(inside, read.record, payloads)
}

function isUnreadable(error: unknown): boolean {
  return isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')
}

/** Removes a record, unless another has taken its place or it is in use. */
function* removeRecord(inside: Inside, digest: CallDigest, seen: Uint8Array): Steps<void> {
  const still = (_key: unknown, bytes: Uint8Array): boolean => sameSeal(bytes, seen)
  yield* removeUnlessReadOnly(removeIf(inside.store.calls, [keyOf(digest)], still, PREFIX_BYTES))
}
