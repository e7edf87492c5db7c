import type { CallEntry, CallTerms, Entry } from '@riposte/core'
import type { Sql, SqliteValue } from './database.ts'
import type { Written } from './entry-table.ts'
import { blobOfKey } from './keys.ts'
import { storedScalar } from './scalars.ts'
import { storedText } from './text.ts'

const ABSENT = 0

const REMOVE = 'DELETE FROM call_terms_v1 WHERE id = ?'
const FIND_FUNCTION = 'SELECT id FROM functions_v1 WHERE name = ? AND namespace = ? AND version = ?'
const ADD_FUNCTION = 'INSERT INTO functions_v1 (name, namespace, version) VALUES (?, ?, ?)'
const ADD_CALL = 'INSERT INTO call_terms_v1 (id, key, function, result) VALUES (?, ?, ?, ?)'
const ADD_ARGUMENT = 'INSERT OR IGNORE INTO arguments_v1 (call, position, path, name, digest) VALUES (?, ?, ?, ?, ?)'
const ADD_PATH = 'INSERT OR IGNORE INTO paths_v1 (path) VALUES (?)'
const ADD_METADATA =
  'INSERT OR IGNORE INTO metadata_v1 (path, value, call) SELECT id, ?, ? FROM paths_v1 WHERE path = ?'

/** Text, or the absence of it, as it is stored and asked for. */
export function storedOptional(text: string | undefined): SqliteValue {
  return text === undefined ? ABSENT : storedText(text)
}

/** Writes what a call record can be found by, in place of what it was found by before. One statement a term, and four. */
export function writeTerms(sql: Sql, { id, replaced }: Written, key: Uint8Array, entry: Entry | CallEntry): void {
  if (replaced) sql(REMOVE).run(id)
  if (!('terms' in entry)) return
  const { args, metadata, result } = entry.terms
  sql(ADD_CALL).run(id, key, functionOf(sql, entry.terms), result === undefined ? null : blobOfKey(result))
  for (const { position, path, name, digest } of args) {
    sql(ADD_ARGUMENT).run(id, position, storedText(path), storedOptional(name), blobOfKey(digest))
  }
  for (const { path, value } of metadata) {
    const row = [storedScalar(value), id, storedText(path)] as const
    if (Number(sql(ADD_METADATA).run(...row).changes) > 0) continue
    sql(ADD_PATH).run(storedText(path))
    sql(ADD_METADATA).run(...row)
  }
}

function functionOf(sql: Sql, { namespace, name, version }: CallTerms): number {
  const identity = [storedText(name), storedText(namespace), storedOptional(version)] as const
  const known = sql<{ id: number }>(FIND_FUNCTION).get(...identity)
  return Number(known === undefined ? sql(ADD_FUNCTION).run(...identity).lastInsertRowid : known.id)
}
