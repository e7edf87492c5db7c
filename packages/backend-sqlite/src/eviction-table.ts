/**
 * The last evictions of calls. Rows are added at one end and dropped at the other, so that an eviction changes one more
 * page; there is no index, as only a call that somebody asks about is looked for, among some thousand rows (1 ms).
 */
import { type Digest, EVICTIONS_KEPT, EVICTIONS_KEPT_FOR, type Eviction, type EvictionCause } from '@riposte/core'
import type { Micros } from './clock.ts'
import type { Sql } from './database.ts'
import { blobOfKey } from './keys.ts'

/** Databases that were made before there was this table get it with their first eviction. */
export const EVICTIONS_TABLE =
  'CREATE TABLE IF NOT EXISTS evictions_v3 (id INTEGER PRIMARY KEY, key BLOB NOT NULL, at INTEGER NOT NULL, cause TEXT NOT NULL)'

/** Rows are dropped once for so many that are added. */
const BLOCK = 256

const MICROS_KEPT = EVICTIONS_KEPT_FOR * 1000

const ADD = 'INSERT INTO evictions_v3 (key, at, cause) VALUES (?, ?, ?)'
const DROP = 'DELETE FROM evictions_v3 WHERE id <= ?'
/** From the oldest row on, as far as rows are too old. */
const FIRST_YOUNG = 'SELECT id FROM evictions_v3 WHERE at >= ? ORDER BY id LIMIT 1'
const IS_THERE = "SELECT 1 FROM sqlite_schema WHERE name = 'evictions_v3'"
const FIND = 'SELECT at, cause FROM evictions_v3 WHERE key = ? AND at >= ? ORDER BY id DESC LIMIT 1'

interface EvictionRow {
  readonly at: number | bigint
  readonly cause: EvictionCause
}

/** Notes evictions in the transaction that has begun, and drops those that are too many or too old. */
export function noteEvictions(sql: Sql, keys: readonly Uint8Array[], cause: EvictionCause, now: Micros): void {
  sql(EVICTIONS_TABLE).run()
  const add = sql(ADD)
  let last = 0
  for (const key of keys.slice(-EVICTIONS_KEPT)) last = Number(add.run(key, now, cause).lastInsertRowid)
  if (last % BLOCK >= keys.length) return
  // What was just added is young.
  const young = Number(sql<{ readonly id: number | bigint }>(FIRST_YOUNG).get(now - MICROS_KEPT)?.id)
  sql(DROP).run(Math.max(last - EVICTIONS_KEPT + BLOCK, young - 1))
}

export function findEvictions(sql: Sql, keys: readonly Digest[], now: Micros): readonly (Eviction | undefined)[] {
  const blobs = keys.map(blobOfKey)
  if (sql(IS_THERE).get() === undefined) return blobs.map(() => undefined)
  return blobs.map(key => {
    const row = sql<EvictionRow>(FIND).get(key, now - MICROS_KEPT)
    return row && { cause: row.cause, at: Number(row.at) / 1000 }
  })
}
