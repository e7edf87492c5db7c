/** A process that makes many calls in an order of its own: `node sharing.mjs <kind of store> <folder> <calls> <at once>`. */
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createCache, memoize } from 'riposte'
import { storeOfKind } from './store-of-kind.ts'

const [, , kind = '', folder = '', calls = '', concurrency = ''] = process.argv
const square = memoize(
  async (x: number) => {
    appendFileSync(join(folder, `ran-${process.pid}`), '.')
    await sleep(20)
    return x * x
  },
  { cache: createCache(storeOfKind(kind, folder)), name: 'square', params: ['x'], concurrency: Number(concurrency) },
)

writeFileSync(join(folder, `called-${process.pid}`), '')
while (!existsSync(join(folder, 'go'))) await sleep(5)
const start = process.pid % Number(calls)
const xs = Array.from({ length: Number(calls) }, (_, i) => (i * 7 + start) % Number(calls))
const squares = await Promise.all(xs.map(x => square(x)))
console.log(JSON.stringify(squares.every((y, i) => y === (xs[i] ?? 0) ** 2)))
