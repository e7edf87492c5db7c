import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { readHeader, sealEntry } from '../../src/codec/entry.ts'
import {
  createCache,
  type Digest,
  digest,
  intercept,
  isCallIndex,
  memoryStore,
  type Operation,
  readOnly,
  ref,
  type Store,
  type SyncStore,
  type TierFailure,
  tiered,
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

const LISTS = [
  ['list', large('ab')],
  ['nested', [large('ab', 9000), { deep: large('ab', 12_000) }]],
] as const

/** A store whose operations are counted by name. */
function counted(inner: SyncStore) {
  const operations: Operation[] = []
  const store = watchedStore(inner, operation => operations.push(operation))
  return { store, count: (name: Operation['name']) => operations.filter(operation => operation.name === name).length }
}

/** Saves a call whose argument and result are too large for its record. */
async function saveCall(store: Store, result: unknown = large('ba')) {
  const cache = createCache(store)
  const call = cache.calls.prepare(identity, { values: [large('ab')], names: undefined })
  return cache.calls.commit(call, result)
}

/** Entries of a store that are there without what they need. */
function partial({ values, calls }: SyncStore): readonly Digest[] {
  const entries = [values, calls].flatMap(backend =>
    Array.from(backend.list(), ({ key }) => ({ key, header: readHeader(backend.get([key])[0]!) })),
  )
  return entries.filter(({ header }) => values.has(header!.links).includes(false)).map(({ key }) => key)
}

describe('reads', () => {
  test.each(LISTS)('what a slower tier has is served, and copied with its parts: %s', async (_name, value) => {
    const [near, last] = [testStore(), testStore()]
    const key = await createCache(last).values.save(value)
    const cache = createCache(tiered([near, last]))
    expect(await cache.values.load(key)).toEqual(value)
    expect(keysIn(near)).toEqual(keysIn(last))
    expect(await createCache(near).values.load(key)).toEqual(value)
  })

  test('sixteen readers of one key read it once from the slower tier, and copy it once', async () => {
    const [near, last] = [counted(testStore()), counted(testStore())]
    const digest = await saveCall(last.store)
    const before = last.count('get')
    const store = tiered([near.store, laterStore(last.store)])
    const read = await Promise.all(
      Array.from({ length: 16 }, async () => store.calls.get([digest as string as Digest])),
    )
    expect(read.every(([bytes]) => bytes !== undefined)).toBe(true)
    expect(near.count('put')).toBe(2) // its values, then the record
    expect(last.count('get') - before).toBe(2) // the record, then its values
    await store.calls.get([digest as string as Digest])
    expect(last.count('get') - before).toBe(2)
  })

  test('a record is copied only after what it needs, at every moment', async () => {
    const [near, last] = [testStore(), testStore()]
    const digest = await saveCall(last, [large('ab', 9000), large('ab', 12_000)])
    const seen: (readonly Digest[])[] = []
    const store = tiered([watchedStore(near, () => seen.push(partial(near))), last])
    expect(await (await createCache(store).calls.load(digest)).result()).toHaveLength(2)
    expect(keysIn(near, 'calls')).toEqual(keysIn(last, 'calls'))
    expect(new Set(seen.flat())).toEqual(new Set())
    expect(partial(near)).toEqual([])
  })

  test('a record whose value is gone is not copied, nor is a value whose part is gone', async () => {
    const [near, last] = [testStore(), testStore()]
    const call = await saveCall(last)
    const value = await createCache(last).values.save([large('ab', 9000), large('ba', 12_000)])
    last.values.delete([{ key: digest(large('ba')) }, { key: digest(large('ba', 12_000)) }])
    const store = tiered([near, last])
    expect(store.calls.get([call as string as Digest])[0]).toBeDefined()
    expect(store.values.get([value])[0]).toBeDefined()
    expect(keysIn(near, 'calls')).toEqual([])
    expect(partial(near)).toEqual([])
  })

  test('records that are looked through in numbers are not copied', async () => {
    const [near, last] = [testStore(), testStore()]
    const source = createCache(last)
    for (let i = 0; i < 5; i++) {
      await source.calls.commit(source.calls.prepare(identity, { values: [i], names: undefined }), large('ab'))
    }
    expect(
      await createCache(tiered([near, last]))
        .calls.query({ name: 'slow' })
        .count(),
    ).toBe(5)
    expect(keysIn(near, 'calls')).toEqual([])
  })

  test('a near tier that was emptied is filled again', async () => {
    const [near, last] = [testStore(), testStore()]
    const cache = createCache(tiered([near, last]))
    const key = await cache.values.save(large('ab'))
    near.values.delete(keysIn(near).map(key => ({ key })))
    expect(await cache.values.load(key)).toEqual(large('ab'))
    expect(keysIn(near)).toEqual([key])
  })

  test('a damaged copy hides no sound entry behind it, and is healed from it', async () => {
    const [near, last] = [testStore(), testStore()]
    const cache = createCache(tiered([near, last]), { hot: false })
    const value = await cache.values.save(large('ab'))
    const call = await saveCall(cache.store)
    damage(near, 'values', value)
    damage(near, 'calls', call)
    expect(await cache.values.load(value)).toEqual(large('ab'))
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ba'))
    expect(await createCache(near).values.load(value)).toEqual(large('ab'))
    expect(await (await createCache(near).calls.load(call)).result()).toEqual(large('ba'))
  })

  test('a near tier that answered well is trusted no more than any: damaged, failing, emptied, or late', async () => {
    const near = testStore()
    const last = counted(testStore())
    const failures: TierFailure[] = []
    let how: 'well' | 'failing' | 'late' = 'well'
    const moody: Store = intercept(
      failingStore(near, () => how === 'failing'),
      (_operation, next) => (how === 'late' ? Promise.resolve().then(next) : next()),
    )
    const key = await createCache(last.store).values.save(large('ab'))
    const store = tiered([moody, last.store], { onFailure: failure => failures.push(failure) })
    const { values } = createCache(store)
    const reads = async (count: number): Promise<void> => {
      const before = last.count('get')
      expect(await values.load(key)).toEqual(large('ab'))
      expect(last.count('get') - before).toBe(count)
    }
    await reads(1)
    await reads(0)
    damage(near, 'values', key)
    await reads(1)
    await reads(0)
    how = 'failing'
    await reads(1)
    expect(failures.length).toBeGreaterThan(0)
    how = 'late'
    await reads(0)
    how = 'well'
    await reads(0)
    near.values.delete([{ key }])
    await reads(1)
    await reads(0)
    expect(await store.values.get([key, key])).toEqual(last.store.values.get([key, key]))
    expect(await store.values.get([])).toEqual([])
  })

  test('what is damaged in all tiers is removed from all', async () => {
    const [near, last] = [testStore(), testStore()]
    const cache = createCache(tiered([near, last]), { onWarning() {} })
    const key = await cache.values.save(large('ab'))
    damage(near, 'values', key)
    damage(last, 'values', key)
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
    expect([keysIn(near), keysIn(last)]).toEqual([[], []])
    await cache.values.save(large('ab'))
    expect(await cache.values.load(key)).toEqual(large('ab'))
  })

  test('an entry of another format in a near tier is left there', async () => {
    const [near, last] = [testStore(), testStore()]
    const cache = createCache(tiered([near, last]))
    const key = await cache.values.save(large('ab'))
    const foreign = { key, bytes: Uint8Array.of(9, 9, 9) }
    near.values.put([foreign], 'replace')
    expect(await cache.values.load(key)).toEqual(large('ab'))
    expect(near.values.get([key])).toEqual([foreign.bytes])
  })

  test('the near tier that fails is passed over, and told of; the last is not', async () => {
    const failures: TierFailure[] = []
    const last = testStore()
    const key = await createCache(last).values.save(large('ab'))
    const near = failingStore(testStore(), ({ name }) => name === 'get')
    const cache = createCache(tiered([near, last], { onFailure: failure => failures.push(failure) }))
    expect(await cache.values.load(key)).toEqual(large('ab'))
    expect(failures[0]).toMatchObject({ tier: near.label, operation: 'get', cause: { code: 'ERR_BACKEND' } })
    const broken = tiered([testStore(), failingStore(testStore(), ({ name }) => name === 'get')])
    expect(() => broken.values.get([key])).toThrow(expect.objectContaining({ code: 'ERR_BACKEND' }))
  })
})

describe('writes', () => {
  test('go to all tiers, the last first', async () => {
    const order: string[] = []
    const named = (name: string) => watchedStore(testStore(), ({ intent }) => intent === 'write' && order.push(name))
    const cache = createCache(tiered([named('near'), named('middle'), named('last')]))
    await cache.values.save(large('ab'))
    expect(order).toEqual(['last', 'middle', 'near'])
  })

  test('a failing near tier fails no write; a failing last tier does, and nothing is in the near one', async () => {
    const writes = ({ intent }: Operation): boolean => intent === 'write'
    const onFailure = vi.fn()
    const last = testStore()
    const cache = createCache(tiered([failingStore(testStore(), writes), last], { onFailure }))
    const key = await cache.values.save(large('ab'))
    await saveCall(cache.store)
    expect(keysIn(last)).toContain(key)
    expect(keysIn(last, 'calls')).toHaveLength(1)
    expect(onFailure).toHaveBeenCalled()
    const near = testStore()
    const broken = createCache(tiered([near, failingStore(testStore(), writes)]))
    await expect(broken.values.save(large('ab'))).rejects.toMatchObject({ code: 'ERR_BACKEND' })
    expect(keysIn(near)).toEqual([])
  })

  test('a near tier that takes no writes fails none, and nobody is told', async () => {
    const onFailure = vi.fn()
    const cache = createCache(tiered([readOnly(testStore()), testStore()], { onFailure }))
    const key = await cache.values.save(large('ab'))
    expect(await cache.values.load(key)).toEqual(large('ab'))
    expect(onFailure).not.toHaveBeenCalled()
  })

  test('what a near tier failed to replace or remove is not read from it', async () => {
    let failing = false
    const near = failingStore(testStore(), ({ intent }) => failing && intent === 'write')
    const cache = createCache(tiered([near, testStore()], { onFailure() {} }), { hot: false })
    const prepare = (n: number) => cache.calls.prepare(identity, { values: [n], names: undefined })
    const kept = await cache.calls.commit(prepare(1), 'old')
    const gone = await cache.calls.commit(prepare(2), 'old')
    failing = true
    await cache.calls.commit(prepare(1), 'new', { replace: true })
    await cache.calls.evict(gone)
    expect(await (await cache.calls.load(kept)).result()).toBe('new')
    expect(await cache.calls.contains(gone)).toBe(false)
    expect(await cache.calls.query().count()).toBe(1)
    failing = false
    expect(await (await cache.calls.load(kept)).result()).toBe('new')
    expect(await (await createCache(near).calls.load(kept)).result()).toBe('new')
  })

  test('a near copy in another order gives way to what the last tier keeps', async () => {
    const [near, last] = [testStore(), testStore()]
    await createCache(last).values.save(large('ab'))
    await createCache(near).values.save(large('ba'))
    const cache = createCache(tiered([near, last]))
    await cache.values.save(large('ba'))
    expect(near.values.get([digest(large('ab'))])).toEqual(last.values.get([digest(large('ab'))]))
  })

  test('a near copy in another order gives way to one that is saved as the last tier has it', async () => {
    const [near, last] = [testStore(), testStore()]
    await createCache(last).values.save(large('ab'))
    await createCache(near).values.save(large('ba'))
    await createCache(tiered([near, last])).values.save(large('ab'))
    expect(near.values.get([digest(large('ab'))])).toEqual(last.values.get([digest(large('ab'))]))
  })

  test('an entry that cannot be whole in a near tier takes the place of what stood there all the same', async () => {
    const [near, last] = [testStore(), testStore()]
    const store = tiered([near, last])
    const key = await createCache(store).values.save(large('ab'))
    const bytes = near.values.get([key])[0]!.slice()
    new DataView(bytes.buffer).setUint32(4, 1) // now its payload begins with a link to nowhere
    store.values.put([{ key, bytes }], 'replace')
    expect(store.values.get([key])).toEqual([bytes])
  })

  test('a record in a near tier has the values there that it only refers to', async () => {
    const [near, last] = [testStore(), testStore()]
    const rows = Array.from({ length: 500 }, (_, row) => [`row ${row}`, large('ab', 9000)])
    const key = await createCache(last).values.save(rows)
    const cache = createCache(tiered([near, last]))
    await cache.calls.commit(cache.calls.prepare(identity, { values: [ref(key)], names: undefined }), [1, ref(key)])
    expect(keysIn(near, 'calls')).toHaveLength(1)
    expect(partial(near)).toEqual([])
  })

  test('a removal removes everywhere, and counts once', () => {
    const [near, last] = [testStore(), testStore()]
    const store = tiered([near, last])
    const [both, nearOnly, lastOnly] = ['a', 'b', 'c'].map(digit => digit.repeat(64) as Digest)
    store.values.put([{ key: both!, bytes: Uint8Array.of(1) }], 'keep')
    near.values.put([{ key: nearOnly!, bytes: Uint8Array.of(1) }], 'keep')
    last.values.put([{ key: lastOnly!, bytes: Uint8Array.of(1) }], 'keep')
    const listed = Array.from(store.values.list())
    expect(listed.map(({ key }) => key)).toEqual([both, nearOnly, lastOnly])
    expect(store.values.delete(listed)).toBe(3)
    expect([keysIn(near), keysIn(last)]).toEqual([[], []])
  })

  test('a removal that the last tier refuses, for the entry was touched, leaves the copies', () => {
    const [near, last] = [testStore(), testStore()]
    const store = tiered([near, last])
    store.values.put([{ key: 'a'.repeat(64) as Digest, bytes: Uint8Array.of(1) }], 'keep')
    const listed = Array.from(store.values.list())
    store.values.touch(listed.map(({ key }) => key))
    expect(store.values.delete(listed)).toBe(0)
    expect([keysIn(near).length, keysIn(last).length]).toEqual([1, 1])
  })

  test('a value that is removed while it is copied is gone, and a read after the removal says so', async () => {
    const [near, last] = [testStore(), testStore()]
    const key = await createCache(last).values.save(large('ab'))
    const store = tiered([laterStore(near), laterStore(last)])
    const reading = Promise.all(Array.from({ length: 4 }, async () => store.values.get([key])))
    const removal = store.values.delete([{ key }])
    await removal
    expect(await store.values.get([key])).toEqual([undefined])
    await reading
    expect([keysIn(near), keysIn(last)]).toEqual([[], []])
  })

  test('whoever refreshes a value that only a near tier has puts it back into the last', async () => {
    const [near, last] = [testStore(), testStore()]
    const cache = createCache(tiered([near, last]))
    const key = await cache.values.save([large('ab', 9000), 1])
    last.values.delete(keysIn(last).map(key => ({ key })))
    await cache.calls.commit(cache.calls.prepare(identity, { values: [ref(key)], names: undefined }), 1)
    expect(partial(last)).toEqual([])
    expect(await createCache(last).values.load(key)).toEqual([large('ab', 9000), 1])
  })
})

describe('the whole', () => {
  test('any steps on a tiered store give what they give on one store, whatever near tiers lose', async () => {
    const step = fc.record({
      kind: fc.constantFrom('save', 'load', 'evict', 'wipe', 'damage', 'gc'),
      value: fc.constantFrom(large('ab'), large('ba'), [large('ab'), 1], { x: [large('ab'), 1] }, 'small'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.boolean(), async (steps, answersLater) => {
        const near = testStore()
        const one = createCache(testStore())
        const two = createCache(tiered([near, answersLater ? laterStore() : testStore()]), { onWarning() {} })
        const outcome = (cache: typeof one | typeof two, value: unknown) =>
          cache.values.load(digest(value)).then(JSON.stringify, error => error.code)
        for (const { kind, value } of steps) {
          if (kind === 'save') for (const cache of [one, two]) await cache.values.save(value)
          if (kind === 'evict') for (const cache of [one, two]) await cache.values.evict(digest(value))
          if (kind === 'gc') for (const cache of [one, two]) await cache.gc({ grace: 0 })
          if (kind === 'wipe') near.values.delete(keysIn(near).map(key => ({ key })))
          if (kind === 'damage') for (const key of keysIn(near)) damage(near, 'values', key)
          expect(await outcome(two, value)).toBe(await outcome(one, value))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('in whatever order the tiers answer, whoever wrote reads what was written, and no copy outlives it', async () => {
    const key = digest('key')
    const sealed = (n: number) =>
      sealEntry(key, { linkable: false, formOf: undefined, links: [], payload: Uint8Array.of(n) })
    const write = fc.constantFrom('replace', 'remove', 'remove', 'keep')
    const [near, last] = [testStore(), testStore()]
    const scheduled = (inner: SyncStore, scheduler: fc.Scheduler): Store =>
      intercept(inner, async ({ name }, next) => {
        await scheduler.schedule(Promise.resolve(), `${name} begins`)
        const answer = next()
        await scheduler.schedule(Promise.resolve(), `${name} ends`)
        return answer
      })
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(write, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('values' as const, 'calls' as const),
        async (scheduler, writes, side) => {
          for (const store of [near, last]) store[side].delete([{ key }])
          last[side].put([sealed(0)], 'keep')
          const backend = tiered([scheduled(near, scheduler), scheduled(last, scheduler)])[side]
          const writing = async (): Promise<void> => {
            for (const [i, kind] of writes.entries()) {
              if (kind === 'remove') await backend.delete([{ key }])
              else await backend.put([sealed(i + 1)], kind === 'keep' ? 'keep' : 'replace')
              const [stands] = last[side].get([key])
              expect(await backend.get([key])).toEqual([stands])
            }
          }
          const reading = async (): Promise<void> => {
            for (let i = 0; i < 3; i++) await backend.get([key])
          }
          const all = Promise.all([writing(), reading(), reading()])
          await scheduler.waitFor(all)
          const [copy] = near[side].get([key])
          if (copy !== undefined) expect([copy]).toEqual(last[side].get([key]))
        },
      ),
      { numRuns: 800 },
    )
  })

  test('refs and clock are those of the last tier', () => {
    const [near, last] = [testStore(), testStore()]
    const store = tiered([near, last])
    store.refs?.swap('name', undefined, 'a'.repeat(64))
    expect([near.refs?.read('name'), last.refs?.read('name')]).toEqual([undefined, 'a'.repeat(64)])
    expect(store.label).toBe(`tiered(${near.label}, ${last.label})`)
  })

  test('records can be searched if the last tier can, and each is found once', async () => {
    const [near, last] = [indexedStore(), indexedStore()]
    await saveCall(last)
    const store = tiered([near, last])
    await createCache(store).calls.query().toArray()
    const cache = createCache(store)
    await cache.calls.commit(cache.calls.prepare(identity, { values: [2], names: undefined }), 1)
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(2)
    expect(isCallIndex(tiered([near, memoryStore()]).calls)).toBe(false)
    expect(
      await createCache(tiered([testStore(), last]))
        .calls.query({ name: 'slow' })
        .count(),
    ).toBe(2)
  })

  test('closing closes every tier, also when one fails to', () => {
    const inner = testStore()
    const close = () => {
      throw new Error('the disk is busy')
    }
    const store = tiered([
      intercept(testStore(), (operation, next) => (operation.name === 'close' ? close() : next())),
      inner,
    ])
    expect(() => store.close()).toThrow('the disk is busy')
    expect(() => inner.values.has([])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  test('what is no row of tiers is refused', () => {
    expect(() => tiered([])).toThrow(TypeError)
    const store = testStore()
    expect(() => tiered([store, store])).toThrow('each tier once')
  })
})
