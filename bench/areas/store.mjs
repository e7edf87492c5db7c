// A call that is recorded for the first time: the function returns at once, so what is timed is the writing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { memoize, memoizeSync } from '@riposte/memo'
import { keyvSqlite, rawFiles, rawSqlite } from '../engines.mjs'
import { fields, page } from '../inputs.mjs'

export const packages = ['keyv', '@keyv/sqlite', 'better-sqlite3']

const kinds = [
  { title: 'an object of 10 fields', result: fields },
  { title: '10 KB of text', result: page },
]

export async function* cases() {
  const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
  try {
    for (const kind of kinds) yield* misses(kind, mkdtempSync(join(folder, 'miss-')))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const together = 100

/** So many calls that are all under way before the first is awaited. */
function atOnce(memoized) {
  return i => Promise.all(Array.from({ length: together }, (_, n) => memoized(i * together + n)))
}

async function* misses({ title, result }, folder) {
  const open = []
  const cacheOver = store => {
    const cache = createCache(store, { hot: false })
    open.push(() => cache.close())
    return cache
  }
  const miss = store => memoize(result, { cache: cacheOver(store), name: 'miss' })
  const missSync = store => memoizeSync(result, { cache: cacheOver(store), name: 'miss' })
  const keyv = await keyvSqlite(folder)
  const sqlite = rawSqlite(folder)
  const files = rawFiles(folder)
  open.push(
    () => keyv.disconnect(),
    () => sqlite.close(),
  )
  try {
    yield {
      title: `miss in memory, ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: miss(memoryStore()) },
        { name: 'floor: the function', run: result },
      ],
    }
    yield {
      title: `miss in SQLite, ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: miss(sqliteStore(join(folder, 'riposte.db'))) },
        { name: 'riposte: memoizeSync', run: missSync(sqliteStore(join(folder, 'sync.db'))) },
        { name: 'keyv with @keyv/sqlite: set', later: true, run: i => keyv.set(JSON.stringify([i]), result(i)) },
        { name: 'floor: two inserts in a transaction', run: i => sqlite.set([i], result(i)) },
      ],
    }
    const batched = atOnce(miss(sqliteStore(join(folder, 'batch.db'))))
    yield {
      title: `${together} misses at once in SQLite, ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: batched },
        {
          name: 'floor: two inserts in a transaction each',
          run: i => {
            // Other keys than those of single misses.
            for (let n = 0; n < together; n++) sqlite.set([i, n], result(n))
          },
        },
      ],
    }
    yield {
      title: `miss in files, ${title}`,
      contenders: [
        { name: 'riposte: memoize', later: true, run: miss(fsStore(join(folder, 'files'))) },
        { name: 'riposte: memoizeSync', run: missSync(fsStore(join(folder, 'sync'), { sync: true })) },
        { name: 'floor: one file, written aside and renamed', run: i => files.set([i], result(i)) },
      ],
    }
  } finally {
    for (const close of open) await close()
  }
}
