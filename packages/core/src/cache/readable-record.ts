import { openRecord } from '../calls/record-codec.ts'
import type { StoredRecord } from '../calls/stored-record.ts'
import { isRiposteError } from '../errors.ts'
import type { Entry } from '../ports/backend.ts'
import type { Registry } from '../registry/registry.ts'

const UNREADABLE = ['ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT', 'ERR_UNKNOWN_CLASS'] as const

/** The record in an entry; `undefined` where it is damaged, or was written by a later version. */
export function readableRecord(entry: Entry, registry: Registry): StoredRecord | undefined {
  try {
    return openRecord(entry, registry).record
  } catch (error) {
    if (UNREADABLE.some(code => isRiposteError(error, code))) return undefined
    throw error
  }
}
