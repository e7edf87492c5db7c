// Where the default cache is, for a user who may not write to the project.
import { createCache, openCache, sqliteStore } from 'riposte'

// Loads the driver, which that user may not find.
await createCache(sqliteStore(':memory:')).values.save(1)
if (process.getuid?.() === 0) process.seteuid?.(65534)
await using cache = openCache()
const key = await cache.values.save('a value')
console.log(JSON.stringify({ label: cache.store.label, value: await cache.values.load(key) }))
