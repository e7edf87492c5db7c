// Reads every record with its result, over and over, until time is up. A read that fails is counted.
import { createCache, isRiposteError } from '@riposte/core'
import { openStore } from './open-store.mjs'

const [engine, location, , until] = process.argv.slice(2)
const warnings = []
const cache = createCache(openStore(engine, location), { hot: false, onWarning: w => warnings.push(w.message) })
let reads = 0
const failures = []
while (Date.now() < Number(until)) {
  for await (const call of cache.calls.query({ name: 'f' })) {
    try {
      const { n, parts } = await call.result()
      if (parts[1][39] !== `shared ${(n + 1) % 7} 39`) throw new Error(`wrong result for ${n}`)
      reads += 1
    } catch (error) {
      // A record may be evicted, and its values swept, between listing it and reading its result.
      const [there] = await cache.store.calls.has([call.digest])
      if (there || !isRiposteError(error, 'ERR_NOT_FOUND')) failures.push(String(error))
    }
    if (Date.now() >= Number(until)) break
  }
  await new Promise(resolve => setTimeout(resolve, 5))
}
await cache.close()
console.log(JSON.stringify({ reads, failures, warnings }))
