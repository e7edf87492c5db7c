// A user's program in TypeScript: every package is imported by its own name, and types must follow.
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { type Cache, createCache, type Digest, digest, memoryStore, ref } from '@riposte/core'
import { type Memoized, memoize } from '@riposte/memo'
import * as umbrella from 'riposte'

interface Reading {
  readonly city: string
  readonly degrees: readonly number[]
}

const readings: readonly Reading[] = [{ city: 'Graz', degrees: Array.from({ length: 4000 }, (_, hour) => hour / 7) }]
const outcomes: boolean[] = []

for (const store of [memoryStore(), sqliteStore('.cache/typed.db'), fsStore('.cache/typed')]) {
  const cache: Cache = createCache(store)
  const parse: Memoized<(city: string) => Promise<readonly Reading[]>, readonly ['city']> = memoize(
    async (city: string) => readings.filter(reading => reading.city === city),
    { cache, name: 'parse', params: ['city'] },
  )
  const hottest = memoize((rows: readonly Reading[]) => Math.max(...rows.flatMap(row => row.degrees)), {
    cache,
    name: 'hottest',
    params: ['rows'],
  })
  const direct: number = await hottest(await parse('Graz'))
  const byReference: number = await hottest.withRefs(await parse.ref('Graz'))
  outcomes.push(direct === byReference)

  const key: Digest<readonly Reading[]> = await cache.values.save(readings)
  outcomes.push(key === digest(readings), (await cache.values.load(ref(key)))[0]?.city === 'Graz')
  outcomes.push((await parse.query({ city: 'Graz' }).count()) === 1)
  await cache.close()
}

// The umbrella's `memoize` has a default cache; beside that it is that of its own package, and so are scopes.
const shared: Cache = createCache(memoryStore())
const sum = (rows: readonly number[]): number => rows.reduce((a, b) => a + b, 0)
await umbrella.withCache(shared, async () => {
  await umbrella.memoize(sum, { name: 'sum' })([1, 2])
  const known = await memoize(sum, { name: 'sum' }).contains([1, 2])
  if (!known) throw new Error('the umbrella package holds another memoize')
})
if (umbrella.digest !== digest) throw new Error('the umbrella package holds another core')

console.log(`${outcomes.filter(Boolean).length} of ${outcomes.length}`)
