import { examineCall, type GoneResult } from '../calls/find-call.ts'
import { fetchParts } from '../calls/found.ts'
import { keyOf, openRecord } from '../calls/record-codec.ts'
import type { Found } from '../calls/stored-record.ts'
import type { CallDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { type Steps, wait } from '../flow.ts'
import type { Inside, Reading } from '../inside/inside.ts'

/** A record that stands, and of which something is not in the format of this version. */
export interface OfUnknownFormat {
  readonly unknownFormat: true
}

/** What is recorded of a call: its result, or why that cannot be had of a record which stands. */
export function* examine(inside: Inside, digest: CallDigest): Steps<Found | GoneResult | OfUnknownFormat | undefined> {
  const found = yield* wait(examineCall(inside, digest))
  if (found !== undefined || !(yield* isOfUnknownFormat(inside, digest))) return found
  return { unknownFormat: true }
}

/** To a look-up such a record is a miss as any other, so that it is read again. */
function* isOfUnknownFormat(inside: Inside, digest: CallDigest): Steps<boolean> {
  const { store, registry } = inside
  const key = keyOf(digest)
  const [bytes] = yield* wait(store.calls.get([key]))
  if (bytes === undefined) return false
  // Of damage the look-up has warned.
  const quiet: Reading = { store, registry, digestOf: value => inside.digestOf(value), warn() {} }
  try {
    yield* fetchParts(quiet, [openRecord({ key, bytes }, registry).record.result])
    return false
  } catch (error) {
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return true
    // It was damaged, or is gone by now.
    if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_NOT_FOUND')) return false
    throw error
  }
}
