import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { readHeader } from '../../src/codec/entry.ts'
import {
  type Cache,
  createCache,
  type Digest,
  digest,
  intercept,
  isCallIndex,
  type LimitedOptions,
  limited,
  memoryStore,
  type Operation,
  ref,
  type SyncStore,
} from '../../src/index.ts'
import { aTickOf, failingStore, identity, indexedStore, keysIn, laterStore, watchedStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

/** Text of a size that is stored as an entry of its own, different for each number. */
const text = (n: number, size = 6000): string => `${n} `.padEnd(size, '.')

function held(store: SyncStore): { readonly items: number; readonly bytes: number } {
  const infos = [...store.values.list(), ...store.calls.list()]
  return { items: infos.length, bytes: infos.reduce((sum, { size }) => sum + size, 0) }
}

/** Computes a call that takes two entries, its record and its result. */
async function call(cache: Cache, n: number, result: unknown = text(n)) {
  const prepared = cache.calls.prepare(identity, { values: [n], names: undefined })
  await cache.calls.commit(prepared, result)
  return prepared.digest
}

async function kept(cache: Cache): Promise<unknown[]> {
  return (await cache.calls.query().toArray()).map(({ args }) => args[0]).sort()
}

function limitedCache(options: LimitedOptions, inner: SyncStore = testStore()) {
  const cache = createCache(limited(inner, options), { hot: false })
  return { inner, cache, store: cache.store }
}

describe('what goes', () => {
  test.each([
    ['lru', [1, 4, 5]],
    ['fifo', [3, 4, 5]],
    ['lfu', [1, 2, 5]],
  ] as const)('%s', async (policy, stay) => {
    const { cache } = limitedCache({ items: 6, policy })
    const digests = [await call(cache, 1), await call(cache, 2), await call(cache, 3)]
    for (const n of [2, 2, 2, 1, 1]) await cache.calls.load(digests[n - 1]!)
    await call(cache, 4)
    await call(cache, 5)
    expect(await kept(cache)).toEqual(stay)
  })

  test('what was popular once gives way in time', async () => {
    const { cache } = limitedCache({ items: 6, policy: 'lfu' })
    const old = await call(cache, 1)
    for (let i = 0; i < 60; i++) await cache.calls.load(old)
    const newer = [await call(cache, 2), await call(cache, 3)]
    for (let i = 0; i < 300; i++) for (const one of newer) await cache.calls.load(one)
    await call(cache, 4)
    expect(await kept(cache)).toEqual([2, 3, 4])
  })

  test('a record goes with the values that only it needs, and with no others', async () => {
    const { inner, cache } = limitedCache({ items: 6 })
    const shared = text(0)
    await call(cache, 1, [text(1), shared])
    await call(cache, 2, [text(2), shared])
    // The first record, its list and its own text went; the shared text is still needed.
    expect(await kept(cache)).toEqual([2])
    expect(keysIn(inner)).toContain(digest(shared))
    expect(keysIn(inner)).not.toContain(digest(text(1)))
    expect(held(inner).items).toBe(4)
    expect(await (await cache.calls.query().only()).result()).toEqual([text(2), shared])
  })

  test('a value that was saved by itself competes with records', async () => {
    const { cache } = limitedCache({ items: 5 })
    const value = await cache.values.save(text(0))
    await call(cache, 1)
    await cache.values.load(value)
    await call(cache, 2)
    await call(cache, 3)
    expect(await kept(cache)).toEqual([2, 3])
    expect(await cache.values.contains(value)).toBe(true)
    await call(cache, 4)
    await call(cache, 5)
    expect(await cache.values.contains(value)).toBe(false)
  })

  test('what a rerun or a removal leaves behind goes before any record', async () => {
    const { inner, cache } = limitedCache({ items: 6 })
    const first = await call(cache, 1)
    await cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), text(11), {
      replace: true,
    })
    await call(cache, 2)
    await call(cache, 3)
    expect(await kept(cache)).toEqual([1, 2, 3])
    expect(keysIn(inner)).not.toContain(digest(text(1)))
    await cache.calls.evict(first)
    await call(cache, 4)
    expect(await kept(cache)).toEqual([2, 3, 4])
    expect(keysIn(inner)).not.toContain(digest(text(11)))
  })

  test('pinned values stay, with all they need, and what is unpinned may go', async () => {
    const { inner, cache } = limitedCache({ items: 6 })
    const pinned = await cache.values.save([text(0), 1], { pin: 'kept' })
    for (let n = 1; n < 6; n++) await call(cache, n)
    expect(await cache.values.load(pinned)).toEqual([text(0), 1])
    expect(held(inner).items).toBe(6)
    await cache.unpin('kept')
    for (let n = 6; n < 9; n++) await call(cache, n)
    expect(await cache.values.contains(pinned)).toBe(false)
    expect(keysIn(inner)).not.toContain(digest(text(0)))
  })

  test('what was just written is not what goes, under any policy', async () => {
    for (const policy of ['lru', 'lfu', 'fifo'] as const) {
      const { cache } = limitedCache({ items: 4, policy })
      const used = [await call(cache, 1), await call(cache, 2)]
      for (let i = 0; i < 5; i++) for (const one of used) await cache.calls.load(one)
      await call(cache, 3)
      expect(await kept(cache)).toContain(3)
    }
  })

  test('a value that was just saved stays, though the record that had it goes', async () => {
    const { cache } = limitedCache({ items: 4 })
    await call(cache, 1)
    await call(cache, 2)
    const [key] = await cache.values.saveAll([text(1), text(9)])
    expect(await kept(cache)).toEqual([2])
    expect(await cache.values.load(key!)).toBe(text(1))
  })

  test('a removed record never leaves a value that needs what is gone', async () => {
    const inner = testStore()
    const broken: Digest[] = []
    const watched = watchedStore(inner, () => {
      for (const { key } of inner.values.list()) {
        const { links } = readHeader(inner.values.get([key])[0]!)!
        if (inner.values.has(links).includes(false)) broken.push(key)
      }
    })
    const cache = createCache(limited(watched, { items: 12 }))
    for (let n = 0; n < 20; n++) await call(cache, n, [text(n), [text(n % 3, 9000), n]])
    expect(broken).toEqual([])
  })
})

describe('bounds', () => {
  test('hold after every write, whatever is saved, computed, used and removed', async () => {
    const step = fc.record({
      kind: fc.constantFrom('call', 'call', 'save', 'use', 'rerun', 'evict', 'pin', 'gc'),
      n: fc.nat(12),
      size: fc.constantFrom(10, 3000, 6000),
    })
    const setting = fc.record({
      policy: fc.constantFrom('lru' as const, 'lfu' as const, 'fifo' as const),
      items: fc.integer({ min: 8, max: 20 }),
      answersLater: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), setting, async (steps, { policy, items, answersLater }) => {
        const inner = testStore()
        const bounds = { items, bytes: 40_000, policy }
        const cache = createCache(limited(answersLater ? laterStore(inner) : inner, bounds), { hot: false })
        for (const { kind, n, size } of steps) {
          const prepared = cache.calls.prepare(identity, { values: [n], names: undefined })
          if (kind === 'call') await cache.calls.commit(prepared, [text(n, size), text(n % 2)])
          if (kind === 'rerun') await cache.calls.commit(prepared, text(n + 100, size), { replace: true })
          if (kind === 'save') await cache.values.save(text(n, size))
          if (kind === 'use')
            await cache.calls
              .load(prepared.digest)
              .then(one => one.result())
              .catch(() => {})
          if (kind === 'evict') await cache.calls.evict(prepared.digest)
          if (kind === 'pin' && n === 0) await cache.values.save('small', { pin: 'small' })
          if (kind === 'gc') await cache.gc({ grace: 0 })
          const now = held(inner)
          expect(now.items).toBeLessThanOrEqual(items)
          expect(now.bytes).toBeLessThanOrEqual(40_000)
        }
        // What a record needs is there.
        for (const one of await cache.calls.query().toArray()) await one.result()
      }),
      { numRuns: 60 },
    )
  })

  test('bytes hold', async () => {
    const { inner, cache } = limitedCache({ bytes: 30_000 })
    for (let n = 0; n < 20; n++) {
      await call(cache, n)
      expect(held(inner).bytes).toBeLessThanOrEqual(30_000)
    }
    expect(held(inner).bytes).toBeGreaterThan(20_000)
  })

  test('what was there before is brought within them by the first use, in the order of its age', async () => {
    for (const open of [(inner: SyncStore) => inner, (inner: SyncStore) => laterStore(inner)]) {
      const inner = testStore()
      const before = createCache(inner)
      for (let n = 1; n <= 6; n++) {
        await call(before, n)
        await aTickOf(inner)
      }
      await before.calls.query({ args: [2] }).first()
      inner.calls.touch([(await before.calls.query({ args: [2] }).only()).digest as string as Digest])
      const cache = createCache(limited(open(inner), { items: 6 }))
      await cache.calls.contains(digest('anything'))
      expect(held(inner).items).toBe(6)
      expect(await kept(cache)).toEqual([2, 5, 6])
    }
  })

  test('writers at once do not exceed them, nor break what they write', async () => {
    const inner = testStore()
    const cache = createCache(limited(laterStore(inner), { items: 12 }), { hot: false })
    await Promise.all(Array.from({ length: 40 }, (_, n) => call(cache, n, [text(n), text(n % 2)])))
    expect(held(inner).items).toBeLessThanOrEqual(12)
    for (const one of await cache.calls.query().toArray()) expect(await one.result()).toHaveLength(2)
  })

  test('in whatever order the store answers, what a record needs is there once all have written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.nat(3), { minLength: 2, maxLength: 6 }),
        async (scheduler, shared) => {
          const inner = testStore()
          const scheduled = intercept(inner, async ({ name }, next) => {
            await scheduler.schedule(Promise.resolve(), `${name} begins`)
            const answer = next()
            await scheduler.schedule(Promise.resolve(), `${name} ends`)
            return answer
          })
          const cache = createCache(limited(scheduled, { items: 6 }), { hot: false })
          const all = Promise.all(shared.map((which, n) => call(cache, n, [text(which)])))
          await scheduler.waitFor(all)
          expect(held(inner).items).toBeLessThanOrEqual(6)
          const records = await createCache(inner).calls.query().toArray()
          expect(records.length).toBeGreaterThan(0)
          for (const record of records) await record.result()
        },
      ),
      { numRuns: 200 },
    )
  })

  test('age: what was neither written nor touched for so long goes with the next write, owned values with their owner', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 })
    try {
      const { inner, cache } = limitedCache({ age: 60_000 })
      const one = await call(cache, 1)
      await call(cache, 2)
      const value = await cache.values.save(text(0))
      vi.advanceTimersByTime(50_000)
      inner.calls.has([])
      cache.store.calls.touch([one as string as Digest])
      vi.advanceTimersByTime(20_000)
      await call(cache, 3)
      expect(await kept(cache)).toEqual([1, 3])
      expect(await cache.values.contains(value)).toBe(false)
      expect(keysIn(inner)).toContain(digest(text(1)))
      expect(keysIn(inner)).not.toContain(digest(text(2)))
    } finally {
      vi.useRealTimers()
    }
  })

  test('what another process writes is seen after as many writes as there are entries', async () => {
    const { inner, cache } = limitedCache({ items: 1500 })
    await call(cache, 0)
    const other = createCache(inner)
    for (let n = 1; n <= 700; n++) await call(other, n)
    for (let n = 1001; n <= 2510; n++) await call(cache, n, 1)
    expect(held(inner).items).toBeLessThanOrEqual(1500)
  })

  test('a write that is more than the bounds allow fails, and nothing is written or lost', async () => {
    const { inner, cache } = limitedCache({ bytes: 20_000 })
    await call(cache, 1)
    const before = keysIn(inner)
    await expect(cache.values.save(text(0, 30_000))).rejects.toMatchObject({
      code: 'ERR_LIMIT',
      details: { limit: 'bytes', bound: 20_000 },
    })
    await expect(call(cache, 2, text(2, 30_000))).rejects.toMatchObject({ code: 'ERR_LIMIT' })
    expect(keysIn(inner)).toEqual(before)
    const few = limitedCache({ items: 2 })
    await expect(call(few.cache, 1, [text(1), 1])).rejects.toMatchObject({
      code: 'ERR_LIMIT',
      details: { limit: 'items' },
    })
  })
})

describe('work', () => {
  test('a write within bounds costs no operation more, one beyond them a removal or two; the store is listed once', async () => {
    const operations: Operation['name'][] = []
    const inner = testStore()
    let lists = 0
    const calls: SyncStore['calls'] = {
      ...inner.calls,
      list(options) {
        lists += 1
        return inner.calls.list(options)
      },
    }
    const counted = watchedStore({ ...inner, calls }, ({ name }) => operations.push(name))
    const cache = createCache(limited(counted, { items: 10 }))
    await call(cache, 0)
    operations.length = 0
    for (let n = 1; n < 5; n++) await call(cache, n)
    expect(operations).toEqual(['commit', 'commit', 'commit', 'commit'])
    for (let n = 5; n < 50; n++) await call(cache, n)
    expect(operations.slice(4)).toEqual(Array.from({ length: 45 }, () => ['commit', 'delete', 'delete']).flat())
    expect(lists).toBe(1)
  })

  test('headers are read only when something that was there before may have to go', async () => {
    const inner = testStore()
    const before = createCache(inner)
    for (let n = 0; n < 4; n++) await call(before, n)
    const reads: Operation[] = []
    const cache = createCache(
      limited(
        watchedStore(inner, one => one.name === 'get' && reads.push(one)),
        { items: 10 },
      ),
    )
    await call(cache, 4)
    expect(reads).toEqual([])
    await call(cache, 5)
    expect(reads).not.toEqual([])
    reads.length = 0
    await call(cache, 6)
    expect(reads).toEqual([])
  })

  test('a removal that fails is told, and made good at the next use', async () => {
    let failing = true
    const inner = testStore()
    const broken = failingStore(inner, ({ name }) => failing && name === 'delete')
    const cache = createCache(limited(broken, { items: 4 }))
    await call(cache, 1)
    await call(cache, 2)
    await expect(call(cache, 3)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
    failing = false
    await cache.calls.contains(digest('anything'))
    expect(held(inner).items).toBe(4)
  })

  test('a value that is only referred to is kept by the record that refers to it', async () => {
    const { cache } = limitedCache({ items: 6 })
    const rows = Array.from({ length: 500 }, (_, n) => `row ${n}`)
    const key = await cache.values.save(rows)
    await call(cache, 1, [1, ref(key)])
    await call(cache, 2)
    const last = await call(cache, 3, [3, ref(key)])
    await call(cache, 4)
    expect(await (await cache.calls.load(last)).result()).toEqual([3, rows])
  })
})

describe('the whole', () => {
  test('an index stays one, a label says it, and leases pass', () => {
    const inner = indexedStore()
    const store = limited(inner, { items: 1 })
    expect([isCallIndex(store.calls), isCallIndex(limited(memoryStore(), { items: 1 }).calls)]).toEqual([true, false])
    expect([store.label, store.leases]).toEqual([`limited(${inner.label})`, inner.leases])
  })

  test.each([
    [{}, TypeError],
    [{ maxItems: 1 } as LimitedOptions, TypeError],
    [{ items: -1 }, RangeError],
    [{ bytes: Number.NaN }, RangeError],
    [{ age: '1d' as unknown as number }, TypeError],
    [{ items: 1, policy: 'random' as 'lru' }, TypeError],
  ])('wrong bounds are refused: %j', (options, error) => {
    expect(() => limited(testStore(), options)).toThrow(error)
  })
})
