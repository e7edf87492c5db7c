/** A cache of one's own before one that may only be read, over every kind of store. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Cache,
  type CacheWarning,
  createCache,
  fsStore,
  intercept,
  memoize,
  memoryStore,
  RiposteError,
  readOnly,
  type Store,
  sqliteStore,
  tiered,
} from 'riposte'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'riposte-shared-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const KINDS: Readonly<Record<string, (name: string) => Store>> = {
  memory: () => memoryStore(),
  files: name => fsStore(join(folder, name)),
  SQLite: name => sqliteStore(join(folder, `${name}.db`)),
}
const PAIRS = Object.keys(KINDS).flatMap(local => Object.keys(KINDS).map(shared => [local, shared] as const))

/** A function whose results have parts of their own, and how often it ran. */
function rows(cache: Cache) {
  let runs = 0
  const memoized = memoize(
    async (n: number) => {
      runs += 1
      return Array.from({ length: 3 }, (_, i) => `row ${n} ${i} `.repeat(1000))
    },
    { cache, name: 'rows', params: ['n'] },
  )
  return { memoized, runs: () => runs }
}

describe.each(PAIRS)('%s before %s', (local, shared) => {
  test('what others computed is answered and copied, what is new is kept, and both are there without the shared one', async () => {
    const [own, others] = [KINDS[local]!('local'), KINDS[shared]!('shared')]
    const server = createCache(others)
    await rows(server).memoized(1)
    const { entries } = (await server.stats()).values

    const cache = createCache(tiered([own, readOnly(others)]), { hot: false })
    const { memoized, runs } = rows(cache)
    await Promise.all(Array.from({ length: 16 }, () => memoized(1)))
    expect(runs()).toBe(0)
    for (let i = 0; i < 2; i++) await memoized(2)
    expect(runs()).toBe(1)
    expect(await memoized.query().count()).toBe(2)
    expect((await server.stats()).values.entries).toBe(entries)

    const alone = createCache(own, { hot: false })
    expect((await alone.stats()).values.entries).toBe(2 * entries)
    expect(await alone.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
    const again = rows(alone)
    expect(await again.memoized(1)).toEqual(await memoized(1))
    await again.memoized(2)
    expect(again.runs()).toBe(0)
    await cache.close()
  })

  test('an eviction takes from the local store, and the shared one answers again', async () => {
    const [own, others] = [KINDS[local]!('local'), KINDS[shared]!('shared')]
    await rows(createCache(others)).memoized(1)
    const cache = createCache(tiered([own, readOnly(others)]))
    const { memoized, runs } = rows(cache)
    for (const n of [1, 2]) await memoized(n)
    expect([await memoized.evict(1), await memoized.evict(1), await memoized.evict(2)]).toEqual([true, false, true])
    expect([await memoized.contains(1), await memoized.contains(2)]).toEqual([true, false])
    expect(await createCache(own).calls.query().count()).toBe(1) // what `contains` read was copied
    await cache.limit({ items: 0 })
    expect((await cache.stats()).calls.entries).toBe(0)
    await memoized(1)
    expect(runs()).toBe(1)
    await cache.close()
  })
})

test('while the shared store fails, functions run, and their results are kept and answered', async () => {
  const warnings: CacheWarning[] = []
  const failing = intercept(memoryStore(), () => {
    throw new RiposteError('ERR_BACKEND', 'the network is down', { operation: 'get' })
  })
  const cache = createCache(tiered([memoryStore(), readOnly(failing)], { onFailure() {} }), {
    hot: false,
    onWarning: warning => warnings.push(warning),
  })
  const { memoized, runs } = rows(cache)
  for (let i = 0; i < 3; i++) await memoized(1)
  expect(runs()).toBe(1)
  expect(warnings.map(({ code }) => code)).toEqual(['store'])
})
