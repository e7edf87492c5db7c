// A page of a hundred calls, of ten thousand and of a million. What an index answers should not grow with the store.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { fillWithCalls } from '../many-calls.mjs'

export const packages = ['better-sqlite3']

const size = 100
const few = 10_000
const many = 1_000_000

const pages = {
  'any calls': cache => cache.calls.query({ name: 'f' }),
  'calls of one user': cache => cache.calls.query({ name: 'f', args: { user: 'user 7' } }),
  'the latest calls': cache => cache.calls.query({ name: 'f' }).orderBy('startedAt', 'desc'),
  'the slowest calls': cache => cache.calls.query({ name: 'f' }).orderBy('durationMs', 'desc'),
  'the latest of those slower than 1 µs': cache =>
    cache.calls.query({ name: 'f', metadata: { runtime: { durationMs: { gt: 0.001 } } } }).orderBy('startedAt', 'desc'),
}

export async function* cases() {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  const caches = []
  const open = (store, count) => {
    fillWithCalls(store, count)
    const cache = createCache(store)
    caches.push(cache)
    return cache
  }
  try {
    const indexed = open(sqliteStore(join(folder, 'few.db')), few)
    const large = open(sqliteStore(join(folder, 'many.db')), many)
    const memory = open(memoryStore(), few)
    const files = open(fsStore(join(folder, 'files'), { sync: true }), few)
    for (const [title, query] of Object.entries(pages)) {
      const first = cache => () => query(cache).page({ size })
      const { next } = await query(large).page({ size })
      const contenders = [
        { name: `SQLite, of ${few}`, later: true, run: first(indexed) },
        { name: `SQLite, of ${many}`, later: true, run: first(large) },
        ...(next === undefined
          ? []
          : [
              {
                name: `SQLite, of ${many}, the second page`,
                later: true,
                run: () => query(large).page({ size, after: next }),
              },
            ]),
        { name: `memory, a scan of ${few}`, later: true, run: first(memory) },
      ]
      // Files take seconds: once is enough.
      if (title === 'the latest calls')
        contenders.push({ name: `files, a scan of ${few}`, later: true, run: first(files) })
      yield { title: `a page of ${size}: ${title}`, contenders }
    }
  } finally {
    for (const cache of caches) await cache.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
