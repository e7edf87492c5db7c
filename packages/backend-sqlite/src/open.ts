/** From a path, or an open database, to one that is checked, initialised and tuned. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { SqliteDatabase } from './database.ts'
import { type Driver, loadDriver, openDatabase } from './driver.ts'
import { isBusy, isCannotOpen, isUnopenable, unopenable } from './failure.ts'
import { makeFolders } from './make-folders.ts'
import { isOnNetworkFileSystem } from './network-file-system.ts'
import { initialise, isEmpty, notStore } from './schema.ts'

/** Milliseconds that a statement waits for another connection's write. One takes microseconds to a few milliseconds. */
const PATIENCE = 10_000

/** Pages in the log before they are moved into the database. With 1000, the default, batched writes take 1.8 times as long. */
const CHECKPOINT = 10_000

/** KiB of pages in memory, at most. With 2000, the default, a removal of many entries writes pages that it will change again. */
const CACHE = 32_768

/** Bytes of a file that is read whole, where it cannot be opened. */
const COPY_AT_MOST = 2 ** 29

/** Bytes of a database's header; the engine takes a file of one byte for an empty database. */
const HEADER_BYTES = 100

export const MEMORY = ':memory:'

/** Opens a file, creating it and its directories, or a database in memory. */
export function openPath(path: string, durable: boolean): SqliteDatabase {
  const Driver = loadDriver()
  if (path !== MEMORY) {
    checkFile(path)
    onTheWay(path, () => makeFolders(dirname(path)))
  }
  const database = openFile(Driver, path)
  try {
    if (path !== MEMORY && isOnNetworkFileSystem(path)) endLog(Driver, path)
    tune(database, path, durable)
    return database
  } catch (error) {
    database.close()
    const copy = isUnopenable(error) && path !== MEMORY ? openCopy(Driver, path) : undefined
    if (copy !== undefined) return copy
    throw path !== MEMORY && isCannotOpen(error) ? unopenable(path, error) : error
  }
}

/** What the system refuses on the way to a file is a failure to open it. */
function onTheWay<T>(path: string, ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    throw unopenable(path, error)
  }
}

function openFile(Driver: Driver, path: string): SqliteDatabase {
  try {
    return openDatabase(Driver, path, { readonly: false, timeout: PATIENCE })
  } catch (error) {
    throw path !== MEMORY && isCannotOpen(error) ? unopenable(path, error) : error
  }
}

/** @throws {RiposteError} `ERR_NOT_A_STORE` for what cannot be a database, whatever the engine says of it */
function checkFile(path: string): void {
  const file = onTheWay(path, () => statSync(path, { throwIfNoEntry: false }))
  if (file?.isDirectory()) throw notStore(path, 'a directory')
  if (file?.isFile() && file.size > 0 && file.size < HEADER_BYTES) throw notStore(path, 'not a SQLite database')
}

/**
 * Opens what a file held when it was opened, for reading. The shared memory that readers of a log need cannot be
 * created in a directory that is read-only, and the engine then refuses to read; a copy in memory needs none.
 * `undefined` if the file is empty, too large to be copied, or not all of the database.
 */
function openCopy(Driver: Driver, path: string): SqliteDatabase | undefined {
  if (existsSync(`${path}-wal`) || !existsSync(path) || statSync(path).size > COPY_AT_MOST) return undefined
  const bytes = readFileSync(path)
  if (bytes.length === 0) return undefined
  // File format versions (https://www.sqlite.org/fileformat2.html#file_format_version_numbers): 2 asks for a log.
  bytes.fill(1, 18, 20)
  const database = openDatabase(Driver, bytes, { readonly: true, timeout: PATIENCE })
  try {
    if (!isEmpty(database, path)) return database
  } catch (error) {
    database.close()
    throw error
  }
  database.close()
  return undefined
}

/**
 * Makes a file that has a write-ahead log one without, on a connection of its own, whose locks end with it. It is
 * exclusive, so that the log is read without shared memory (https://www.sqlite.org/wal.html#noshm). The engine is asked
 * what the file has: to open and close the file beside it would drop the locks of other connections in this process.
 */
function endLog(Driver: Driver, path: string): void {
  patiently(() => {
    const database = openDatabase(Driver, path, { readonly: false, timeout: 0 })
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE')
      if (!isEmpty(database, path) && journalMode(database) === 'wal') database.exec('PRAGMA journal_mode = DELETE')
    } catch (error) {
      // A file that is read-only keeps its log.
      if (!isUnlockable(error)) throw error
    } finally {
      database.close()
    }
  })
}

/** A file that could be opened for reading alone cannot be locked for a change. */
function isUnlockable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'SQLITE_IOERR_LOCK'
}

/**
 * Checks that a database is a store, or empty, and sets it up. An empty one gets a write-ahead log, but not on a network
 * file system.
 *
 * @throws {RiposteError} `ERR_NOT_A_STORE`, `ERR_UNKNOWN_FORMAT`; then nothing was written
 */
export function tune(database: SqliteDatabase, location: string, durable: boolean): void {
  database.exec(`PRAGMA busy_timeout = ${PATIENCE}`)
  patiently(() => {
    if (isEmpty(database, location)) {
      database.exec('PRAGMA page_size = 4096')
      database.exec(`PRAGMA journal_mode = ${isRemote(database) ? 'DELETE' : 'WAL'}`)
      initialise(database, location)
    }
  })
  // Without a write-ahead log, as on file systems without shared memory, NORMAL may lose the whole file.
  const safe = durable || journalMode(database) !== 'wal'
  database.exec(`PRAGMA synchronous = ${safe ? 'FULL' : 'NORMAL'}`)
  database.exec(`PRAGMA cache_size = -${CACHE}`)
  database.exec(`PRAGMA wal_autocheckpoint = ${CHECKPOINT}`)
}

/** Asked of the database, which may have been given open. One in memory has no file. */
function isRemote(database: SqliteDatabase): boolean {
  // The pragma gives this column, of the main database first.
  const [main] = database.prepare('PRAGMA database_list').all() as { readonly file: string | null }[]
  return main?.file ? isOnNetworkFileSystem(main.file) : false
}

function journalMode(database: SqliteDatabase): string {
  // The pragma gives one row of this column.
  return (database.prepare('PRAGMA journal_mode').get() as { journal_mode: string }).journal_mode
}

/** Changing to a log, and opening a log that another process is about to remove, are refused at once and not after `busy_timeout`. */
function patiently(attempt: () => void): void {
  const end = performance.now() + PATIENCE
  for (;;) {
    try {
      attempt()
      return
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
  }
}
