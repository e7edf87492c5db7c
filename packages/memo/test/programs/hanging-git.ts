/** Has git asked once, prints the answer of the call, and has nothing more to do. */
import { createCache, memoryStore } from '@riposte/core'
import { memoize } from '../../src/index.ts'

const f = memoize(async (x: number) => x, { cache: createCache(memoryStore()), collect: ['git'], name: 'f' })
console.log(await f(1))
