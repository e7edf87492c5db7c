import type { ArgumentTerm, CallEntry, Entry, MetadataTerm } from '@riposte/core'
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
const ADD_TERM = 'INSERT OR IGNORE INTO terms_v1 (call, position, path, name, value) VALUES'
const ADD_ARGUMENT = `${ADD_TERM} (?, ?, ?, ?, ?)`
// A path that is not there yet gives NULL, and a row with that is ignored too.
const ADD_METADATA = `${ADD_TERM} (?, -1, (SELECT id FROM paths_v1 WHERE path = ? AND within = ?), ${ABSENT}, ?)`
const ADD_PATH = 'INSERT OR IGNORE INTO paths_v1 (path, within) VALUES (?, ?)'

/** Text, or the absence of it, as it is stored and asked for. */
export function storedOptional(text: string | undefined): SqliteValue {
  return text === undefined ? ABSENT : storedText(text)
}

/**
 * Writes what a call record can be found by, in place of what it was found by before. One statement a term, and one;
 * more where a function or a path is new.
 */
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
  const rows = [...args.map(argument => argumentRow(id, argument)), ...metadataRows(id, metadata)]
  if (addRows(sql, rows) === rows.length) return
  // Not all were added: some path is new, or a term was given twice.
  for (const { within } of rows) if (within !== undefined) sql(ADD_PATH).run(...within)
  addRows(sql, rows)
}

/** A row to be added. */
interface Row {
  readonly text: string
  readonly values: readonly SqliteValue[]
  /** Of metadata: its path, and the path that is present because it is. */
  readonly within?: readonly [path: SqliteValue, holder: SqliteValue]
}

function argumentRow(id: number, { position, path, name, digest }: ArgumentTerm): Row {
  return { text: ADD_ARGUMENT, values: [id, position, storedText(path), storedOptional(name), blobOfKey(digest)] }
}

/** A namespace that holds something is present by what it holds: it needs no row. */
function metadataRows(id: number, terms: readonly MetadataTerm[]): readonly Row[] {
  const bare = new Set(terms.flatMap(({ path, value }) => (value === undefined ? [path] : [])))
  const implied = new Set(terms.map(({ path }) => holderOf(path)).filter(path => bare.has(path)))
  return terms.flatMap(({ path, value }): readonly Row[] => {
    if (value === undefined && implied.has(path)) return []
    const holder = holderOf(path)
    const within = [storedText(path), implied.has(holder) ? storedText(holder) : ABSENT] as const
    return [{ text: ADD_METADATA, values: [id, ...within, storedScalar(value)], within }]
  })
}

function holderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Returns how many there were not before. A statement for each: one for all of them is no faster. */
function addRows(sql: Sql, rows: readonly Row[]): number {
  return rows.filter(({ text, values }) => Number(sql(text).run(...values).changes) > 0).length
}
