/** What the tables are, and which databases are ours. */
import { RiposteError } from '@riposte/core'
import type { SqliteDatabase } from './database.ts'
import { isNotDatabase } from './failure.ts'
import { transaction } from './transaction.ts'

/** `PRAGMA application_id` of our databases: "Ripo". */
const APPLICATION_ID = 0x5269706f

/** `PRAGMA user_version`, and the number in the names of the tables. */
const FORMAT = 1

/**
 * Keys stand apart from bytes: to list, to find a prefix and to refresh an age reads and writes small rows only
 * (touching an entry of 1 MB: 8 µs; in one table, 260 µs). Bytes are in a rowid table, because a row of 10 KB in the
 * tree of the keys is read 3.5 times slower. `touched` is in microseconds.
 */
const entries = (keys: string, bytes: string): string => `
CREATE TABLE ${keys} (
  key BLOB PRIMARY KEY,
  id INTEGER NOT NULL,
  touched INTEGER NOT NULL,
  size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE ${bytes} (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL, rest BLOB);`

/**
 * The terms of a call have its id. What is a number where text is expected is the absence of it: 0 is no text.
 * Arguments and metadata are in one table, so that those of one call lie on one page: what a write costs is the pages
 * that it changes, some 7 µs each. Metadata has position -1 and no name; its path is the id of one in `paths_v1`.
 * A path `within` another says by standing there that the other is present too, which then has no row of its own.
 * Rows of `functions_v1` go with their last call; those of `paths_v1` stay, one for each path ever used.
 */
const TABLES = `
${entries('values_v1', 'value_bytes_v1')}
CREATE TRIGGER values_removed_v1 AFTER DELETE ON values_v1 BEGIN
  DELETE FROM value_bytes_v1 WHERE id = OLD.id;
END;

${entries('calls_v1', 'call_bytes_v1')}
CREATE TRIGGER calls_removed_v1 AFTER DELETE ON calls_v1 BEGIN
  DELETE FROM call_bytes_v1 WHERE id = OLD.id;
  DELETE FROM call_terms_v1 WHERE id = OLD.id;
END;

CREATE TABLE functions_v1 (id INTEGER PRIMARY KEY, namespace NOT NULL, name NOT NULL, version NOT NULL);
CREATE UNIQUE INDEX functions_by_name_v1 ON functions_v1 (name, namespace, version);
CREATE INDEX functions_by_namespace_v1 ON functions_v1 (namespace);
CREATE INDEX functions_by_version_v1 ON functions_v1 (version);

CREATE TABLE call_terms_v1 (id INTEGER PRIMARY KEY, key BLOB NOT NULL, function INTEGER NOT NULL, result BLOB);
CREATE INDEX calls_by_function_v1 ON call_terms_v1 (function, key);
CREATE INDEX calls_by_result_v1 ON call_terms_v1 (result) WHERE result IS NOT NULL;

CREATE TABLE terms_v1 (
  call INTEGER NOT NULL,
  position INTEGER NOT NULL,
  path NOT NULL,
  name NOT NULL,
  value NOT NULL,
  PRIMARY KEY (call, position, path, name, value)
) WITHOUT ROWID;
CREATE INDEX arguments_by_digest_v1 ON terms_v1 (value, path, name, position, call) WHERE position >= 0;
CREATE INDEX metadata_by_value_v1 ON terms_v1 (path, value, call) WHERE position < 0;

CREATE TABLE paths_v1 (id INTEGER PRIMARY KEY, path NOT NULL, within NOT NULL);
CREATE UNIQUE INDEX paths_by_path_v1 ON paths_v1 (path, within);
CREATE INDEX paths_by_holder_v1 ON paths_v1 (within);

CREATE TRIGGER call_terms_removed_v1 AFTER DELETE ON call_terms_v1 BEGIN
  DELETE FROM terms_v1 WHERE call = OLD.id;
  DELETE FROM functions_v1 WHERE id = OLD.function
    AND NOT EXISTS (SELECT 1 FROM call_terms_v1 WHERE function = OLD.function);
END;

CREATE TABLE refs_v1 (name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE leases_v1 (
  key BLOB PRIMARY KEY,
  epoch INTEGER NOT NULL,
  token TEXT NOT NULL,
  failed INTEGER NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  started TEXT NOT NULL,
  ttl INTEGER NOT NULL,
  renewed INTEGER NOT NULL
) WITHOUT ROWID;

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${FORMAT};
`

/**
 * Whether the database is empty; if it is not, it is a store. Writes nothing.
 *
 * @throws {RiposteError} `ERR_NOT_A_STORE` for anything else, `ERR_UNKNOWN_FORMAT` for a store of a later version
 */
export function isEmpty(database: SqliteDatabase, location: string): boolean {
  // In one transaction: another process may be about to make it a store.
  return transaction(
    text => database.exec(text),
    'DEFERRED',
    () => inspect(database, location),
  )
}

/** Makes an empty database a store; a store stays as it is, so that any number may do this at once. */
export function initialise(database: SqliteDatabase, location: string): void {
  transaction(
    text => database.exec(text),
    'IMMEDIATE',
    () => {
      if (inspect(database, location)) database.exec(TABLES)
    },
  )
}

function inspect(database: SqliteDatabase, location: string): boolean {
  const { id, format, tables } = describe(database, location)
  if (id === APPLICATION_ID && format === FORMAT) return false
  if (id === APPLICATION_ID) {
    throw new RiposteError(
      'ERR_UNKNOWN_FORMAT',
      `${location} has format ${format}; this version reads format ${FORMAT}: update riposte, or use another file`,
      { key: location, format },
    )
  }
  if (id === 0 && format === 0 && tables === 0) return true
  throw notStore(location, 'a database of something else')
}

function describe(database: SqliteDatabase, location: string): { id: number; format: number; tables: number } {
  try {
    return {
      id: single(database, 'PRAGMA application_id'),
      format: single(database, 'PRAGMA user_version'),
      tables: single(database, 'SELECT count(*) FROM sqlite_schema'),
    }
  } catch (error) {
    if (isNotDatabase(error)) throw notStore(location, 'not a SQLite database', error)
    throw error
  }
}

/** The one number that a statement selects. */
function single(database: SqliteDatabase, sql: string): number {
  // Each of the statements above gives one row of one column.
  return Number(Object.values(database.prepare(sql).get() as object)[0])
}

export function notStore(location: string, what: string, cause?: unknown): RiposteError {
  const message = `${location} is ${what}, and was left as it is: name another file for the store`
  return new RiposteError('ERR_NOT_A_STORE', message, { location }, { cause })
}
