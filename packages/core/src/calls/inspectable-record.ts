import { INSPECT, shortDigest } from '../inspect.ts'
import type { CallRecord } from './types.ts'

/** How Node shows a value. */
export type Inspect = (value: unknown, options?: object) => string

/** Has `console.log` show what a record says, instead of getters and functions. Reads nothing from the store. */
export function inspectable<A extends object>(record: CallRecord<A>): CallRecord<A> {
  // Not enumerable: a record is compared and spread as if it were not there.
  return Object.defineProperties(record, {
    [INSPECT]: {
      value: (depth: number, options: object, inspect: Inspect) => inspectRecord(record, depth, options, inspect),
    },
    toString: { value: () => textOfRecord(record) },
  })
}

/** A record in a few words: which function's, and which. */
export function textOfRecord({ namespace, name, digest }: CallRecord<object>): string {
  return `CallRecord ${namespace && `${namespace}/`}${name} ${shortDigest(digest)}`
}

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
