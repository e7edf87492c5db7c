import type { CallRecord } from '../calls/types.ts'
import { shortDigest } from '../digest/short-digest.ts'

/** How Node shows a value. */
export type Inspect = (value: unknown, options?: object) => string

/** How a record is shown. */
export function inspectRecord(record: CallRecord<object>, depth: number, options: object, inspect: Inspect): string {
  return depth < 0 ? '[CallRecord]' : `CallRecord ${inspect(summaryOf(record), options)}`
}

function summaryOf(record: CallRecord<object>): object {
  const { digest, namespace, name, version, params, metadata, expiresAt, threw } = record
  const args = argumentsOf(record)
  return {
    digest: shortDigest(digest),
    ...(namespace === '' ? {} : { namespace }),
    name,
    ...(version === undefined ? {} : { version }),
    // Beside them, since they are found by position; what has names of its own says them itself.
    ...(params !== undefined && Array.isArray(args) ? { params } : {}),
    args,
    metadata,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
    ...(threw ? { threw } : {}),
  }
}

/** An argument of a class that is not registered here cannot be built. */
function argumentsOf(record: CallRecord<object>): unknown {
  try {
    return record.args
  } catch (error) {
    return error
  }
}
