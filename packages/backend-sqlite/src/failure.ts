import { isRiposteError, RiposteError } from '@riposte/core'

// https://www.sqlite.org/rescode.html
const BUSY = 5
const READONLY = 8
const CANTOPEN = 14
const PROTOCOL = 15
const NOTADB = 26

const CODES: { readonly [name: string]: number } = {
  SQLITE_BUSY: BUSY,
  SQLITE_READONLY: READONLY,
  SQLITE_CANTOPEN: CANTOPEN,
  SQLITE_PROTOCOL: PROTOCOL,
  SQLITE_NOTADB: NOTADB,
}

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
  const reason = error instanceof Error ? error.message : String(error)
  return new RiposteError(
    'ERR_BACKEND',
    `${operation} failed on ${location}: ${reason}`,
    { operation, location },
    { cause: error },
  )
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

export function isNotDatabase(error: unknown): boolean {
  return resultCode(error) === NOTADB
}

/** The primary result code: better-sqlite3 gives the name of an extended one, `node:sqlite` its number. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined
  if ('errcode' in error && typeof error.errcode === 'number') return error.errcode & 0xff
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  const name = /^SQLITE_[A-Z]+/.exec(error.code)?.[0]
  return name === undefined ? undefined : CODES[name]
}
