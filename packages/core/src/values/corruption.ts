import { type OpenedEntry, openEntry } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError, type RiposteError } from '../errors.ts'
import type { Steps } from '../flow.ts'
import type { Reading } from '../inside/inside.ts'
import { removeIf } from '../keys/removal.ts'
import type { Backend } from '../ports/backend.ts'

/**
 * Checks an entry that was read. A corrupt one is removed, so that the next save puts it anew, and reported.
 *
 * @throws {RiposteError} `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`
 */
export function* openOrRemove(inside: Reading, backend: Backend, key: Digest, bytes: Uint8Array): Steps<OpenedEntry> {
  try {
    return openEntry(key, bytes)
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) yield* removeCorrupt(inside, backend, key, error)
    throw error
  }
}

/** Removes an entry that was found corrupt and is so still, and reports it. */
export function* removeCorrupt(
  inside: Reading,
  backend: Backend,
  key: Digest,
  cause: RiposteError<'ERR_CORRUPT'>,
): Steps<void> {
  const gone = yield* removeUnlessReadOnly(removeIf(backend, [key], isCorrupt))
  inside.warn({ code: 'corrupt', message: `${cause.message}; ${gone ? 'it was removed' : 'it was left'}`, cause })
}

/** Whether the removal took something away; what a read-only store refuses stays. */
export function* removeUnlessReadOnly(removal: Steps<number>): Steps<boolean> {
  try {
    return (yield* removal) > 0
  } catch (error) {
    if (!isRiposteError(error, 'ERR_REJECTED')) throw error
    return false
  }
}

function isCorrupt(key: Digest, bytes: Uint8Array): boolean {
  try {
    openEntry(key, bytes)
    return false
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) return true
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return false
    throw error
  }
}
