/**
 * Runs `body` in one transaction: all of its writes are kept, or, when it throws, none. `IMMEDIATE` waits for other
 * writers before it begins, so that nothing in it can be refused because of them.
 *
 * @param execute - runs a statement that gives no rows
 */
export function transaction<T>(execute: (text: string) => unknown, kind: 'IMMEDIATE' | 'DEFERRED', body: () => T): T {
  execute(`BEGIN ${kind}`)
  try {
    const result = body()
    execute('COMMIT')
    return result
  } catch (error) {
    rollBack(execute)
    throw error
  }
}

function rollBack(execute: (text: string) => unknown): void {
  try {
    execute('ROLLBACK')
  } catch {
    // On some errors (a full disk, a failed write) the engine has rolled back by itself, and says that there is no
    // transaction. What ended the transaction is on its way to the caller.
  }
}
