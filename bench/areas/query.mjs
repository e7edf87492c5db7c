// A page of a hundred calls, as the store grows: what an index answers should not take longer.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { head, rowsOf, sizesOf } from '../by-size.mjs'
import { fillWithCalls, sqliteFileOfCalls } from '../many-calls.mjs'

export const packages = ['better-sqlite3']

const size = 100

const queries = {
  'any calls': cache => cache.calls.query({ name: 'f' }),
  'calls of one user': cache => cache.calls.query({ name: 'f', args: { user: 'user 7' } }),
  'calls by a part of their result, which one in a thousand has': cache =>
    cache.calls.query({ name: 'f', result: { cost: { tokens: 7 } } }),
  'calls by a part of their result, which one in seven has': cache =>
    cache.calls.query({ name: 'f', result: { days: 3 } }),
  'calls by metadata three levels deep, which one in a thousand has': cache =>
    cache.calls.query({ name: 'f', metadata: { run: { step: { place: 7 } } } }),
  'the latest calls': cache => cache.calls.query({ name: 'f' }).orderBy('startedAt', 'desc'),
  'the slowest calls': cache => cache.calls.query({ name: 'f' }).orderBy('durationMs', 'desc'),
  'the latest of those slower than 5 ms, which is half of them': cache =>
    cache.calls.query({ name: 'f', metadata: { runtime: { durationMs: { gt: 5 } } } }).orderBy('startedAt', 'desc'),
}

export async function* cases({ large }) {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  const caches = []
  const open = store => {
    const cache = createCache(store)
    caches.push(cache)
    return cache
  }
  try {
    const indexed = sizesOf(large).map(count => {
      const file = join(folder, `${count}.db`)
      sqliteFileOfCalls(file, count)
      return { name: `SQLite, of ${count}`, cache: open(sqliteStore(file)) }
    })
    const [few] = sizesOf(large)
    const memory = memoryStore()
    fillWithCalls(memory, few)
    const scanned = open(memory)
    for (const [title, query] of Object.entries(queries)) {
      const contenders = []
      for (const { name, cache } of indexed) {
        contenders.push({ name, run: () => query(cache).page({ size }) })
        const { next } = await query(cache).page({ size })
        if (next === undefined) continue
        contenders.push({ name: `${name}, the second page`, run: () => query(cache).page({ size, after: next }) })
      }
      contenders.push({ name: `memory, a scan of ${few}`, run: () => query(scanned).page({ size }) })
      yield { title: `a page of ${size}: ${title}`, head, rows: await rowsOf(contenders) }
    }
    yield {
      title: `take ${size} of any calls`,
      head,
      rows: await rowsOf(
        indexed.map(({ name, cache }) => ({ name, run: () => queries['any calls'](cache).take(size).toArray() })),
      ),
    }
  } finally {
    for (const cache of caches) await cache.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
