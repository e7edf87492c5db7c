import type { ArgumentTerm, CallEntry, Entry, MetadataTerm } from '@riposte/core'
import type { Sql, SqliteValue } from './database.ts'
import type { Written } from './entry-table.ts'
import { blobOfKey } from './keys.ts'
import { storedParts } from './parts.ts'
import { storedScalar } from './scalars.ts'
import { storedText } from './text.ts'

/** No text. */
export const ABSENT = 0

/** The position of metadata. */
export const METADATA = -1

const REMOVE = 'DELETE FROM call_terms_v3 WHERE id = ?'
const FIND_FUNCTION = 'SELECT id FROM functions_v3 WHERE name = ? AND namespace = ? AND version = ?'
const ADD_FUNCTION = 'INSERT INTO functions_v3 (name, namespace, version) VALUES (?, ?, ?)'
const ADD_CALL = 'INSERT INTO call_terms_v3 (id, key, function, result, size, parts) VALUES (?, ?, ?, ?, ?, ?)'
const ADD_SLOT = 'INSERT OR IGNORE INTO slots_v3 (path, function, position, name) VALUES (?, ?, ?, ?)'
// A slot that is not there yet gives NULL, and a row with that is ignored too.
const ADD_TERM = `INSERT OR IGNORE INTO terms_v3 (slot, call, value, key)
  VALUES ((SELECT id FROM slots_v3 WHERE path = ? AND function = ? AND position = ? AND name = ?), ?, ?, ?)`

/** Text, or the absence of it, as it is stored and asked for. */
export function storedOptional(text: string | undefined): SqliteValue {
  return text === undefined ? ABSENT : storedText(text)
}

/**
 * Writes what a call record can be found by, in place of what it was found by before. One statement a term, and two;
 * more where a function or a slot is new.
 */
export function writeTerms(sql: Sql, { id, replaced }: Written, key: Uint8Array, entry: Entry | CallEntry): void {
  if (replaced) sql(REMOVE).run(id)
  if (!('terms' in entry)) return
  const { args, metadata, result, resultParts, namespace, name, version } = entry.terms
  const identity = [storedText(name), storedText(namespace), storedOptional(version)] as const
  const known = sql<{ readonly id: number }>(FIND_FUNCTION).get(...identity)
  const owner = Number(known === undefined ? sql(ADD_FUNCTION).run(...identity).lastInsertRowid : known.id)
  const whole = result === undefined ? null : blobOfKey(result)
  sql(ADD_CALL).run(id, key, owner, whole, entry.bytes.length, storedParts(resultParts))
  const terms = [...args.map(argument => argumentTerm(owner, argument)), ...metadataTerms(owner, metadata)]
  const add = ({ slot, value }: Term): boolean => Number(sql(ADD_TERM).run(...slot, id, value, key).changes) > 0
  const left = terms.filter(term => !add(term))
  if (left.length === 0) return
  // Their slots are new, or the terms were given twice.
  for (const { slot } of left) sql(ADD_SLOT).run(...slot)
  for (const term of left) add(term)
}

type Slot = readonly [path: SqliteValue, owner: number, position: number, name: SqliteValue]

interface Term {
  readonly slot: Slot
  readonly value: SqliteValue
}

function argumentTerm(owner: number, { position, path, name, digest }: ArgumentTerm): Term {
  return { slot: [storedText(path), owner, position, storedOptional(name)], value: blobOfKey(digest) }
}

/** A namespace that holds a scalar is present by what it holds: it needs no row. */
function metadataTerms(owner: number, terms: readonly MetadataTerm[]): readonly Term[] {
  const bare = new Set(terms.flatMap(({ path, value }) => (value === undefined ? [path] : [])))
  // By scalars: what is no scalar may be implied itself.
  const implied = new Set(
    terms
      .flatMap(({ path, value }) => (value === undefined ? [] : [holderOf(path)]))
      .filter(path => path !== undefined && bare.has(path)),
  )
  return terms.flatMap(({ path, value }): readonly Term[] => {
    if (value === undefined && implied.has(path)) return []
    const holder = holderOf(path)
    const name = holder !== undefined && implied.has(holder) ? storedText(holder) : ABSENT
    return [{ slot: [storedText(path), owner, METADATA, name], value: storedScalar(value) }]
  })
}

/** The path that one stands in; `undefined` for that of all metadata. */
function holderOf(path: string): string | undefined {
  return path === '' ? undefined : path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
