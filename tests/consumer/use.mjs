// A user's program in plain JavaScript; run twice, it computes nothing the second time.
import { createCache, fsStore, memoize, sqliteStore } from 'riposte'

let computed = 0
const stores = [sqliteStore('.cache/use.db'), fsStore('.cache/use')]
const results = []
for (const store of stores) {
  const cache = createCache(store)
  const sum = memoize(
    numbers => {
      computed += 1
      return numbers.reduce((a, b) => a + b, 0)
    },
    { cache, name: 'sum', params: ['numbers'] },
  )
  results.push(await sum([1, 2, 3]))
  await cache.close()
}

// With no cache given, the default one is used.
const double = memoize(
  number => {
    computed += 1
    return number * 2
  },
  { name: 'double', params: ['number'] },
)
results.push(await double(3))

console.log('computed', computed)
console.log('result', results.every(result => result === 6) ? 6 : results)
