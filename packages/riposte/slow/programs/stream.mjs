// Stores bytes as they come, loads them as they are, and tells how much memory that took beyond what the program has at rest.
import { createCache } from '@riposte/core'
import { memoryBeyondRest } from './memory-beyond-rest.mjs'
import { openStore } from './open-store.mjs'

const [engine, location, mebibytes] = process.argv.slice(2)
const MIB = 2 ** 20
const cache = createCache(openStore(engine, location))
const { measure, most } = memoryBeyondRest()

function* made() {
  const piece = Buffer.alloc(MIB / 4)
  for (let i = 0; i < Number(mebibytes) * 4; i += 1) {
    piece.fill(i & 255)
    piece.writeUInt32LE(i, 100)
    yield piece
  }
}

const began = performance.now()
const key = await cache.values.saveStream(made(), { onProgress: measure })
const saved = performance.now()
let bytes = 0
for await (const piece of cache.values.loadStream(key)) {
  bytes += piece.length
  measure()
}
const loaded = performance.now()
await cache.close()
console.log(
  JSON.stringify({
    key,
    bytes,
    ...most(),
    saveMs: saved - began,
    loadMs: loaded - saved,
  }),
)
