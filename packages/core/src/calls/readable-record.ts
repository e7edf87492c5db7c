import type { Entry } from '../ports/backend.ts'
import type { Registry } from '../registry/registry.ts'
import { listedRecord } from './listed-record.ts'
import type { StoredRecord } from './stored-record.ts'
import { isUnreadable } from './unreadable.ts'

/** The record in an entry; `undefined` where it is damaged, of a later version, or of a class that is not registered. */
export function readableRecord(entry: Entry, registry: Registry): StoredRecord | undefined {
  try {
    return listedRecord(entry, registry)
  } catch (error) {
    if (isUnreadable(error)) return undefined
    throw error
  }
}
