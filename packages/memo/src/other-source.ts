/** Results that another body computed than the function has now: its `version` says that they are its own. */
import type { StoredRecord } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import { answersOtherSource } from './warnings.ts'

/** Warns, once for each function, if a record that is being answered is of other source text. What is hot was looked at when it was read. */
export function noteSource(
  place: { readonly definition: Definition; readonly state: CacheState },
  record: StoredRecord,
): void {
  if (!place.definition.warned.has('source') && isOfOtherSource(place.definition, record)) {
    answersOtherSource(place, recordedAt(record))
  }
}

/** Whether a record is of other source text, to a function that wants to know. */
export function isOfOtherSource({ options, source }: Definition, record: StoredRecord): boolean {
  // Where source text is part of the key, other text has other records.
  if (options.code === 'body' || options.code === 'ignore') return false
  const recorded = record.source
  if (recorded === undefined) return false
  const own = source()
  return own !== undefined && own !== recorded
}

/** When a result was recorded, in milliseconds since 1970; `undefined` where its record does not say, or cannot be read here. */
export function recordedAt(record: StoredRecord): number | undefined {
  const runtime = runtimeOf(record)
  if (typeof runtime !== 'object' || runtime === null) return undefined
  const { startedAt, durationMs } = runtime as { readonly startedAt?: unknown; readonly durationMs?: unknown }
  const at = Number(startedAt) + Number(durationMs)
  return Number.isNaN(new Date(at).getTime()) ? undefined : at
}

function runtimeOf(record: StoredRecord): unknown {
  try {
    return record.metadata['runtime']
  } catch {
    // Other metadata may be of a class that is not registered here. The result was read all the same.
    return undefined
  }
}
