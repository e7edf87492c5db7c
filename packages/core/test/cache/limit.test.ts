import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  type Cache,
  createCache,
  type Digest,
  digest,
  intercept,
  type LimitOptions,
  memoryStore,
  readOnly,
  ref,
  type Store,
  type SummarizingBackend,
  type SyncStore,
} from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { aTickOf, damage, failingStore, identity, keysIn, laterStore, watchedStore } from './support.ts'

/** Text of a size that is stored as an entry of its own, different for each number. */
const text = (n: number, size = 6000): string => `${n} `.padEnd(size, '.')

async function call(cache: Cache, n: number, result: unknown = text(n), startedAt?: number) {
  const prepared = cache.calls.prepare(identity, { values: [n], names: undefined })
  const metadata = startedAt === undefined ? {} : { runtime: { startedAt, durationMs: 1 } }
  await cache.calls.commit(prepared, result, { metadata })
  return prepared.digest
}

async function kept(cache: Cache): Promise<unknown[]> {
  return (await cache.calls.query().toArray()).map(({ args }) => args[0]).sort()
}

async function held(cache: Cache): Promise<{ readonly items: number; readonly bytes: number }> {
  const { values, calls } = await cache.stats()
  return { items: values.entries + calls.entries, bytes: values.bytes + calls.bytes }
}

const touch = (store: SyncStore, call: string): unknown => store.calls.touch([call as Digest])

/** Calls 1 to `count`, of two entries each, of which the first was used last. */
async function filled(store: SyncStore, count = 5) {
  const cache = createCache(store, { hot: false })
  const digests = []
  for (let n = 1; n <= count; n += 1) {
    digests.push(await call(cache, n, text(n), 1000 - n))
    await aTickOf(store)
  }
  touch(store, digests[0]!)
  return { cache, digests }
}

describe('what goes', () => {
  test.each([
    ['lru', [1, 4, 5]],
    // The last was computed first, whenever it was recorded.
    ['fifo', [1, 2, 3]],
  ] as const)('by %s', async (policy, stay) => {
    const store = testStore()
    const { cache } = await filled(store)
    const before = await held(cache)
    const result = await cache.limit({ items: 6, policy })
    expect(await kept(cache)).toEqual(stay)
    const after = await held(cache)
    expect(result).toEqual({ removed: 4, calls: 2, kept: 6, bytes: before.bytes - after.bytes })
    expect((await cache.fsck()).sound).toBe(true)
    expect(await cache.limit({ items: 6, policy })).toEqual({ removed: 0, calls: 0, kept: 6, bytes: 0 })
  })

  test('by bytes: those of values and records as they are stored', async () => {
    const store = testStore()
    const { cache } = await filled(store)
    const { bytes } = await held(cache)
    await cache.limit({ bytes })
    expect(await kept(cache)).toHaveLength(5)
    await cache.limit({ bytes: bytes - 1 })
    expect(await kept(cache)).toEqual([1, 3, 4, 5])
    expect((await held(cache)).bytes).toBeLessThan(bytes)
  })

  test('by age: what was neither written nor touched for longer', async () => {
    vi.useFakeTimers({ now: 1_800_000_000_000 })
    try {
      // A file system has a clock of its own.
      const store = memoryStore()
      const { cache, digests } = await filled(store)
      await cache.values.save(text(100))
      vi.advanceTimersByTime(50_000)
      store.calls.has([])
      touch(store, digests[3]!)
      vi.advanceTimersByTime(20_000)
      expect(await cache.limit({ age: 60_000 })).toMatchObject({ removed: 9, calls: 4 })
      expect(await kept(cache)).toEqual([4])
      expect(await (await cache.calls.query().only()).result()).toBe(text(4))
    } finally {
      vi.useRealTimers()
    }
  })

  test('values that no call needs take their turn; what is shared stays with who needs it', async () => {
    const store = testStore()
    const cache = createCache(store, { hot: false })
    const loose = await cache.values.save([text(50), 1])
    await call(cache, 1, [text(1), text(0)])
    await call(cache, 2, [text(2), text(0)])
    await cache.limit({ items: 7 })
    expect(keysIn(store)).not.toContain(loose)
    expect(keysIn(store)).not.toContain(digest(text(50)))
    expect(await kept(cache)).toEqual([1, 2])
    await cache.limit({ items: 4 })
    expect(await kept(cache)).toEqual([2])
    expect(await (await cache.calls.query().only()).result()).toEqual([text(2), text(0)])
  })

  test('the call that went is not answered from memory', async () => {
    const cache = createCache(testStore())
    await call(cache, 1)
    await cache.limit({ items: 0 })
    expect(await kept(cache)).toEqual([])
  })
})

describe('what stays', () => {
  test('pinned values and named refs, with all they need, whatever the bounds', async () => {
    const store = testStore()
    const cache = createCache(store, { hot: false })
    const pinned = await cache.values.save([text(0), 1], { pin: 'mine' })
    const named = await cache.values.save([text(9)])
    store.refs!.swap('name', undefined, named)
    await call(cache, 1, [ref(digest(text(0))), text(1)])
    expect(await cache.limit({ items: 0 })).toMatchObject({ calls: 1, kept: 4 })
    expect(await cache.values.load(pinned)).toEqual([text(0), 1])
    expect(await cache.values.load(named)).toEqual([text(9)])
    await cache.unpin('mine')
    expect(await cache.limit({ items: 0 })).toMatchObject({ removed: 2, kept: 2 })
  })

  test('what is being saved by this process', async () => {
    let proceed = (): void => undefined
    const halted = new Promise<void>(resolve => {
      proceed = resolve
    })
    const inner = testStore()
    let isHeld = false
    const store: Store = intercept(inner, async ({ name }, next) => {
      if (name === 'commit' && isHeld) await halted
      return next()
    })
    const cache = createCache(store)
    const arg = text(7)
    const key = await cache.values.save(arg)
    isHeld = true
    const prepared = cache.calls.prepare(identity, { values: [ref(key)], names: undefined })
    const commit = cache.calls.commit(prepared, 'done')
    expect(await cache.limit({ items: 0 })).toMatchObject({ removed: 0, kept: 1 })
    proceed()
    await commit
    expect((await cache.fsck()).sound).toBe(true)
  })

  test('what is used, or needed anew, since it was listed', async () => {
    const inner = testStore()
    const { cache: before, digests } = await filled(inner, 3)
    // Another process uses the second call, and makes a new one of the third's result, before anything goes.
    let others: (() => Promise<unknown>) | undefined = async () => {
      touch(inner, digests[1]!)
      return call(before, 30, [text(3), 'new'])
    }
    const store = intercept(inner, async ({ name }, next) => {
      const act = name === 'delete' ? others : undefined
      if (act !== undefined) others = undefined
      await act?.()
      return next()
    })
    const cache = createCache(store, { hot: false })
    expect(await cache.limit({ items: 0 })).toMatchObject({ calls: 2 })
    expect(await kept(cache)).toEqual([2, 30])
    expect((await cache.fsck()).sound).toBe(true)
  })

  test('what another version wrote', async () => {
    const store = testStore()
    const { cache } = await filled(store, 1)
    const later = 'ab'.repeat(32) as Digest
    store.values.put([{ key: later, bytes: Uint8Array.of(2, 3, 4) }], 'keep')
    store.calls.put([{ key: later, bytes: Uint8Array.of(2, 3, 4) }], 'keep')
    expect(await cache.limit({ items: 0 })).toMatchObject({ removed: 2, kept: 2 })
    expect([keysIn(store), keysIn(store, 'calls')]).toEqual([[later], [later]])
  })
})

test('whatever is stored: bounds hold, records are whole, and a dry run tells what a run does', async () => {
  const step = fc.record({
    kind: fc.constantFrom('call', 'call', 'save', 'pin', 'evict', 'touch', 'damage'),
    n: fc.nat(8),
    size: fc.constantFrom(10, 3000, 6000),
  })
  const bounds = fc.record({ items: fc.nat(20), bytes: fc.nat(60_000), policy: fc.constantFrom('lru', 'fifo') })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), bounds, fc.boolean(), async (steps, options, later) => {
      const store = testStore()
      const cache = createCache(later ? laterStore(store) : store, { hot: false, onWarning: () => undefined })
      let pins = 0
      for (const { kind, n, size } of steps) {
        if (kind === 'call') await call(cache, n, [text(n, size), text(n % 2)], n * 3)
        if (kind === 'save') await cache.values.save([text(n, size)])
        if (kind === 'evict') await cache.calls.query({ args: [n] }).evict()
        if (kind === 'pin' && pins++ === 0) await cache.values.save('small', { pin: 'small' })
        const keys = keysIn(store, 'calls')
        if (kind === 'touch' && keys.length > 0) store.calls.touch([keys[n % keys.length]!])
        if (kind === 'damage' && n === 0 && keys.length > 0) damage(store, 'calls', keys[0]!)
      }
      const answers = new Map<string, unknown>()
      for (const one of await cache.calls.query().toArray()) answers.set(one.digest, await one.result())
      const before = await held(cache)
      const dry = await cache.limit({ ...(options as LimitOptions), dryRun: true })
      expect(await held(cache)).toEqual(before)
      const result = await cache.limit(options as LimitOptions)
      expect(result).toEqual(dry)
      const after = await held(cache)
      expect(after).toEqual({ items: before.items - result.removed, bytes: before.bytes - result.bytes })
      expect(result.kept).toBe(after.items)
      const atLeast = pins > 0 ? 1 : 0
      expect(after.items).toBeLessThanOrEqual(Math.max(options.items, atLeast))
      expect(after.bytes).toBeLessThanOrEqual(Math.max(options.bytes, atLeast * 1000))
      for (const one of await cache.calls.query().toArray()) expect(await one.result()).toEqual(answers.get(one.digest))
    }),
    { numRuns: 100 },
  )
})

describe('work', () => {
  test('what a store counts itself is not listed when it is within the bounds', async () => {
    const store = testStore()
    const summary = { entries: 5, bytes: 600, oldest: Date.now(), newest: Date.now() }
    const counted: SummarizingBackend = { ...store.values, list: () => expect.fail('listed'), summarize: () => summary }
    const cache = createCache({ ...store, values: counted, calls: counted })
    expect(await cache.limit({ items: 10, bytes: 1200, age: 60_000 })).toEqual({
      removed: 0,
      calls: 0,
      kept: 10,
      bytes: 0,
    })
    await expect(cache.limit({ items: 9 })).rejects.toThrow('listed')
    await expect(cache.limit({ bytes: 1199 })).rejects.toThrow('listed')
    await expect(cache.limit({ age: -1 })).rejects.toThrow(RangeError)
  })

  test('no value is read, only first bytes of entries; nothing where nothing must go', async () => {
    const inner = testStore()
    await filled(inner)
    let reads = 0
    const first: SyncStore['values'] = {
      ...inner.values,
      get(keys, options) {
        expect(options?.upTo).toBeLessThan(1000)
        reads += 1
        return inner.values.get(keys, options)
      },
    }
    const cache = createCache({ ...inner, values: first }, { hot: false })
    await cache.limit({ items: 10 })
    expect(reads).toBe(0)
    await cache.limit({ items: 4, policy: 'fifo' })
    expect(reads).toBe(1)
  })

  test('it stops where that is asked for, and tells how far it is', async () => {
    const store = testStore()
    const { cache } = await filled(store)
    const told: unknown[] = []
    await cache.limit({ items: 8, onProgress: progress => told.push(progress) })
    expect(told).toEqual([
      { phase: 'list', done: 5 },
      { phase: 'list', done: 10 },
      { phase: 'read', done: 5 },
      { phase: 'read', done: 10 },
      { phase: 'evict', done: 1 },
      { phase: 'evict', done: 2 },
    ])
    await expect(cache.limit({ items: 0, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect(await kept(cache)).toHaveLength(4)
    await cache.close()
    await expect(cache.limit({ items: 0 })).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('a store that takes no writes, or fails, fails it', async () => {
    const store = testStore()
    await filled(store)
    await expect(createCache(readOnly(store)).limit({ items: 1 })).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    const failing = failingStore(store, ({ name }) => name === 'get')
    await expect(createCache(failing).limit({ items: 1 })).rejects.toMatchObject({ code: 'ERR_BACKEND' })
    expect(await kept(createCache(store))).toHaveLength(5)
    const seen: string[] = []
    const watched = watchedStore(store, ({ name }) => seen.push(name))
    await createCache(watched).limit({ items: 1, dryRun: true })
    expect(seen).not.toContain('delete')
  })

  test.each([
    [{}, TypeError],
    [{ item: 1 } as LimitOptions, TypeError],
    [{ items: -1 }, RangeError],
    [{ bytes: Number.NaN }, RangeError],
    [{ age: '1d' as unknown as number }, TypeError],
    [{ items: 1, policy: 'random' as 'lru' }, TypeError],
    [{ items: 1, dryRun: 1 as unknown as boolean }, TypeError],
  ])('wrong options are refused: %j', async (options, error) => {
    await expect(createCache(testStore()).limit(options)).rejects.toThrow(error)
  })

  test('lfu is refused, with what to do', async () => {
    const limit = createCache(testStore()).limit({ items: 1, policy: 'lfu' })
    await expect(limit).rejects.toMatchObject({ code: 'ERR_REJECTED', message: expect.stringContaining('limited(') })
  })
})
