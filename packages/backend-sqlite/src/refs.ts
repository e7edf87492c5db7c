import type { NamedRef, SyncRefs } from '@riposte/core'
import type { Connection } from './connection.ts'
import { blobOfText, textOfBlob } from './text.ts'

const PAGE = 500

const READ = 'SELECT value FROM refs_v3 WHERE name = ?'
const ADD = 'INSERT INTO refs_v3 (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING'
const CHANGE = 'UPDATE refs_v3 SET value = ? WHERE name = ? AND value = ?'
const REMOVE = 'DELETE FROM refs_v3 WHERE name = ? AND value = ?'
const LIST = `SELECT name, value FROM refs_v3 WHERE name >= ? AND name < ? ORDER BY name LIMIT ${PAGE}`

interface RefRow {
  readonly name: Uint8Array
  readonly value: Uint8Array
}

/** Refs in a table. Each change is one statement, hence atomic among all processes. */
export function sqliteRefs(connection: Connection): SyncRefs {
  function read(name: string): string | undefined {
    const key = blobOfName(name)
    const row = connection.look('read of a ref', sql => sql<RefRow>(READ).get(key))
    return row && textOfBlob(row.value)
  }

  function* walk(prefix: Uint8Array): Iterable<NamedRef> {
    // No text has a byte this high, so this comes after all that begin with the prefix.
    const end = Buffer.concat([prefix, Uint8Array.of(0xff)])
    for (let from = prefix; ; ) {
      const rows = connection.look('listing of refs', sql => sql<RefRow>(LIST).all(from, end))
      for (const row of rows) yield { name: textOfBlob(row.name), value: textOfBlob(row.value) }
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      from = Buffer.concat([last.name, Uint8Array.of(0)])
    }
  }

  return {
    read,
    swap(name, expected, next) {
      const key = blobOfName(name)
      if (expected === undefined && next === undefined) return read(name) === undefined
      const { changes } = connection.run('swap of a ref', sql => {
        if (expected === undefined) return sql(ADD).run(key, blobOfText(next as string)) // not both are undefined
        if (next === undefined) return sql(REMOVE).run(key, blobOfText(expected))
        return sql(CHANGE).run(blobOfText(next), key, blobOfText(expected))
      })
      return Number(changes) > 0
    },
    list({ prefix = '' } = {}) {
      connection.check()
      return walk(blobOfText(prefix))
    },
  }
}

function blobOfName(name: string): Uint8Array {
  if (typeof name === 'string' && name !== '') return blobOfText(name)
  throw new TypeError(`expected the name of a ref, a string that is not empty; got ${JSON.stringify(name)}`)
}
