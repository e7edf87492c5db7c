import { sameSeal } from '../codec/entry.ts'
import { mayLink } from '../codec/links.ts'
import { addressOf } from '../codec/types.ts'
import { asDigest, type CallDigest, type Digest } from '../digest/address.ts'
import { isRiposteError, type RiposteError } from '../errors.ts'
import { chain, type MaybePromise, run, type Steps, wait } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { removeIf } from '../keys/removal.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import type { EvictionCause } from '../ports/evicting.ts'
import { removeCorrupt, removeUnlessReadOnly } from '../values/corruption.ts'
import { startOfOnly } from '../values/load.ts'
import { fetchParts, foundBeside, foundInside, foundOf } from './found.ts'
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

/** A part of a recorded result, or all of it, that is not stored any more. */
export interface GoneResult {
  readonly gone: Digest
}

/** The recorded result of a call. A record that is corrupt, or whose result is, or is gone, removes itself and is a miss. */
export function findCall(inside: Inside, digest: CallDigest): MaybePromise<Found | undefined> {
  const read = inside.store.calls.get([keyOf(digest)])
  return chain(read, ([bytes]) => bytes && openFound(inside, digest, bytes, removeWithout))
}

/** As `findCall`; but a record whose result is gone stays, and what of it is gone is told. */
export function examineCall(inside: Inside, digest: CallDigest): MaybePromise<Found | GoneResult | undefined> {
  const read = inside.store.calls.get([keyOf(digest)])
  return chain(read, ([bytes]) => bytes && openFound(inside, digest, bytes, tellGone))
}

/** What is done with a record whose result is gone. */
type WhenGone<T> = (inside: Inside, record: HitRecord, bytes: Uint8Array, gone: Digest) => Steps<T>

function openFound<T>(
  inside: Inside,
  digest: CallDigest,
  bytes: Uint8Array,
  whenGone: WhenGone<T>,
): MaybePromise<Found | T | undefined> {
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
  if (inline !== undefined) {
    return mayLink(inline) ? run(fetchFound(inside, record, bytes, whenGone)) : foundInside(inside, record, inline)
  }
  const address = addressOf(record.result)
  return chain(inside.store.values.get([address]), read => {
    const [entry] = read
    const start = entry && startOfOnly(address, entry)
    return start === undefined
      ? run(fetchFound(inside, record, bytes, whenGone, read))
      : foundBeside(inside, record, entry!.subarray(start))
  })
}

function* corruptFound(inside: Inside, digest: CallDigest, error: RiposteError<'ERR_CORRUPT'>): Steps<undefined> {
  yield* removeCorrupt(inside, inside.store.calls, keyOf(digest), error)
  return undefined
}

function* fetchFound<T>(
  inside: Inside,
  record: HitRecord,
  bytes: Uint8Array,
  whenGone: WhenGone<T>,
  first?: readonly (Uint8Array | undefined)[],
): Steps<Found | T | undefined> {
  try {
    return foundOf(inside, record, yield* fetchParts(inside, [record.result], first), bytes.length)
  } catch (error) {
    // What is missing is an entry, and so named by its whole key.
    if (isRiposteError(error, 'ERR_NOT_FOUND')) {
      return yield* whenGone(inside, record, bytes, asDigest(error.details.key))
    }
    if (isRiposteError(error, 'ERR_CORRUPT')) {
      yield* removeRecord(inside, record.digest, bytes)
      return undefined
    }
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
    throw error
  }
}

function* removeWithout(inside: Inside, { digest }: HitRecord, bytes: Uint8Array): Steps<undefined> {
  yield* removeRecord(inside, digest, bytes, 'result')
  return undefined
}

// biome-ignore lint/correctness/useYield: what is known need not be waited for
function* tellGone(_inside: Inside, _record: HitRecord, _bytes: Uint8Array, gone: Digest): Steps<GoneResult> {
  return { gone }
}

/** Removes a record, unless another has taken its place or it is in use. */
function* removeRecord(inside: Inside, digest: CallDigest, seen: Uint8Array, cause?: EvictionCause): Steps<void> {
  const still = (_key: unknown, bytes: Uint8Array): boolean => sameSeal(bytes, seen)
  yield* removeUnlessReadOnly(removeIf(inside.store.calls, [keyOf(digest)], still, PREFIX_BYTES, cause))
}
