import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallRecord, createCache, digest, type Query, type Store } from '../../src/index.ts'
import { damage, identity, indexedStore, keysIn, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

async function filledWith(store: Store, count: number) {
  const made = warnedCache(store)
  for (let i = 0; i < count; i += 1) {
    const call = made.cache.calls.prepare(identity, { values: [i], names: ['i'] })
    await made.cache.calls.commit(call, i * i, { metadata: { runtime: { startedAt: (i * 7) % count, durationMs: i } } })
  }
  return made
}

const argOf = (call: CallRecord): number => call.args[0] as number

describe.each([
  ['a scan', testStore],
  ['a scan of a store that answers later', () => laterStore()],
  ['an index', indexedStore],
])('by %s', (_name, open) => {
  test('chains are what they are for arrays', async () => {
    const { cache } = await filledWith(open(), 12)
    const all = (await cache.calls.query().toArray()).map(argOf)
    const step = fc.oneof(
      fc.nat(14).map(count => ({ verb: 'take' as const, count })),
      fc.nat(14).map(count => ({ verb: 'skip' as const, count })),
      fc.constantFrom(2, 3).map(count => ({ verb: 'filter' as const, count })),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 4 }), async steps => {
        let query: Query<CallRecord> = cache.calls.query()
        let expected = all
        for (const { verb, count } of steps) {
          if (verb === 'take') [query, expected] = [query.take(count), expected.slice(0, count)]
          if (verb === 'skip') [query, expected] = [query.skip(count), expected.slice(count)]
          if (verb === 'filter') {
            query = query.filter(async call => argOf(call) % count === 0)
            expected = expected.filter(i => i % count === 0)
          }
        }
        expect(await query.map(argOf).toArray()).toEqual(expected)
        expect(await query.count()).toBe(expected.length)
        const first = await query.first()
        expect(first && argOf(first)).toBe(expected[0])
        const latest = await query.latest()
        const by = [...expected].sort((a, b) => ((b * 7) % 12) - ((a * 7) % 12))
        expect(latest && argOf(latest)).toBe(by[0])
      }),
      { numRuns: 40 },
    )
  })

  test('a query reads anew on every pass', async () => {
    const { cache } = await filledWith(open(), 3)
    const query = cache.calls.query({ args: { i: 1 } })
    expect(await query.count()).toBe(1)
    await cache.calls.evict((await query.only()).digest)
    expect(await query.count()).toBe(0)
    expect(await query.first()).toBeUndefined()
    expect(await query.latest()).toBeUndefined()
  })

  test('records may be evicted while they are read', async () => {
    const { cache, warnings } = await filledWith(open(), 30)
    const seen: number[] = []
    for await (const call of cache.calls.query()) {
      seen.push(argOf(call))
      await cache.calls.query({ args: [argOf(call)] }).evict()
      await cache.calls.query({ args: [(argOf(call) + 1) % 30] }).evict()
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(await cache.calls.query().count()).toBe(0)
    expect(warnings).toEqual([])
  })

  test('evict removes what the chain gives, and no values', async () => {
    const store = open()
    const { cache } = await filledWith(store, 10)
    expect(
      await cache.calls
        .query()
        .filter(call => argOf(call) < 5)
        .take(3)
        .evict(),
    ).toBe(3)
    expect(await cache.calls.query().count()).toBe(7)
    expect(await cache.values.load(digest(4))).toBe(4)
    expect(await cache.calls.query({ args: [99] }).evict()).toBe(0)
  })
})

test('evict leaves a record that was replaced since it was read', async () => {
  const { cache } = await filledWith(testStore(), 1)
  const evicting = cache.calls.query().filter(async call => {
    const again = cache.calls.prepare(identity, { values: [argOf(call)], names: ['i'] })
    await cache.calls.commit(again, 'anew', { replace: true })
    return true
  })
  expect(await evicting.evict()).toBe(0)
  expect(await (await cache.calls.query().only()).result()).toBe('anew')
})

test('only wants exactly one', async () => {
  const { cache } = await filledWith(testStore(), 2)
  expect(argOf(await cache.calls.query({ args: [1] }).only())).toBe(1)
  await expect(cache.calls.query().only()).rejects.toThrow(/^expected one call that matches \{\}; there are \d+$/)
  await expect(cache.calls.query({ args: [2] }).only()).rejects.toThrow(
    'expected one call that matches { args: [2] }; there is none',
  )
})

test('of undated records none is the latest', async () => {
  const cache = createCache(testStore())
  await cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), 1)
  expect(await cache.calls.query().latest()).toBeUndefined()
  const dated = cache.calls.prepare(identity, { values: [2], names: undefined })
  await cache.calls.commit(dated, 1, { metadata: { runtime: { startedAt: 5, durationMs: 1 } } })
  expect((await cache.calls.query().latest())?.digest).toBe(dated.digest)
})

test('nothing is read before it is asked for, and no more than is taken', async () => {
  const { cache } = await filledWith(testStore(), 10)
  let seen = 0
  const query = cache.calls.query().filter(() => {
    seen += 1
    return true
  })
  const two = query.take(2)
  expect(seen).toBe(0)
  expect(await two.count()).toBe(2)
  expect(seen).toBe(2)
  expect(await query.take(0).toArray()).toEqual([])
  expect(seen).toBe(2)
})

test('damaged neighbours are passed over, reported and removed', async () => {
  const store = testStore()
  const { cache, warnings } = await filledWith(store, 5)
  const [, second, third] = keysIn(store, 'calls')
  damage(store, 'calls', second!)
  store.calls.put([{ key: third!, bytes: new Uint8Array(90).fill(9) }], 'replace')
  expect(await cache.calls.query().count()).toBe(3)
  expect(warnings).toMatchObject([{ code: 'corrupt', cause: { details: { key: second } } }])
  expect(keysIn(store, 'calls')).toHaveLength(4)
  expect(await cache.calls.query().count()).toBe(3)
  expect(warnings).toHaveLength(1)
})

test('wrong counts and functions are refused at once', () => {
  const query = createCache(testStore()).calls.query()
  expect(() => query.take(-1)).toThrow(RangeError)
  expect(() => query.skip(0.5)).toThrow(RangeError)
  // @ts-expect-error a count is a number
  expect(() => query.take('1')).toThrow(TypeError)
  // @ts-expect-error a filter is a function
  expect(() => query.filter(true)).toThrow(TypeError)
  // @ts-expect-error what maps is a function
  expect(() => query.map()).toThrow(TypeError)
})

test('what a template holds may be changed once the query is made', async () => {
  const { cache } = await filledWith(testStore(), 3)
  const args = [1]
  const query = cache.calls.query({ args })
  args[0] = 2
  expect(argOf(await query.only())).toBe(1)
})

test('an error of a filter ends the pass', async () => {
  const { cache } = await filledWith(testStore(), 3)
  const query = cache.calls.query().filter(() => {
    throw new Error('mine')
  })
  await expect(query.count()).rejects.toThrow('mine')
})
