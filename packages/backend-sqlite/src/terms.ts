import type { CallEntry, Entry, MetadataTerm } from '@riposte/core'
import type { Sql, SqliteValue } from './database.ts'
import type { Written } from './entry-table.ts'
import { blobOfKey } from './keys.ts'
import { storedScalar } from './scalars.ts'
import { storedText } from './text.ts'

const ABSENT = 0

const REMOVE = 'DELETE FROM call_terms_v1 WHERE id = ?'
const ADD_CALL =
  'INSERT INTO call_terms_v1 (id, key, result, function) SELECT ?, ?, ?, id FROM functions_v1 WHERE name = ? AND namespace = ? AND version = ?'
const ADD_FUNCTION = 'INSERT INTO functions_v1 (name, namespace, version) VALUES (?, ?, ?)'
const ADD_ARGUMENTS = 'INSERT OR IGNORE INTO arguments_v1 (call, position, path, name, digest) VALUES'
const ADD_PATH = 'INSERT OR IGNORE INTO paths_v1 (path) VALUES (?)'
// A path that is not there yet gives NULL, and a row with that is ignored too.
const ADD_METADATA = 'INSERT OR IGNORE INTO metadata_v1 (path, value, call) VALUES'

const ARGUMENT = '(?, ?, ?, ?, ?)'
const METADATA = '((SELECT id FROM paths_v1 WHERE path = ?), ?, ?)'
/** Rows of one statement. A statement for each row takes 1.5 µs more a row. */
const ROWS = 16

/** Text, or the absence of it, as it is stored and asked for. */
export function storedOptional(text: string | undefined): SqliteValue {
  return text === undefined ? ABSENT : storedText(text)
}

/** Writes what a call record can be found by, in place of what it was found by before. A statement for 16 terms, and three. */
export function writeTerms(sql: Sql, { id, replaced }: Written, key: Uint8Array, entry: Entry | CallEntry): void {
  if (replaced) sql(REMOVE).run(id)
  if (!('terms' in entry)) return
  const { args, metadata, result, namespace, name, version } = entry.terms
  const identity = [storedText(name), storedText(namespace), storedOptional(version)] as const
  const call = [id, key, result === undefined ? null : blobOfKey(result), ...identity] as const
  if (Number(sql(ADD_CALL).run(...call).changes) === 0) {
    sql(ADD_FUNCTION).run(...identity)
    sql(ADD_CALL).run(...call)
  }
  addRows(sql, ADD_ARGUMENTS, ARGUMENT, args, argument => {
    const { position, path, name: label, digest } = argument
    return [id, position, storedText(path), storedOptional(label), blobOfKey(digest)]
  })
  const metadatum = ({ path, value }: MetadataTerm): SqliteValue[] => [storedText(path), storedScalar(value), id]
  if (addRows(sql, ADD_METADATA, METADATA, metadata, metadatum) === metadata.length) return
  for (const { path } of metadata) sql(ADD_PATH).run(storedText(path))
  addRows(sql, ADD_METADATA, METADATA, metadata, metadatum)
}

/** Inserts a row for each item; returns how many there were not before. */
function addRows<T>(
  sql: Sql,
  insert: string,
  row: string,
  items: readonly T[],
  valuesOf: (item: T) => readonly SqliteValue[],
): number {
  let added = 0
  for (let from = 0; from < items.length; from += ROWS) {
    const some = items.slice(from, from + ROWS)
    const text = `${insert} ${some.map(() => row).join(', ')}`
    added += Number(sql(text).run(...some.flatMap(valuesOf)).changes)
  }
  return added
}
