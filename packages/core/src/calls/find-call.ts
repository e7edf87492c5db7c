import type { Inside } from '../cache/inside.ts'
import { sameSeal } from '../codec/entry.ts'
import { mayLink } from '../codec/links.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError, type RiposteError } from '../errors.ts'
import { chain, type MaybePromise, run, type Steps, wait } from '../flow.ts'
import { removeIf } from '../keys/removal.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import { removeCorrupt, removeUnlessReadOnly } from '../values/corruption.ts'
import { fetchParts, foundInside, foundOf } from './found.ts'
import { HitRecord } from './hit-record.ts'
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
export function findCall(inside: Inside, digest: CallDigest): MaybePromise<Found | undefined> {
  return chain(inside.store.calls.get([keyOf(digest)]), ([bytes]) => bytes && openFound(inside, digest, bytes))
}

function openFound(inside: Inside, digest: CallDigest, bytes: Uint8Array): MaybePromise<Found | undefined> {
  const key = keyOf(digest)
  let record: HitRecord
  try {
    record = new HitRecord({ key, bytes }, inside.registry)
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) return run(corruptFound(inside, digest, error))
    // What another version wrote is left to it.
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
  const { inline } = record
  // Without steps, which take 0.5 µs: this is nearly every hit.
  if (inline !== undefined && !mayLink(inline)) return foundInside(inside, record, inline)
  return run(fetchFound(inside, record, bytes))
}

function* corruptFound(inside: Inside, digest: CallDigest, error: RiposteError<'ERR_CORRUPT'>): Steps<undefined> {
  yield* removeCorrupt(inside, inside.store.calls, keyOf(digest), error)
  return undefined
}

function* fetchFound(inside: Inside, record: HitRecord, bytes: Uint8Array): Steps<Found | undefined> {
  try {
    return foundOf(inside, record, yield* fetchParts(inside, [record.result]), bytes.length)
  } catch (error) {
    if (isRiposteError(error, 'ERR_NOT_FOUND') || isRiposteError(error, 'ERR_CORRUPT')) {
      yield* removeRecord(inside, record.digest, bytes)
      return undefined
    }
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
}

/** Removes a record, unless another has taken its place or it is in use. */
function* removeRecord(inside: Inside, digest: CallDigest, seen: Uint8Array): Steps<void> {
  const still = (_key: unknown, bytes: Uint8Array): boolean => sameSeal(bytes, seen)
  yield* removeUnlessReadOnly(removeIf(inside.store.calls, [keyOf(digest)], still, PREFIX_BYTES))
}
