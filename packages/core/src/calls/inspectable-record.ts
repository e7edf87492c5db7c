import { INSPECT, inspectRecord } from '#host'
import { shortDigest } from '../digest/short-digest.ts'
import type { Inspect } from '../host/inspect-record.ts'
import type { CallRecord } from './types.ts'

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
