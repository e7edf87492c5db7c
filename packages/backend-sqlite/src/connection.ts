import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Sql, SqliteDatabase, SqliteStatement, SqliteValue, Statement } from './database.ts'
import { closedError, failure } from './failure.ts'
import { MEMORY, openPath, tune } from './open.ts'
import { transaction } from './transaction.ts'

/** Prepared statements that are kept. Those of queries differ with the number of their conditions, without a bound. */
const STATEMENTS = 200

/** The one connection of a store. It opens at first use, and turns errors of the engine into Riposte's. */
export interface Connection {
  /** A path, or what stands for it in messages. */
  readonly location: string
  /** Reads with a single statement. */
  look<T>(operation: string, body: (sql: Sql) => T): T
  /** Writes with a single statement, or reads beside it. */
  run<T>(operation: string, body: (sql: Sql) => T): T
  /** Reads several rows from one state of the database. */
  read<T>(operation: string, body: (sql: Sql) => T): T
  /** Writes all, or, when `body` throws, nothing. */
  write<T>(operation: string, body: (sql: Sql) => T): T
  /** @throws {RiposteError} `ERR_CLOSED` after `close` */
  check(): void
  close(): void
}

export function connect(target: string | SqliteDatabase, durable: boolean): Connection {
  const location = locationOf(target)
  const statements = new Map<string, unknown>()
  /** Those that give one column. They are few: none of their texts depends on what is asked for. */
  const columns = new Map<string, Column>()
  let database: SqliteDatabase | undefined
  /** Stands for a file that is not there yet: an empty store, which is only read. */
  let standIn: SqliteDatabase | undefined
  let closed = false

  function open(): SqliteDatabase {
    if (database !== undefined) return database
    if (standIn !== undefined) return standIn
    if (typeof target === 'string') database = openPath(location, durable)
    else {
      tune(target, location, durable)
      database = target
    }
    return database
  }

  /** Who only reads makes no file. */
  function openForReading(): void {
    if (database !== undefined || typeof target !== 'string' || target === MEMORY) return
    if (existsSync(location)) dropStandIn()
    else standIn ??= openPath(MEMORY, false)
  }

  function dropStandIn(): void {
    if (standIn === undefined) return
    forget()
    standIn.close()
    standIn = undefined
  }

  function prepare<R>(text: string): Statement<R> {
    let statement = statements.get(text)
    if (statement === undefined) {
      if (statements.size >= STATEMENTS) statements.clear()
      statement = open().prepare(text)
      statements.set(text, statement)
    }
    // Who writes the text names what it selects.
    return statement as Statement<R>
  }

  function column<T>(text: string, ...values: SqliteValue[]): T | undefined {
    let statement = columns.get(text)
    if (statement === undefined) {
      statement = columnOf(open().prepare(text))
      columns.set(text, statement)
    }
    return statement(...values) as T | undefined
  }

  function forget(): void {
    statements.clear()
    columns.clear()
  }

  const sql: Sql = Object.assign(prepare, { column })

  /** Prepared, as all are: `exec` would parse the text each time, in 1 µs. */
  const execute = (text: string): unknown => sql(text).run()

  function guard<T>(operation: string, body: () => T): T {
    check()
    try {
      return body()
    } catch (error) {
      throw failure(error, operation, location)
    }
  }

  function check(): void {
    if (closed) throw closedError(location)
  }

  return {
    location,
    look: (operation, body) =>
      guard(operation, () => {
        openForReading()
        return body(sql)
      }),
    run: (operation, body) =>
      guard(operation, () => {
        dropStandIn()
        return body(sql)
      }),
    read: (operation, body) =>
      guard(operation, () => {
        openForReading()
        return transaction(execute, 'DEFERRED', () => body(sql))
      }),
    write: (operation, body) =>
      guard(operation, () => {
        dropStandIn()
        return transaction(execute, 'IMMEDIATE', () => body(sql))
      }),
    check,
    close() {
      if (closed) return
      closed = true
      dropStandIn()
      forget()
      if (typeof target !== 'string') return
      try {
        database?.close()
      } catch (error) {
        throw failure(error, 'close', location)
      }
    },
  }
}

/** Gives the first column of the first row. */
type Column = (...values: SqliteValue[]) => unknown

function columnOf(statement: SqliteStatement): Column {
  if (statement.pluck === undefined) {
    return (...values) => {
      const row = statement.get(...values)
      return row === undefined ? undefined : Object.values(row as object)[0]
    }
  }
  statement.pluck()
  return (...values) => statement.get(...values)
}

function locationOf(target: string | SqliteDatabase): string {
  if (typeof target !== 'string') return 'the open database'
  return target === MEMORY ? MEMORY : resolve(target)
}
