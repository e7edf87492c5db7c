// Fills a store, half of it with what a pin reaches, sweeps it, and tells how much memory that took beyond what the program has at rest.
import { createCache } from '@riposte/core'
import { memoryBeyondRest } from './memory-beyond-rest.mjs'
import { openStore } from './open-store.mjs'

const [engine, location, values] = process.argv.slice(2)
const BATCH = 1000
const cache = createCache(openStore(engine, location), { inlineBelow: 10 })
for (let from = 0; from < Number(values); from += 2 * BATCH) {
  const text = n => `value number ${n}, ${'x'.repeat(60)}`
  await cache.values.saveAll(Array.from({ length: BATCH }, (_, i) => text(from + i)))
  const kept = Array.from({ length: BATCH }, (_, i) => text(from + BATCH + i))
  await cache.values.save(kept, { pin: `kept ${from}` })
}
const { measure, most } = memoryBeyondRest()

const began = performance.now()
const { removed, kept } = await cache.gc({ grace: 0, onProgress: measure })
measure()
const tookMs = performance.now() - began
const again = await cache.gc({ grace: 0 })
await cache.close()
console.log(
  JSON.stringify({
    removed,
    kept,
    removedAgain: again.removed,
    ...most(),
    tookMs,
  }),
)
