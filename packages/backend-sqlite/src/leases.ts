import { type Holder, type Lease, type LeaseRow, leasesOver, type SyncLeases } from '@riposte/core'
import type { Connection } from './connection.ts'
import type { Sql, SqliteValue } from './database.ts'
import { MEMORY } from './open.ts'
import { blobOfText } from './text.ts'

const COLUMNS = 'epoch, token, failed, host, pid, started, ttl, renewed'

const READ = `SELECT ${COLUMNS} FROM leases_v3 WHERE key = ?`
const ADD = `INSERT INTO leases_v3 (${COLUMNS}, key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`
const CHANGE = `UPDATE leases_v3 SET (${COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?) WHERE key = ? AND token = ? AND failed = ?`
const REMOVE = 'DELETE FROM leases_v3 WHERE key = ? AND token = ? AND failed = ?'
const END = 'DELETE FROM leases_v3 WHERE key = ? AND token = ? AND failed <> epoch'
const LIST = `SELECT key, ${COLUMNS} FROM leases_v3`

/** What is selected: `started` has the thread too. Numbers may be bigints, as an open database was set up. */
interface Columns {
  readonly epoch: number | bigint
  readonly token: string
  readonly failed: number | bigint
  readonly host: string
  readonly pid: number | bigint
  readonly started: string
  readonly ttl: number | bigint
  readonly renewed: number | bigint
}

/** Leases in a table. Each change is one statement, hence atomic among all processes. The clock is this host's. */
export function sqliteLeases(connection: Connection): SyncLeases {
  return leasesOver({
    // Of a database that was given open it is not asked where it is: leases that nobody else sees do no harm.
    shared: connection.location !== MEMORY,
    read(key) {
      const found = connection.look('read of a lease', sql => sql<Columns>(READ).get(blobOfText(key)))
      return found && rowOf(found)
    },
    swap(key, from, to) {
      const name = blobOfText(key)
      const { changes } = connection.run('swap of a lease', sql => {
        if (to === undefined)
          return from === undefined ? { changes: 0 } : sql(REMOVE).run(name, from.token, from.failed)
        const { epoch, token, failed, holder, ttlMs } = to
        const columns: SqliteValue[] = [
          epoch,
          token,
          failed,
          holder.host,
          holder.pid,
          begunOf(holder),
          ttlMs,
          Date.now(),
        ]
        return from === undefined
          ? sql(ADD).run(...columns, name)
          : sql(CHANGE).run(...columns, name, from.token, from.failed)
      })
      return Number(changes) > 0
    },
    forget(isStale) {
      connection.run('forgetting of leases', sql => {
        const now = Date.now()
        for (const found of sql<Columns & { readonly key: Uint8Array }>(LIST).all()) {
          const row = rowOf(found)
          if (isStale(row, now)) sql(REMOVE).run(found.key, row.token, row.failed)
        }
      })
    },
    now() {
      connection.check()
      return Date.now()
    },
  })
}

/** Ends leases as done, inside whatever transaction the caller has begun. */
export function endLeases(sql: Sql, leases: readonly Lease[]): void {
  for (const { key, token } of leases) sql(END).run(blobOfText(key), token)
}

/** The start of a holder's process and, where it is not the main one, its thread: neither has a colon. */
function begunOf({ started, thread }: Holder): string {
  return thread === '' ? started : `${started}:${thread}`
}

function rowOf({ epoch, token, failed, host, pid, started, ttl, renewed }: Columns): LeaseRow {
  const [begun = '', thread = ''] = started.split(':')
  return {
    epoch: Number(epoch),
    token,
    failed: Number(failed),
    holder: { host, pid: Number(pid), started: begun, thread },
    ttlMs: Number(ttl),
    renewed: Number(renewed),
  }
}
