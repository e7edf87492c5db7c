// Fills a store with values and sweeps it, in a process of its own for its memory: `node sweep.mjs sqlite 10000`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, memoryStore } from '@riposte/core'
import { fillWithValues } from '../many-calls.mjs'

const [kind, count] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
const stores = {
  sqlite: () => sqliteStore(join(folder, 'riposte.db')),
  memory: () => memoryStore(),
  files: () => fsStore(join(folder, 'files'), { sync: true }),
}
try {
  const store = stores[kind]()
  await fillWithValues(store, Number(count))
  const cache = createCache(store)
  let stall = 0
  let last = performance.now()
  // The system's own peak begins with that of the process which started this one.
  let rss = process.memoryUsage.rss()
  const timer = setInterval(() => {
    stall = Math.max(stall, performance.now() - last)
    rss = Math.max(rss, process.memoryUsage.rss())
    last = performance.now()
  }, 1)
  const begin = performance.now()
  const before = process.cpuUsage()
  const { removed, kept } = await cache.gc({ grace: 0 })
  const { user, system } = process.cpuUsage(before)
  const took = performance.now() - begin
  clearInterval(timer)
  await cache.close()
  console.log(JSON.stringify({ removed, kept, took, cpu: (user + system) / 1000, stall, rss }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
