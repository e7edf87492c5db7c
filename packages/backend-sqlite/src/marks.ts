import { isRiposteError, type SyncMarks } from '@riposte/core'
import type { Connection } from './connection.ts'
import { blobOfKey } from './keys.ts'
import { portions } from './portions.ts'
import { transaction } from './transaction.ts'

/**
 * A set of keys in a temporary table: in a file that nobody else sees, behind the 16 MB or less of pages that the engine keeps of it.
 * Each set has a table of its own, of a name that is never given again, so that what a connection left behind is in nobody's way.
 *
 * @param check - throws where the backend was closed
 */
export function sqliteMarks(connection: Connection, check: () => void): SyncMarks {
  const name = `marks_${crypto.randomUUID().replaceAll('-', '')}`
  const create = `CREATE TABLE temp.${name} (key BLOB PRIMARY KEY) WITHOUT ROWID`
  const insert = `INSERT INTO temp.${name} (key) VALUES (?) ON CONFLICT DO NOTHING`
  const exists = `SELECT 1 FROM temp.${name} WHERE key = ?`
  const remove = `DROP TABLE temp.${name}`
  let stands = false

  function begin(): void {
    if (stands) return
    connection.run('mark', sql => {
      // So that the file shrinks with the tables. It has no effect where there is a temporary table already.
      sql('PRAGMA temp.auto_vacuum = FULL').run()
      sql(create).run()
      // Keys are scattered, so a batch changes as many pages: with the journal in a file it takes three times as long.
      sql('PRAGMA temp.journal_mode = MEMORY').get()
    })
    stands = true
  }

  /** In one transaction, which never takes the lock of the database itself: others write meanwhile, and it may be read-only. */
  function addPortion(keys: readonly Uint8Array[]): readonly boolean[] {
    return connection.run('mark', sql =>
      transaction(
        text => sql(text).run(),
        'DEFERRED',
        () => keys.map(key => Number(sql(insert).run(key).changes) > 0),
      ),
    )
  }

  return {
    add(keys) {
      check()
      begin()
      const added: boolean[] = []
      for (const portion of portions(keys.map(blobOfKey))) added.push(...addPortion(portion))
      return added
    },
    has(keys) {
      check()
      const blobs = keys.map(blobOfKey)
      if (!stands) return blobs.map(() => false)
      // Not as a column: its statement would be kept for ever.
      return connection.run('mark', sql => blobs.map(key => sql(exists).get(key) !== undefined))
    },
    drop() {
      if (!stands) return
      stands = false
      try {
        connection.run('mark', sql => sql(remove).run())
      } catch (error) {
        // It goes with the connection.
        if (!isRiposteError(error, 'ERR_CLOSED')) throw error
      }
    },
  }
}
