// Memoized calls over values that many of them share, for ever new and old arguments, until time is up.
import { createCache } from '@riposte/core'
import { memoize } from '@riposte/memo'
import { openStore } from './open-store.mjs'

const [engine, location, seed, until] = process.argv.slice(2)
const warnings = []
const cache = createCache(openStore(engine, location), {
  inlineBelow: 64,
  hot: false,
  onWarning: w => warnings.push(w.message),
})
const shared = n => Array.from({ length: 40 }, (_, i) => `shared ${n % 7} ${i}`)
const f = memoize(async n => ({ n, own: `${seed} ${n}`, parts: [shared(n), shared(n + 1)] }), {
  cache,
  name: 'f',
  params: ['n'],
})

let state = Number(seed)
const random = below => {
  state = (state * 1103515245 + 12345) % 2147483648
  return state % below
}
let calls = 0
while (Date.now() < Number(until)) {
  const n = random(400)
  const result = await f(n)
  if (result.n !== n || result.parts[0][3] !== `shared ${n % 7} 3`) throw new Error(`wrong result for ${n}`)
  if (random(10) === 0) await f.evict(random(400))
  calls += 1
}
await cache.close()
console.log(JSON.stringify({ calls, warnings }))
