import { type BegunEntry, type Digest, PREFIX_BYTES, type PutMode, type Touched } from '@riposte/core'
import type { Micros } from './clock.ts'
import type { Sql } from './database.ts'

/** Entries up to this size are one piece. */
const WHOLE = 65_536

/** Of larger ones these first bytes stand apart, so that a header is read without the rest (5 µs against 130 for 1 MB). */
const HEAD = 4096

/** Entries of a listing that are read at once. */
export const PAGE = 500

/** Notes that are read at once. */
const NOTES = 10_000

/** The entries of one kind, inside whatever transaction the caller has begun. Keys are blobs. */
export interface EntryTable {
  get(sql: Sql, key: Uint8Array, upTo: number | undefined): Uint8Array | undefined
  /** Writes bytes under a key; says what id they got, or the first bytes of what stays. */
  put(sql: Sql, key: Uint8Array, bytes: Uint8Array, mode: PutMode, now: Micros): Written | Stayed
  touch(sql: Sql, key: Uint8Array, now: Micros): boolean
  has(sql: Sql, key: Uint8Array): boolean
  /** Removes entries that are unchanged since; returns what they were. Their bytes stay until `removeBytes`, or `note` and `tidy`. */
  delete(sql: Sql, removals: readonly KeyRemoval[]): readonly Gone[]
  removeBytes(sql: Sql, ids: readonly number[]): void
  /** Notes ids of bytes to be removed some time. */
  note(sql: Sql, ids: readonly number[]): void
  /** The next ids that are noted. */
  notes(sql: Sql, after: number): Notes
  /** Drops the notes up to one. */
  dropNotes(sql: Sql, last: number): void
  /** The next entries with keys from `first` to `last`: `PAGE` of them, fewer at the end. */
  page(sql: Sql, first: Uint8Array, last: Uint8Array): readonly BegunEntry[]
}

export interface Written {
  readonly id: number
  /** Whether other bytes stood there. */
  readonly replaced: boolean
}

export interface KeyRemoval {
  readonly key: Uint8Array
  readonly touched: Touched | undefined
}

/** An entry that was removed. */
export interface Gone {
  readonly key: Uint8Array
  readonly id: number
  readonly size: number
  readonly touched: Micros
}

export interface Notes {
  readonly ids: Float64Array
  /** The last note. */
  readonly last: number
  readonly isMore: boolean
}

interface Standing {
  readonly id: number
  /** `null` if the bytes are gone, as in a damaged file: such an entry is as absent. */
  readonly prefix: Uint8Array | null
}

interface Stayed {
  readonly prefix: Uint8Array
}

/** What of an entry's bytes is selected. */
export interface BytesRow {
  readonly bytes: Uint8Array
  /** `null` if `bytes` is all. */
  readonly rest: Uint8Array | null
}

/** Names in the schema. */
export interface TableNames {
  /** The row of the table of totals. */
  readonly totals: number
  readonly keys: string
  readonly bytes: string
  readonly removed: string
}

export function entryTable({ totals, keys, bytes, removed }: TableNames): EntryTable {
  const selectBytes = `SELECT b.bytes FROM ${keys} k JOIN ${bytes} b ON b.id = k.id WHERE k.key = ?`
  const select = `SELECT b.bytes, b.rest FROM ${keys} k JOIN ${bytes} b ON b.id = k.id WHERE k.key = ?`
  // substr() of no bytes is NULL.
  const selectFirst = `SELECT coalesce(substr(b.bytes, 1, ?), x'') AS bytes FROM ${keys} k JOIN ${bytes} b ON b.id = k.id WHERE k.key = ?`
  const prefix = `(SELECT coalesce(substr(bytes, 1, ${PREFIX_BYTES}), x'') FROM ${bytes} WHERE id = ${keys}.id) AS prefix`
  const find = `SELECT id, ${prefix} FROM ${keys} WHERE key = ?`
  // Never the same time again: who listed the entry would take it for untouched.
  const touch = `UPDATE ${keys} SET touched = max(?, touched + 1) WHERE key = ?`
  const refresh = `${touch} AND EXISTS (SELECT 1 FROM ${bytes} WHERE id = ${keys}.id)`
  const refreshAndFind = `${touch} RETURNING id, ${prefix}`
  // The id that the bytes will get: keys come first, so that for a new entry nobody has to look whether it is there.
  const nextId = `(SELECT max(upto, (SELECT coalesce(max(id), 0) FROM ${bytes})) + 1 FROM totals_v3 WHERE id = ${totals})`
  const insertKey = `INSERT INTO ${keys} (key, id, touched, size, first) VALUES (?, ${nextId}, ?, ?, ?) ON CONFLICT DO NOTHING`
  const insertBytes = `INSERT INTO ${bytes} (id, added, bytes, rest) VALUES (${nextId}, ?, ?, ?)`
  const restoreBytes = `INSERT INTO ${bytes} (id, added, bytes, rest) VALUES (?, ?, ?, ?)`
  const updateBytes = `UPDATE ${bytes} SET bytes = ?, rest = ? WHERE id = ?`
  const updateKey = `UPDATE ${keys} SET touched = max(?, touched + 1), size = ?, first = ? WHERE key = ?`
  const exists = `SELECT 1 FROM ${keys} k JOIN ${bytes} b ON b.id = k.id WHERE k.key = ?`
  const remove = `DELETE FROM ${keys} WHERE key = ? RETURNING id, size, touched`
  const removeUnchanged = `DELETE FROM ${keys} WHERE key = ? AND touched = ? RETURNING id, size, touched`
  const removeBytes = `DELETE FROM ${bytes} WHERE id IN (SELECT value FROM json_each(?))`
  const note = `INSERT INTO ${removed} (entry) SELECT value FROM json_each(?)`
  const notesAfter = `SELECT rowid AS at, entry FROM ${removed} WHERE rowid > ? ORDER BY rowid LIMIT ${NOTES}`
  const lastNote = `SELECT coalesce(max(rowid), 0) AS last FROM ${removed}`
  const dropNotes = `DELETE FROM ${removed} WHERE rowid <= ?`
  // Without a condition all rows go at once.
  const dropAllNotes = `DELETE FROM ${removed}`
  // As text, which the engine gives ten times faster than a blob.
  const list = `SELECT hex(key) AS digits, size, touched, first FROM ${keys} WHERE key >= ? AND key <= ? ORDER BY key LIMIT ${PAGE}`

  return {
    get(sql, key, upTo) {
      if (upTo !== undefined && upTo <= HEAD) {
        const first = sql.column<Uint8Array>(selectFirst, upTo, key)
        return first && plain(first)
      }
      const whole = sql.column<Uint8Array>(selectBytes, key)
      if (whole?.length !== HEAD) return whole && plain(whole)
      // Nearly always there is more. Both at once: what stands there may be replaced meanwhile.
      const row = sql<BytesRow>(select).get(key)
      return row && joined(row)
    },
    put(sql, key, data, mode, now) {
      if (Number(sql(insertKey).run(key, now, data.length, data[0] ?? null).changes) > 0) {
        return { id: Number(sql(insertBytes).run(now, ...parts(data)).lastInsertRowid), replaced: false }
      }
      const standing = (
        mode === 'keep' ? sql<Standing>(refreshAndFind).get(now, key) : sql<Standing>(find).get(key)
      ) as Standing // it was in the way of the insert
      if (standing.prefix === null) sql(restoreBytes).run(standing.id, now, ...parts(data))
      else if (mode !== 'replace') return { prefix: plain(standing.prefix) }
      else sql(updateBytes).run(...parts(data), standing.id)
      sql(updateKey).run(now, data.length, data[0] ?? null, key)
      return { id: Number(standing.id), replaced: true }
    },
    touch: (sql, key, now) => Number(sql(refresh).run(now, key).changes) > 0,
    has: (sql, key) => sql.column(exists, key) !== undefined,
    delete(sql, removals) {
      const [plainly, guarded] = [sql<Figures>(remove), sql<Figures>(removeUnchanged)]
      return removals.flatMap(({ key, touched }) => {
        const row = touched === undefined ? plainly.get(key) : guarded.get(key, Math.round(touched * 1000))
        if (row === undefined) return []
        return [{ key, id: Number(row.id), size: Number(row.size), touched: Number(row.touched) }]
      })
    },
    removeBytes(sql, ids) {
      if (ids.length > 0) sql(removeBytes).run(JSON.stringify(ids))
    },
    note(sql, ids) {
      if (ids.length > 0) sql(note).run(JSON.stringify(ids))
    },
    notes(sql, after) {
      const rows = sql<{ readonly at: number | bigint; readonly entry: number | bigint }>(notesAfter).all(after)
      const last = Number(rows.at(-1)?.at ?? after)
      return { ids: Float64Array.from(rows, ({ entry }) => Number(entry)), last, isMore: rows.length === NOTES }
    },
    dropNotes(sql, last) {
      const isAll = Number(sql<{ readonly last: number | bigint }>(lastNote).get()?.last) === last
      if (isAll) sql(dropAllNotes).run()
      else sql(dropNotes).run(last)
    },
    page: (sql, first, last) =>
      sql<ListedRow>(list)
        .all(first, last)
        .map(({ digits, size, touched, first: byte }) => ({
          // Only what was a digest is stored as a key.
          key: digits.toLowerCase() as Digest,
          size: Number(size),
          touched: Number(touched) / 1000,
          firstByte: byte === null ? undefined : Number(byte),
        })),
  }
}

interface ListedRow {
  readonly digits: string
  readonly size: number | bigint
  readonly touched: number | bigint
  readonly first: number | bigint | null
}

type Figures = { readonly [K in 'id' | 'size' | 'touched']: number | bigint }

/** The bytes of an entry as they were put. */
export function joined({ bytes, rest }: BytesRow): Uint8Array {
  return rest === null ? plain(bytes) : plain(Buffer.concat([bytes, rest]))
}

/** Not a Buffer, whose `slice` shares memory. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function parts(data: Uint8Array): [bytes: Uint8Array, rest: Uint8Array | null] {
  return data.length <= WHOLE ? [data, null] : [data.subarray(0, HEAD), data.subarray(HEAD)]
}
