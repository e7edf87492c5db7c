// Opening a store, and its figures: neither should grow with what it holds.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache } from '@riposte/core'
import { fillWithCalls } from '../many-calls.mjs'

export const packages = ['better-sqlite3']

const sizes = [10_000, 100_000, 1_000_000]

export async function* cases() {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  const files = sizes.map(count => ({ count, file: join(folder, `${count}.db`) }))
  const caches = []
  try {
    for (const { count, file } of files) {
      const store = sqliteStore(file)
      fillWithCalls(store, count)
      store.close()
    }
    yield {
      title: 'open a SQLite store, look for a call and close it',
      contenders: files.map(({ count, file }) => ({
        name: `of ${count} calls`,
        run() {
          const store = sqliteStore(file)
          store.calls.has(['0'.repeat(64)])
          store.close()
        },
      })),
    }
    yield {
      title: 'stats of a SQLite store',
      contenders: files.map(({ count, file }) => {
        const cache = createCache(sqliteStore(file))
        caches.push(cache)
        return { name: `of ${count} calls`, later: true, run: () => cache.stats() }
      }),
    }
  } finally {
    for (const cache of caches) await cache.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
