import type { Entry } from '../ports/backend.ts'
import type { Registry } from '../registry/registry.ts'
import { openRecord } from './record-codec.ts'
import type { StoredRecord } from './stored-record.ts'
import { isUnreadable } from './unreadable.ts'

/** The record in an entry; `undefined` where it is damaged, or was written by a later version. */
export function readableRecord(entry: Entry, registry: Registry): StoredRecord | undefined {
  try {
    return openRecord(entry, registry).record
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}
