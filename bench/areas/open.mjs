// Opening a store, and its figures: neither should grow with what it holds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { head, rowsOf, sizesOf } from '../by-size.mjs'
import { sqliteFileOfCalls } from '../many-calls.mjs'

export const packages = ['better-sqlite3']

export async function* cases({ large }) {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  const files = sizesOf(large).map(count => ({ name: `of ${count} calls`, file: join(folder, `${count}.db`), count }))
  const caches = []
  try {
    for (const { file, count } of files) sqliteFileOfCalls(file, count)
    const opened = files.map(({ name, file }) => ({
      name,
      run() {
        const store = sqliteStore(file)
        store.calls.has(['0'.repeat(64)])
        store.close()
      },
    }))
    yield { title: 'open a SQLite store, look for a call and close it', head, rows: await rowsOf(opened) }
    const figures = files.map(({ name, file }) => {
      const cache = createCache(sqliteStore(file))
      caches.push(cache)
      return { name, run: () => cache.stats() }
    })
    yield { title: 'stats of a SQLite store', head, rows: await rowsOf(figures) }
  } finally {
    for (const cache of caches) await cache.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
