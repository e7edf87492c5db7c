import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import {
  type Cache,
  type CallDigest,
  createCache,
  type Digest,
  digest,
  filtered,
  isCallIndex,
  limited,
  pool,
  readOnly,
  ref,
  refreshing,
  type Store,
  type SyncStore,
  signed,
  tiered,
  tracing,
} from '../../src/index.ts'
import {
  damage,
  failingStore,
  identity,
  indexedStore,
  keysIn,
  large,
  laterStore,
  watchedStore,
} from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const prepare = (cache: Cache, ...args: readonly unknown[]) =>
  cache.calls.prepare(identity, { values: args, names: undefined })

/** Keeps a call whose result is too large for its record. */
async function keepCall(store: Store, arg: unknown = 1, result: unknown = large('ab')): Promise<CallDigest> {
  const cache = createCache(store)
  return cache.calls.commit(prepare(cache, arg), result)
}

/** What a store holds, in both of its parts. */
const held = (store: SyncStore) => ({ values: keysIn(store, 'values'), calls: keysIn(store, 'calls') })

const EMPTY = { values: [], calls: [] }

/** A cache over a store of its own before one that it may only read, which remembers nothing itself. */
function twoCaches() {
  const [local, shared] = [testStore(), testStore()]
  return { local, shared, cache: createCache(tiered([local, readOnly(shared)]), { hot: false, onWarning() {} }) }
}

describe('reads', () => {
  test('what only the shared store has is answered, and copied with its parts', async () => {
    const { local, shared, cache } = twoCaches()
    const value = await createCache(shared).values.save([large('ab', 9000), { deep: large('ab', 12_000) }])
    const call = await keepCall(shared)
    expect(await cache.values.load(value)).toEqual([large('ab', 9000), { deep: large('ab', 12_000) }])
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    expect(held(local)).toEqual(held(shared))
    const alone = createCache(local)
    expect(await alone.values.load(value)).toHaveLength(2)
    expect(await (await alone.calls.load(call)).result()).toEqual(large('ab'))
    expect(await alone.fsck()).toMatchObject({ sound: true })
  })

  test('sixteen readers of one call read it once from the shared store, and copy it once', async () => {
    const shared = testStore()
    const call = (await keepCall(shared)) as string as Digest
    const seen: string[] = []
    const local = watchedStore(testStore(), ({ name, intent }) => intent === 'write' && seen.push(`local ${name}`))
    const read = watchedStore(shared, ({ name }) => name === 'get' && seen.push('shared get'))
    const store = tiered([laterStore(local), readOnly(laterStore(read))])
    const found = await Promise.all(Array.from({ length: 16 }, async () => store.calls.get([call])))
    expect(found.every(([bytes]) => bytes !== undefined)).toBe(true)
    expect(seen.filter(name => name === 'shared get')).toHaveLength(2) // the record, then its value
    expect(seen.filter(name => name === 'local commit')).toHaveLength(1)
    seen.length = 0
    await store.calls.get([call])
    expect(seen).toEqual([])
  })

  test('records that are looked through in numbers are found in both, and not copied', async () => {
    const { local, shared, cache } = twoCaches()
    for (const n of [1, 2, 3]) await keepCall(shared, n)
    await keepCall(local, 4)
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(4)
    expect(held(local).calls).toHaveLength(1)
  })

  test('a record or value that is not whole in the shared store is not copied', async () => {
    const { local, shared, cache } = twoCaches()
    const call = await keepCall(shared)
    const value = await createCache(shared).values.save([large('ab', 9000), large('ba', 12_000)])
    shared.values.delete([{ key: digest(large('ab')) }, { key: digest('a'.repeat(6000)) }])
    expect(cache.store.calls.get([call as string as Digest])[0]).toBeDefined()
    expect(held(local)).toEqual(EMPTY)
    expect(cache.store.values.get([value])[0]).toBeDefined()
    expect(held(local).calls).toEqual([])
    expect(local.values.has([value])).toEqual([false])
  })

  test('a damaged copy hides no sound entry of the shared store, and is healed from it', async () => {
    const { local, shared, cache } = twoCaches()
    const call = await keepCall(shared)
    await (await cache.calls.load(call)).result()
    damage(local, 'values', digest(large('ab')))
    damage(local, 'calls', call)
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    expect(await (await createCache(local).calls.load(call)).result()).toEqual(large('ab'))
  })

  test('read-only tiers are asked last, wherever they stand', async () => {
    const [local, shared, older] = [testStore(), testStore(), testStore()]
    await keepCall(older, 1, 'older')
    await keepCall(shared, 1, 'shared')
    const call = await keepCall(local, 1, 'local')
    const cache = createCache(tiered([readOnly(shared), readOnly(older), local]), { hot: false })
    expect(await (await cache.calls.load(call)).result()).toBe('local')
    await cache.calls.evict(call)
    expect(await (await cache.calls.load(call)).result()).toBe('shared')
  })
})

describe('writes', () => {
  test('go to the local store alone, with all that a new call needs', async () => {
    const { local, shared, cache } = twoCaches()
    const rows = Array.from({ length: 500 }, (_, row) => [`row ${row}`, large('ab', 9000)])
    const key = await createCache(shared).values.save(rows)
    const before = held(shared)
    const call = await cache.calls.commit(prepare(cache, ref(key)), [1, ref(key)])
    await cache.pin(key, 'rows')
    expect(held(shared)).toEqual(before)
    expect(Array.from(shared.refs?.list() ?? [])).toEqual([])
    expect(Array.from(local.refs?.list() ?? [])).toHaveLength(1)
    const alone = createCache(local)
    expect(await (await alone.calls.load(call)).result()).toEqual([1, rows])
    expect(await alone.fsck()).toMatchObject({ sound: true })
    await alone.gc({ grace: 0 })
    expect(await alone.values.load(key)).toEqual(rows)
  })

  test('the first record of a call stands, also where only the shared store has it', async () => {
    const { local, shared, cache } = twoCaches()
    const call = await keepCall(shared, 1, 'first')
    expect(await cache.calls.commit(prepare(cache, 1), 'second')).toBe(call)
    expect(await (await cache.calls.load(call)).result()).toBe('first')
    expect(await (await createCache(local).calls.load(call)).result()).toBe('first')
  })

  test('a rerun replaces what is answered, and the shared record stays as it is', async () => {
    const { shared, cache } = twoCaches()
    const call = await keepCall(shared, 1, 'old')
    await cache.calls.commit(prepare(cache, 1), 'new', { replace: true })
    expect(await (await cache.calls.load(call)).result()).toBe('new')
    expect(await (await createCache(shared).calls.load(call)).result()).toBe('old')
  })

  test('a value that the shared store has in another order keeps that order, and the new one is kept beside it', async () => {
    const { shared, cache } = twoCaches()
    const key = await createCache(shared).values.save(large('ab'))
    const call = await cache.calls.commit(prepare(cache, 1), large('ba'))
    expect(Object.keys((await cache.values.load(key)) as object)).toEqual(['a', 'b'])
    expect(Object.keys((await (await cache.calls.load(call)).result()) as object)).toEqual(['b', 'a'])
  })

  test('what is damaged in the shared store is computed and kept anew', async () => {
    const { local, shared, cache } = twoCaches()
    const call = await keepCall(shared)
    damage(shared, 'calls', call)
    damage(shared, 'values', digest(large('ab')))
    await expect(cache.values.load(digest(large('ab')))).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
    await cache.calls.commit(prepare(cache, 1), large('ab'))
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    expect(await createCache(local).fsck()).toMatchObject({ sound: true })
  })

  test('leases and clock are those of the slowest tier that is written', () => {
    const [near, local, shared] = [testStore(), testStore(), testStore()]
    const store = tiered([near, local, readOnly(shared)])
    expect([store.leases, store.refs]).toEqual([local.leases, local.refs])
    expect(store.label).toBe(`tiered(${near.label}, ${local.label}, ${shared.label})`)
  })

  test('two tiers that are written are filled in their order, before one that is only read', async () => {
    const [near, local, shared] = [testStore(), testStore(), testStore()]
    const call = await keepCall(shared)
    const cache = createCache(tiered([near, local, readOnly(shared)]))
    await (await cache.calls.load(call)).result()
    expect([held(near), held(local)]).toEqual([held(shared), held(shared)])
  })

  test('of several calls at once the shared store gives what stands, whatever answers later', async () => {
    const [local, shared] = [testStore(), testStore()]
    await keepCall(shared, 0, 'first')
    const cache = createCache(tiered([laterStore(local), readOnly(laterStore(shared))]))
    const calls = await Promise.all([0, 1, 2, 0].map(n => cache.calls.commit(prepare(cache, n), `new ${n}`)))
    const results = await Promise.all(calls.map(async call => (await cache.calls.load(call)).result()))
    expect(results).toEqual(['first', 'new 1', 'new 2', 'first'])
  })
})

describe('removal and upkeep', () => {
  test('an eviction says what it removed; what the shared store still has is answered again', async () => {
    const { local, shared, cache } = twoCaches()
    const [ours, theirs] = [await keepCall(local, 1), await keepCall(shared, 2)]
    expect(await cache.calls.evict(theirs)).toBe(false)
    await (await cache.calls.load(theirs)).result()
    expect([await cache.calls.evict(ours), await cache.calls.evict(theirs)]).toEqual([true, true])
    expect(held(local).calls).toEqual([])
    expect([await cache.calls.contains(ours), await cache.calls.contains(theirs)]).toEqual([false, true])
  })

  test('gc, limit, fsck and stats are about the local store', async () => {
    const { local, shared, cache } = twoCaches()
    for (const n of [1, 2, 3]) await keepCall(shared, n, large('ab', 9000 + 2 * n))
    await keepCall(local, 4)
    await cache.values.save(large('ba', 8000))
    const before = held(shared)
    expect((await cache.stats()).calls.entries).toBe(1)
    expect(await cache.fsck()).toMatchObject({ sound: true, values: { entries: 2 }, calls: { entries: 1 } })
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: 1 })
    expect(await cache.limit({ items: 100 })).toMatchObject({ removed: 0 })
    expect(await cache.limit({ items: 0 })).toMatchObject({ removed: 2, kept: 0 })
    expect(held(local)).toEqual(EMPTY)
    expect(held(shared)).toEqual(before)
  })

  test('bounds that stand around the tiers bound the local store', async () => {
    const [local, shared] = [testStore(), testStore()]
    for (const n of [1, 2, 3, 4]) await keepCall(shared, n)
    const cache = createCache(limited(tiered([local, readOnly(shared)]), { items: 4 }), { hot: false })
    for (const n of [5, 6, 7]) await cache.calls.commit(prepare(cache, n), large('ab', 6000 + 2 * n))
    expect(held(local).calls).toHaveLength(2)
    expect(await cache.calls.query().count()).toBe(6)
  })

  test('a copy refreshes what it relies on, down to the last part: a sweep that is under way leaves it', async () => {
    const [local, shared] = [testStore(), testStore()]
    const nested = [large('ab', 9000), { deep: [large('ab', 12_000), 1] }]
    const call = await keepCall(shared, 1, nested)
    await createCache(local).values.save(nested)
    const before = new Map(Array.from(local.values.list(), ({ key, touched }) => [key, touched]))
    await new Promise(resolve => setTimeout(resolve, 5))
    await createCache(tiered([local, readOnly(shared)])).calls.load(call)
    for (const { key, touched } of local.values.list()) expect(touched).toBeGreaterThan(before.get(key)!)
  })
})

describe('queries of an index', () => {
  test('find the records of both, each once, and those that were copied when the shared store is gone', async () => {
    const [local, shared] = [indexedStore(), indexedStore()]
    const call = await keepCall(shared, { user: 1, more: 'x' }, 'old')
    await keepCall(shared, { user: 2 })
    const cache = createCache(tiered([local, readOnly(shared)]), { hot: false })
    await cache.calls.load(call)
    expect(isCallIndex(cache.store.calls)).toBe(true)
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(2)
    expect(
      await createCache(local)
        .calls.query({ name: 'slow', args: [{ user: 1 }] })
        .count(),
    ).toBe(1)
    expect(
      await createCache(local)
        .calls.query({ name: 'slow', args: [{ user: 2 }] })
        .count(),
    ).toBe(0)
    expect(isCallIndex(tiered([local, readOnly(testStore())]).calls)).toBe(isCallIndex(testStore().calls))
  })

  test.each([
    ['plain', (store: SyncStore): Store => store],
    ['later', laterStore],
  ] as const)('do not find what was replaced locally: %s', async (_name, change) => {
    const [local, shared] = [indexedStore(), indexedStore()]
    for (let n = 0; n < 150; n++) await keepCall(shared, n, 'old')
    const cache = createCache(tiered([change(local), readOnly(change(shared))]), { hot: false })
    await cache.calls.commit(prepare(cache, 7), 'new', { replace: true })
    expect(await cache.calls.query({ result: 'old' }).count()).toBe(149)
    expect(await cache.calls.query({ result: 'new' }).count()).toBe(1)
    expect(await cache.calls.query({ result: 'old' }).take(3).count()).toBe(3)
  })

  test('are answered now where both stores answer now, later where one does', () => {
    const isNow = (own: Store, behind: Store): boolean => {
      const { calls } = tiered([own, readOnly(behind)])
      return isCallIndex(calls) && Symbol.iterator in calls.find({ where: [] })
    }
    const store = indexedStore
    const later = () => laterStore(indexedStore())
    expect([isNow(store(), store()), isNow(later(), store())]).toEqual([true, false])
  })
})

describe('failures', () => {
  test('while the shared store fails, reads that need it fail, and new calls are kept', async () => {
    const local = testStore()
    const onFailure = vi.fn()
    const broken = readOnly(failingStore(testStore(), ({ name }) => name === 'get'))
    const cache = createCache(tiered([local, broken], { onFailure }), { hot: false })
    const call = await cache.calls.commit(prepare(cache, 1), large('ab'))
    expect(onFailure).toHaveBeenCalled()
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    await expect(cache.calls.load('1'.repeat(64))).rejects.toMatchObject({ code: 'ERR_BACKEND' })
  })

  test('while the local store takes no copies, what is read is answered', async () => {
    const shared = testStore()
    const call = await keepCall(shared)
    const onFailure = vi.fn()
    const local = failingStore(testStore(), ({ intent }) => intent === 'write')
    const cache = createCache(tiered([local, readOnly(shared)], { onFailure }))
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    expect(onFailure).toHaveBeenCalledWith(expect.objectContaining({ operation: 'back-fill', tier: local.label }))
  })

  test('closing closes both', () => {
    const [local, shared] = [testStore(), testStore()]
    const store = tiered([local, readOnly(shared)])
    store.close()
    for (const one of [store, local, shared]) {
      expect(() => one.values.has([digest(1)])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
    }
  })
})

describe('what is read-only', () => {
  test('says so, through every wrapper', () => {
    const keys = ['1f'.repeat(32)]
    const inner = readOnly(testStore())
    const stores = [
      inner,
      tracing(inner),
      signed(inner, { keys }),
      limited(inner, { items: 9 }),
      refreshing(inner),
      filtered(testStore(), {}),
      pool([testStore()]),
      tiered([inner, readOnly(testStore())]),
      readOnly(tiered([testStore(), inner])),
    ]
    expect(stores.map(store => store.readOnly)).toEqual(stores.map(() => true))
    expect([testStore().readOnly, tiered([testStore(), inner]).readOnly]).toEqual([undefined, undefined])
  })

  test('a stack of it is read-only', async () => {
    const [one, two] = [testStore(), testStore()]
    const calls = [await keepCall(one, 1, 'one'), await keepCall(two, 2, 'two')]
    const cache = createCache(tiered([readOnly(one), readOnly(two)]))
    const results = await Promise.all(calls.map(async call => (await cache.calls.load(call)).result()))
    expect(results).toEqual(['one', 'two'])
    expect(cache.store.label).toBe(`tiered(${one.label}, ${two.label})`)
    await expect(cache.values.save(1)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    expect(await cache.gc()).toMatchObject({ removed: 0 })
    expect(() => cache.store.values.touch([])).toThrow(`${cache.store.label} takes no writes`)
  })
})

test('any steps give what they give on one store that began as the shared one, whatever copies are lost', async () => {
  const value = fc.constantFrom(large('ab'), large('ba'), [large('ab'), 1], { x: [large('ab'), 1] }, 'small')
  const kind = fc.constantFrom('save', 'load', 'call', 'rerun', 'gc', 'lose', 'damage')
  const step = fc.record({ kind, value, arg: fc.nat(2) })
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 2 }),
      fc.array(step, { maxLength: 20 }),
      fc.boolean(),
      async (before, steps, answersLater) => {
        const [local, shared, single] = [testStore(), testStore(), testStore()]
        for (const [n, one] of before.entries()) {
          for (const store of [shared, single]) await keepCall(store, n, one)
        }
        const change = answersLater ? laterStore : (store: SyncStore): Store => store
        const options = { hot: false, onWarning() {} } as const
        const cache = createCache(tiered([change(local), readOnly(change(shared))]), options)
        const one = createCache(single, options)
        const seen = async (of: Cache, arg: number): Promise<unknown> => {
          const found = await of.calls.load(prepare(of, arg).digest).catch(error => error.code)
          return typeof found === 'string' ? found : JSON.stringify(await found.result())
        }
        for (const { kind, value, arg } of steps) {
          for (const of of [cache, one]) {
            if (kind === 'save') await of.values.save(value)
            if (kind === 'call') await of.calls.commit(prepare(of, arg), value)
            if (kind === 'rerun') await of.calls.commit(prepare(of, arg), value, { replace: true })
            if (kind === 'gc') await of.gc({ grace: 0 })
          }
          const copies = keysIn(local, 'calls').filter(
            key => String(local.calls.get([key])[0]) === String(shared.calls.get([key])[0]),
          )
          if (kind === 'lose') local.calls.delete(copies.map(key => ({ key })))
          if (kind === 'damage') for (const key of copies) damage(local, 'calls', key)
          expect(await seen(cache, arg)).toBe(await seen(one, arg))
        }
        for (const arg of [0, 1, 2]) await seen(cache, arg)
        expect(await createCache(local).fsck()).toMatchObject({ sound: true })
      },
    ),
    { numRuns: 60 },
  )
})
