/** What can be bound to a statement. */
export type SqliteValue = string | number | bigint | null | Uint8Array

/** The slice of a prepared statement that this package uses. */
export interface SqliteStatement {
  run(...values: SqliteValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  /** The first row as an object by column name; `undefined` where there is none. */
  get(...values: SqliteValue[]): unknown
  all(...values: SqliteValue[]): unknown[]
  /** Where an engine has it: makes `get` give the first column alone, without an object around it. */
  pluck?(): unknown
}

/** The slice of an open database that this package uses. A `Database` of better-sqlite3 and a `DatabaseSync` of `node:sqlite` fit. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** A statement whose rows are `R`. */
export interface Statement<R> {
  run(...values: SqliteValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  get(...values: SqliteValue[]): R | undefined
  all(...values: SqliteValue[]): R[]
}

/** Prepares a statement, or finds the one that was prepared from the same text before. */
export interface Sql {
  /** `R` is what the text selects. */
  <R = unknown>(text: string): Statement<R>
  /** The only column that the text selects, of the first row; `undefined` where there is none. An object a row takes 0.4 µs. */
  column<T>(text: string, ...values: SqliteValue[]): T | undefined
}

/** A piece of SQL and what is bound to its placeholders. */
export interface Fragment {
  readonly text: string
  readonly values: readonly SqliteValue[]
}

/** A condition that holds where all of these do. */
export function allOf(fragments: readonly Fragment[]): Fragment {
  if (fragments.length === 0) return { text: 'TRUE', values: [] }
  return { text: fragments.map(({ text }) => text).join(' AND '), values: fragments.flatMap(({ values }) => values) }
}

/** All rows that a piece of SQL selects. */
export function rowsOf<R>(sql: Sql, { text, values }: Fragment): R[] {
  return sql<R>(text).all(...values)
}
