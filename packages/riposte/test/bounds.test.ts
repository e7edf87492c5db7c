/** Bounds on every store that outlives the process: kept all the time by `limited`, and once by `cache.limit`. */
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { createCache, type Digest, intercept, type LimitedOptions, limited, type Store } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { withStore } from './laws/stores.ts'

const PERSISTENT: readonly (readonly [string, (folder: string) => Store])[] = [
  ['files', folder => fsStore(join(folder, 'files'))],
  ['files, synchronous', folder => fsStore(join(folder, 'files'), { sync: true })],
  ['SQLite', folder => sqliteStore(join(folder, 'riposte.db'))],
]
const HOUR = 3_600_000
const identity = { namespace: '', name: 'slow', version: undefined, conditions: [] } as const

const cacheOver = (store: Store) => createCache(store, { hot: false })

/** A call that takes two entries, at a time of its own on the store's clock. */
async function call(store: Store, n: number, startedAt = n): Promise<Digest> {
  await tick(store)
  const { calls } = cacheOver(store)
  const metadata = { runtime: { startedAt, durationMs: 1 } }
  const prepared = calls.prepare(identity, { values: [n], names: ['n'] })
  await calls.commit(prepared, `${n}`.repeat(6000), { metadata })
  return prepared.digest as string as Digest
}

/** Waits until the store's clock has gone on: that of files stands still for some milliseconds at a time. */
async function tick(store: Store): Promise<void> {
  const before = await store.values.now()
  while ((await store.values.now()) - before < 1) await new Promise(resolve => setImmediate(resolve))
}

/** Five calls; the first was touched last, the last was computed first. */
async function filled(store: Store): Promise<void> {
  const first = await call(store, 1, 1000)
  for (let n = 2; n <= 5; n += 1) await call(store, n, 1000 - n)
  await tick(store)
  await store.calls.touch([first])
}

/** Which calls there are, each with its result. */
async function kept(store: Store): Promise<readonly unknown[]> {
  const records = await cacheOver(store).calls.query().toArray()
  for (const record of records) expect(await record.result()).toBe(`${String(record.args[0])}`.repeat(6000))
  return records.map(({ args }) => args[0]).sort()
}

async function held(store: Store): Promise<{ readonly items: number; readonly bytes: number }> {
  const { values, calls } = await cacheOver(store).stats()
  return { items: values.entries + calls.entries, bytes: values.bytes + calls.bytes }
}

/** The same store, whose clock is ahead. */
const ahead = (inner: Store, by: number): Store => ({
  ...inner,
  values: { ...inner.values, now: async () => (await inner.values.now()) + by },
})

afterEach(() => {
  vi.useRealTimers()
})

describe.each(PERSISTENT)('%s', (_name, open) => {
  describe('limited', () => {
    test.each([
      ['lru', [1, 4, 5]],
      ['fifo', [3, 4, 5]],
      ['lfu', [1, 2, 5]],
    ] as const)('%s holds after each write', async (policy, stay) => {
      await withStore(open, async inner => {
        const store = limited(inner, { items: 6, policy })
        const digests = [await call(store, 1), await call(store, 2), await call(store, 3)]
        for (const n of [2, 2, 2, 1, 1]) await store.calls.get([digests[n - 1]!])
        await call(store, 4)
        await call(store, 5)
        expect(await kept(inner)).toEqual(stay)
      })
    })

    test('bytes hold after each write', async () => {
      await withStore(open, async inner => {
        const store = limited(inner, { bytes: 20_000 })
        for (let n = 1; n <= 6; n += 1) {
          await call(store, n)
          expect((await held(inner)).bytes).toBeLessThanOrEqual(20_000)
        }
        expect(await kept(inner)).toEqual([4, 5, 6])
      })
    })

    test('age: what was neither written nor touched goes with the next write', async () => {
      await withStore(open, async inner => {
        vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] })
        const store = limited(inner, { age: HOUR })
        const first = await call(store, 1)
        await call(store, 2)
        vi.setSystemTime(Date.now() + HOUR - 1000)
        await store.calls.touch([first])
        vi.setSystemTime(Date.now() + 2000)
        await call(store, 3)
        expect(await kept(inner)).toEqual([1, 3])
      })
    })

    test.each<[LimitedOptions, readonly number[]]>([
      [{ items: 6 }, [1, 4, 5]],
      [{ items: 6, policy: 'fifo' }, [1, 4, 5]],
      [{ items: 6, policy: 'lfu' }, [1, 4, 5]],
      [{ bytes: 20_000 }, [1, 4, 5]],
      [{ items: 0 }, []],
    ])(
      'a store that is over %j when it is opened is trimmed by its first use, the oldest first',
      async (bounds, stay) => {
        await withStore(open, async inner => {
          await filled(inner)
          await limited(inner, bounds).values.has([])
          expect(await kept(inner)).toEqual(stay)
          expect(await cacheOver(inner).fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
        })
      },
    )

    test('what is too old when the store is opened goes by its first use', async () => {
      await withStore(open, async inner => {
        await filled(inner)
        await limited(inner, { age: HOUR }).values.has([])
        expect(await kept(inner)).toHaveLength(5)
        await limited(ahead(inner, 2 * HOUR), { age: HOUR }).values.has([])
        expect(await held(inner)).toEqual({ items: 0, bytes: 0 })
      })
    })
  })

  describe('cache.limit', () => {
    test.each([
      ['lru', [1, 4, 5]],
      ['fifo', [1, 2, 3]],
    ] as const)('by items, %s', async (policy, stay) => {
      await withStore(open, async store => {
        await filled(store)
        const cache = cacheOver(store)
        const before = await held(store)
        const dry = await cache.limit({ items: 6, policy, dryRun: true })
        expect(await held(store)).toEqual(before)
        const result = await cache.limit({ items: 6, policy })
        expect(result).toEqual(dry)
        expect(result).toEqual({ removed: 4, calls: 2, kept: 6, bytes: before.bytes - (await held(store)).bytes })
        expect(await kept(store)).toEqual(stay)
        expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
      })
    })

    test('by bytes and by age', async () => {
      await withStore(open, async store => {
        await filled(store)
        await cacheOver(store).limit({ bytes: 20_000, age: HOUR })
        expect(await kept(store)).toEqual([1, 4, 5])
        expect(await cacheOver(ahead(store, 2 * HOUR)).limit({ age: HOUR })).toMatchObject({ calls: 3, kept: 0 })
      })
    })

    test('pins stay, and values are not read whole', async () => {
      await withStore(open, async inner => {
        await filled(inner)
        const pinned = await cacheOver(inner).values.save(['x'.repeat(9000), 'kept'], { pin: 'kept' })
        const store = intercept(inner, ({ name }, next) => {
          expect(name).not.toBe('put')
          return next()
        })
        const values: Store['values'] = {
          ...store.values,
          get(keys, options) {
            expect(options?.upTo).toBeLessThan(1000)
            return store.values.get(keys, options)
          },
        }
        expect(await cacheOver({ ...store, values }).limit({ items: 0 })).toMatchObject({ calls: 5, kept: 2 })
        expect(await cacheOver(inner).values.load(pinned)).toEqual(['x'.repeat(9000), 'kept'])
      })
    })
  })
})
