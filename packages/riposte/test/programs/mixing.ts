/** A thread that works beside others on one store: `new Worker('mixing.mjs', { argv: [kind of store, folder] })`. */
import { deepStrictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import { threadId } from 'node:worker_threads'
import { createCache, fsStore, memoize, sqliteStore } from 'riposte'

const CALLS = 60

const [, , kind = '', folder = ''] = process.argv
await using cache = createCache(
  kind === 'sqlite' ? sqliteStore(join(folder, 'store.db')) : fsStore(join(folder, 'store')),
  { onWarning: ({ message }) => console.log(message) },
)
const rowsOf = (x: number) => Array.from({ length: 50 }, (_, row) => ({ row, text: `${x} of ${row}`.repeat(x % 7) }))
const rows = memoize(async (x: number) => rowsOf(x), { cache, name: 'rows', params: ['x'] })

// Each begins at another place, and half of what it saves the others save too.
for (let turn = 0; turn < CALLS; turn++) {
  const x = (turn + threadId * 17) % CALLS
  deepStrictEqual(await rows(x), rowsOf(x))
  const value = { x, by: turn % 2 === 0 ? threadId : 0, list: rowsOf(x) }
  const key = await cache.values.save(value)
  deepStrictEqual(await cache.values.load(key), value)
  if (turn % 10 === 0) await rows.evict(x)
  if (turn % 20 === 0) await cache.gc()
}
console.log(CALLS)
