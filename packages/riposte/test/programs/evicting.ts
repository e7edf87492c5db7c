import { createCache, fsStore, memoize, sqliteStore } from 'riposte'

// What one process evicts, another explains.
const told: string[] = []
for (const store of [fsStore('files'), fsStore('files-at-once', { sync: true }), sqliteStore('calls.db')]) {
  const cache = createCache(store)
  const f = memoize(async (n: number) => n, { cache, name: 'f', params: ['n'] })
  const explained = await f.explain(1)
  told.push(explained.outcome === 'hit' ? 'hit' : explained.reason)
  for (const n of [1, 2]) await f(n)
  await f.evict(1)
  await cache.close()
}
console.log(JSON.stringify(told))
