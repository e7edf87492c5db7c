/** What the tables are, and which databases are ours. */
import { RiposteError } from '@riposte/core'
import type { SqliteDatabase } from './database.ts'
import { EVICTIONS_TABLE } from './eviction-table.ts'
import { isNotDatabase } from './failure.ts'
import { transaction } from './transaction.ts'

/** `PRAGMA application_id` of our databases: "Ripo". */
const APPLICATION_ID = 0x5269706f

/** `PRAGMA user_version`, and the number in the names of the tables. */
const FORMAT = 3

/** Rows of the table of totals. */
export const VALUES = 1
export const CALLS = 2

/** Of `json_each` over the parts of a call: whether an item is what a part is found by. */
export const IS_HASH = 'key % 3 = 0'

/** Ids of calls in an era. Fewer change fewer pages; more leave fewer eras to be asked: of a million calls there are 250. */
export const ERA = 4096

/**
 * Keys stand apart from bytes: to list, to find a prefix and to refresh an age reads and writes small rows only
 * (touching an entry of 1 MB: 8 µs; in one table, 260 µs). Bytes are in a rowid table, because a row of 10 KB in the
 * tree of the keys is read 3.5 times slower. Times are in microseconds. `first` is the first byte: a sweep asks for nothing
 * else of what it removes.
 *
 * What is there is not counted when somebody asks, nor whenever an entry comes. Totals take in the entries up to an id,
 * which moves up every so many entries; those above are few. So an entry that is new costs nothing, and no id up to that
 * one is given twice. `oldest` and `newest` are of entries up to that id, or `NULL` where the one that it was is gone.
 *
 * Of many entries that are removed by key the bytes lie scattered: their ids are noted, and the bytes removed later in
 * the order in which they lie.
 */
const entries = (row: number, keys: string, bytes: string): string => `
CREATE TABLE ${keys} (
  key BLOB PRIMARY KEY,
  id INTEGER NOT NULL,
  touched INTEGER NOT NULL,
  size INTEGER NOT NULL,
  first INTEGER
) WITHOUT ROWID;
CREATE TABLE ${bytes} (id INTEGER PRIMARY KEY, added INTEGER NOT NULL, bytes BLOB NOT NULL, rest BLOB);
INSERT INTO totals_v3 (id, upto, entries, bytes) VALUES (${row}, 0, 0, 0);
CREATE TRIGGER ${keys}_resized AFTER UPDATE OF size ON ${keys} WHEN OLD.size <> NEW.size BEGIN
  UPDATE totals_v3 SET bytes = bytes + NEW.size - OLD.size WHERE id = ${row} AND OLD.id <= upto;
END;
CREATE TRIGGER ${keys}_touched AFTER UPDATE OF touched ON ${keys} BEGIN
  UPDATE totals_v3 SET oldest = nullif(oldest, OLD.touched), newest = max(coalesce(newest, 0), NEW.touched) WHERE id = ${row};
END;`

/**
 * The terms of a call have its id. What is a number where text is expected is the absence of it: 0 is no text.
 * Arguments and metadata are in one table, so that those of one call lie on one page: what a write costs is the pages
 * that it changes, some 7 µs each. A slot is a place in the calls of one function where a value can stand: an argument, a
 * part of one, or metadata (position -1). So one index leads to a value and, within it, along the keys; or, within a
 * slot, along the values and the keys. The name of a slot of metadata is that of the path whose presence it says too, which
 * then has no row of its own. Functions and slots go with the last call that has them.
 */
const TABLES = `
CREATE TABLE totals_v3 (
  id INTEGER PRIMARY KEY,
  upto INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  oldest INTEGER,
  newest INTEGER
);

${entries(VALUES, 'values_v3', 'value_bytes_v3')}
CREATE TABLE removed_values_v3 (entry INTEGER NOT NULL);

${entries(CALLS, 'calls_v3', 'call_bytes_v3')}
CREATE TABLE removed_calls_v3 (entry INTEGER NOT NULL);
CREATE TRIGGER call_terms_go_v3 AFTER DELETE ON calls_v3 BEGIN
  DELETE FROM call_terms_v3 WHERE id = OLD.id;
END;

CREATE TABLE functions_v3 (
  id INTEGER PRIMARY KEY,
  namespace NOT NULL,
  name NOT NULL,
  version NOT NULL,
  calls INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX functions_by_name_v3 ON functions_v3 (name, namespace, version);
CREATE INDEX functions_by_namespace_v3 ON functions_v3 (namespace);
CREATE INDEX functions_by_version_v3 ON functions_v3 (version);

CREATE TABLE call_terms_v3 (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  function INTEGER NOT NULL,
  result BLOB,
  size INTEGER NOT NULL,
  parts TEXT
);
CREATE INDEX calls_by_function_v3 ON call_terms_v3 (function, key);
CREATE INDEX calls_by_result_v3 ON call_terms_v3 (result, function, key) WHERE result IS NOT NULL;

CREATE TABLE slots_v3 (
  id INTEGER PRIMARY KEY,
  function INTEGER NOT NULL,
  position INTEGER NOT NULL,
  path NOT NULL,
  name NOT NULL
);
CREATE UNIQUE INDEX slots_by_path_v3 ON slots_v3 (path, function, position, name);
CREATE INDEX slots_by_holder_v3 ON slots_v3 (name, function) WHERE position < 0;

CREATE TABLE result_parts_v3 (
  function INTEGER NOT NULL,
  era INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  call INTEGER NOT NULL,
  PRIMARY KEY (function, era, hash, call)
) WITHOUT ROWID;

CREATE TABLE terms_v3 (
  call INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  value NOT NULL,
  key BLOB NOT NULL,
  PRIMARY KEY (call, slot, value)
) WITHOUT ROWID;
CREATE INDEX terms_by_value_v3 ON terms_v3 (slot, value, key);

CREATE TRIGGER call_counted_again_v3 AFTER INSERT ON call_terms_v3
WHEN NEW.id <= (SELECT upto FROM totals_v3 WHERE id = ${CALLS}) BEGIN
  UPDATE functions_v3 SET calls = calls + 1, bytes = bytes + NEW.size WHERE id = NEW.function;
  INSERT OR IGNORE INTO result_parts_v3 (function, era, hash, call)
    SELECT NEW.function, NEW.id / ${ERA}, value, NEW.id FROM json_each(NEW.parts) WHERE ${IS_HASH};
END;
CREATE TRIGGER call_terms_removed_v3 AFTER DELETE ON call_terms_v3 BEGIN
  DELETE FROM terms_v3 WHERE call = OLD.id;
  DELETE FROM result_parts_v3 WHERE function = OLD.function AND era = OLD.id / ${ERA}
    AND hash IN (SELECT value FROM json_each(OLD.parts) WHERE ${IS_HASH}) AND call = OLD.id;
  UPDATE functions_v3 SET calls = calls - 1, bytes = bytes - OLD.size
    WHERE id = OLD.function AND OLD.id <= (SELECT upto FROM totals_v3 WHERE id = ${CALLS});
  DELETE FROM functions_v3 WHERE id = OLD.function
    AND NOT EXISTS (SELECT 1 FROM call_terms_v3 WHERE function = OLD.function);
END;
CREATE TRIGGER terms_removed_v3 AFTER DELETE ON terms_v3
WHEN NOT EXISTS (SELECT 1 FROM terms_v3 WHERE slot = OLD.slot) BEGIN
  DELETE FROM slots_v3 WHERE id = OLD.slot;
END;

CREATE TABLE refs_v3 (name BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE leases_v3 (
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

${EVICTIONS_TABLE};

PRAGMA application_id = ${APPLICATION_ID};
PRAGMA user_version = ${FORMAT};
`

/**
 * Whether the database is empty; if it is not, it is a store. Writes nothing.
 *
 * @throws {RiposteError} `ERR_NOT_A_STORE` for anything else, `ERR_UNKNOWN_FORMAT` for a store of another version
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
      `${location} has format ${format}; this version reads format ${FORMAT}: ${format > FORMAT ? 'update riposte' : 'remove the file'}, or use another`,
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
