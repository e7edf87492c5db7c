import { INSPECT } from '../inspect.ts'
import type { CallRecord } from './types.ts'

/** Digits that are enough to tell digests apart by eye, and to load by. */
const SHORT = 12

/** How Node shows a value. */
export type Inspect = (value: unknown, options?: object) => string

/** Has `console.log` show what a record says, instead of getters and functions. Reads nothing from the store. */
export function inspectable<A extends object>(record: CallRecord<A>): CallRecord<A> {
  // Not enumerable: a record is compared and spread as if it were not there.
  return Object.defineProperty(record, INSPECT, {
    value: (depth: number, options: object, inspect: Inspect) => inspectRecord(record, depth, options, inspect),
  })
}

/** How a record is shown. */
export function inspectRecord(record: CallRecord<object>, depth: number, options: object, inspect: Inspect): string {
  return depth < 0 ? '[CallRecord]' : `CallRecord ${inspect(summaryOf(record), options)}`
}

function summaryOf(record: CallRecord<object>): object {
  const { digest, namespace, name, version, metadata, expiresAt, threw } = record
  return {
    digest: `${digest.slice(0, SHORT)}…`,
    ...(namespace === '' ? {} : { namespace }),
    name,
    ...(version === undefined ? {} : { version }),
    args: argumentsOf(record),
    metadata,
    ...(expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt) }),
    ...(threw ? { threw } : {}),
  }
}

/** By name where they have names. An argument of a class that is not registered here cannot be built. */
function argumentsOf(record: CallRecord<object>): unknown {
  const { params } = record
  let args: unknown
  try {
    args = record.args
  } catch (error) {
    return error
  }
  if (params === undefined || !Array.isArray(args)) return args
  const values: readonly unknown[] = args
  // What a rest parameter takes shares its name.
  if (new Set(params).size < params.length) return values
  return Object.fromEntries(params.map((name, at) => [name, values[at]]))
}
