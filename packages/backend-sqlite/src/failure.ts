import { existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { isRiposteError, RiposteError } from '@riposte/core'

// https://www.sqlite.org/rescode.html
const BUSY = 5
const READONLY = 8
const CORRUPT = 11
const CANTOPEN = 14
const PROTOCOL = 15
const NOTADB = 26

const CODES: { readonly [name: string]: number } = {
  SQLITE_BUSY: BUSY,
  SQLITE_READONLY: READONLY,
  SQLITE_CORRUPT: CORRUPT,
  SQLITE_CANTOPEN: CANTOPEN,
  SQLITE_PROTOCOL: PROTOCOL,
  SQLITE_NOTADB: NOTADB,
}

const WAY_OUT = '; move the file aside (with its -wal and -shm), and a new one is made'

/** What an engine's error becomes on its way to the caller. */
export function failure(error: unknown, operation: string, location: string): Error {
  if (isRiposteError(error)) return error
  if (resultCode(error) === READONLY) {
    return new RiposteError(
      'ERR_REJECTED',
      `${operation} was refused: ${location} is read-only`,
      { operation },
      { cause: error },
    )
  }
  return new RiposteError(
    'ERR_BACKEND',
    `${operation} failed on ${location}: ${reasonOf(error)}${isDamaged(error) ? WAY_OUT : ''}`,
    { operation, location },
    { cause: error },
  )
}

/** What stands in the way of a file is its folder, or what it and its folder allow. */
export function unopenable(path: string, error: unknown): RiposteError<'ERR_BACKEND'> {
  const folder = dirname(path)
  const check = existsSync(path)
    ? `check that it and its folder ${folder} are readable and writable`
    : `check that the folder ${folder} ${wantOf(folder)}`
  const verb = existsSync(path) ? 'opened' : 'made'
  return new RiposteError(
    'ERR_BACKEND',
    `${path} cannot be ${verb}: ${check} (${reasonOf(error)})`,
    { operation: 'open', location: path },
    { cause: error },
  )
}

function wantOf(folder: string): string {
  if (!existsSync(folder)) return 'exists, or can be made'
  return statSync(folder).isDirectory() ? 'is writable' : 'is one, and no file'
}

export function closedError(location: string): RiposteError<'ERR_CLOSED'> {
  return new RiposteError('ERR_CLOSED', `the store on ${location} was closed before`, { what: 'sqlite store' })
}

/** Another connection is in the way, and will be out of it. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code === BUSY || code === PROTOCOL
}

/** A file, or the files beside it, cannot be opened for what was asked. */
export function isUnopenable(error: unknown): boolean {
  const code = resultCode(error)
  return code === CANTOPEN || code === READONLY
}

/** A file cannot be opened, or not be made. */
export function isCannotOpen(error: unknown): boolean {
  return resultCode(error) === CANTOPEN
}

export function isNotDatabase(error: unknown): boolean {
  return resultCode(error) === NOTADB
}

function isDamaged(error: unknown): boolean {
  const code = resultCode(error)
  return code === CORRUPT || code === NOTADB
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The primary result code: better-sqlite3 gives the name of an extended one, `node:sqlite` its number. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  const name = /^SQLITE_[A-Z]+/.exec(error.code)?.[0]
  return name === undefined ? undefined : CODES[name]
}
