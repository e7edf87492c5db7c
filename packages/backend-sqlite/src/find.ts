/** Finds call records by their terms. */
import type { FindOptions, FoundEntry } from '@riposte/core'
import type { Connection } from './connection.ts'
import { rowsOf, type Sql } from './database.ts'
import { type BytesRow, joined } from './entry-table.ts'
import type { Place, Row } from './lanes.ts'
import { scalarOf, storedPlace } from './scalars.ts'
import { laneFor } from './search.ts'

/** Records that are read at once. */
const PAGE = 200

const BYTES = `SELECT b.id, b.bytes, b.rest FROM json_each(?) j CROSS JOIN call_bytes_v3 b ON b.id = j.value`

/**
 * The records that fulfil all conditions, in order. Each page is looked up anew, by where the last one ended: nothing that
 * was read before it need still be true.
 *
 * @param check - throws when the records may no longer be read
 */
export function find(connection: Connection, check: () => void, options: FindOptions): Iterable<FoundEntry> {
  check()
  return walk(connection, check, options)
}

function* walk(
  connection: Connection,
  check: () => void,
  { where, order, after, limit = Number.POSITIVE_INFINITY }: FindOptions,
): Iterable<FoundEntry> {
  let place: Place | undefined = after && {
    key: after.key,
    value: order === undefined || order.by === 'key' ? null : (storedPlace(after.value) ?? null),
  }
  for (let left = limit; left > 0; ) {
    check()
    const size = Math.min(PAGE, left)
    const page = connection.read('find', sql => {
      const rows = laneFor(sql, where, order)(place, size, true)
      return { rows, records: recordsOf(sql, rows) }
    })
    for (const { id, key, value, record = page.records.get(id) } of page.rows) {
      // Read in one transaction: bytes go with their call.
      if (record === undefined) continue
      yield { key, bytes: joined(record), value: value === null ? undefined : scalarOf(value) }
    }
    const last = page.rows.at(-1)
    if (last === undefined || page.rows.length < size) return
    place = last
    left -= size
  }
}

/** The records of rows that came without. */
function recordsOf(sql: Sql, rows: readonly Row[]): ReadonlyMap<number, BytesRow> {
  const ids = rows.flatMap(({ id, record }) => (record === undefined ? [id] : []))
  if (ids.length === 0) return NONE
  const found = rowsOf<BytesRow & { readonly id: number | bigint }>(sql, { text: BYTES, values: [JSON.stringify(ids)] })
  return new Map(found.map(row => [Number(row.id), row]))
}

const NONE: ReadonlyMap<number, BytesRow> = new Map()
