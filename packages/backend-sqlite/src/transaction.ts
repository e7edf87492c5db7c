import type { SqliteDatabase } from './database.ts'

/**
 * Runs `body` in one transaction: all of its writes are kept, or, when it throws, none. `IMMEDIATE` waits for other
 * writers before it begins, so that nothing in it can be refused because of them.
 */
export function transaction<T>(database: SqliteDatabase, kind: 'IMMEDIATE' | 'DEFERRED', body: () => T): T {
  database.exec(`BEGIN ${kind}`)
  try {
    const result = body()
    database.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(database)
    throw error
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('ROLLBACK')
  } catch {
    // On some errors (a full disk, a failed write) the engine has rolled back by itself, and says that there is no
    // transaction. What ended the transaction is on its way to the caller.
  }
}
