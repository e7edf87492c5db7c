// Calls a function with so many different arguments, and says what the heap holds more than before.
import { createCache, memoizeSync, voidStore } from 'riposte'

const calls = Number(process.argv[2])
const kinds = {
  number: i => i,
  text: i => `user-${i}`,
  object: i => ({ id: i, name: `user-${i}` }),
}

const cache = createCache(voidStore())
const functions = Object.entries(kinds).map(([name, make]) => ({
  make,
  memoized: memoizeSync((value, at) => ({ value, at, half: at / 2 }), { cache, name }),
}))
for (const { make, memoized } of functions) memoized(make(0), 0)
globalThis.gc()
const before = process.memoryUsage()
for (let i = 1; i <= calls; i += 1) {
  const { make, memoized } = functions[i % functions.length]
  memoized(make(i), i)
  // Some are used again, now and later.
  memoized(make(i), i)
  if (i > 5000) memoized(make(i - 3000), i - 3000)
}
globalThis.gc()
const after = process.memoryUsage()
const mebibytes = name => (after[name] - before[name]) / 2 ** 20
console.log(
  JSON.stringify({ heapMiB: mebibytes('heapUsed'), buffersMiB: mebibytes('arrayBuffers'), stats: await cache.stats() }),
)
