import { isDigest } from '../digest/address.ts'
import { shownValue } from '../shown-value.ts'
import type { Place } from './query-order.ts'
import type { SortKey } from './query-types.ts'

/** A place as text, for whoever asks for the next page. */
export function writeCursor(orderName: string | undefined, { sortKey, digest }: Place): string {
  if (orderName === undefined) return digest
  return JSON.stringify([orderName, ...writeKey(sortKey), digest])
}

/** @throws {TypeError} when it is no cursor, or that of another order */
export function readCursor(orderName: string | undefined, cursor: string): Place {
  if (typeof cursor !== 'string') throw new TypeError(`expected after as the next of a page; got ${shownValue(cursor)}`)
  const place = orderName === undefined ? readDigest(cursor) : readOrdered(orderName, cursor)
  if (place !== undefined) return place
  const order = orderName === undefined ? 'by digest' : `by ${orderName}`
  throw new TypeError(`expected after as the next of a page in the same order (${order}); got ${shownValue(cursor)}`)
}

function readDigest(cursor: string): Place | undefined {
  return isDigest(cursor) ? { sortKey: undefined, digest: cursor } : undefined
}

function readOrdered(orderName: string, cursor: string): Place | undefined {
  const fields = parse(cursor)
  if (!Array.isArray(fields) || fields.length !== 4) return undefined
  const [name, type, text, digest]: readonly unknown[] = fields
  if (name !== orderName || typeof type !== 'string' || typeof text !== 'string' || !isDigest(digest)) return undefined
  const key = readKey(type, text)
  return key && { sortKey: key.key, digest }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not JSON: no cursor.
    return undefined
  }
}

function writeKey(key: SortKey): readonly [type: string, text: string] {
  if (key === null || key === undefined) return ['none', '']
  // A date stands where its time does.
  return key instanceof Date ? ['number', String(key.getTime())] : [typeof key, String(key)]
}

function readKey(type: string, text: string): { readonly key: SortKey } | undefined {
  switch (type) {
    case 'none':
      return { key: undefined }
    case 'string':
      return { key: text }
    case 'number':
      return { key: Number(text) }
    case 'boolean':
      return { key: text === 'true' }
    case 'bigint':
      return /^-?\d+$/.test(text) ? { key: BigInt(text) } : undefined
    default:
      return undefined
  }
}
