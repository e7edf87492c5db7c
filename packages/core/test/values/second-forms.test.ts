import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import { createCache, digest, type Store } from '../../src/index.ts'
import { identity, keysIn, large, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const orderOf = (value: object): readonly string[] => Object.keys(value)

/** Commits a result under a call of its own and gives back how the record loads it. */
async function recorded(store: Store, argument: number, result: unknown, options = {}): Promise<unknown> {
  const cache = createCache(store, options)
  const call = cache.calls.prepare(identity, { values: [argument], names: undefined })
  await cache.calls.commit(call, result)
  return (await cache.calls.load(call.digest)).result()
}

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test.each([
    ['sorted keys first', 'ab', 'ba'],
    ['sorted keys last', 'ba', 'ab'],
  ] as const)('each record keeps the order of its own result: %s', async (_rule, first, second) => {
    const store = open()
    expect(orderOf((await recorded(store, 1, large(first))) as object)).toEqual([...first])
    expect(orderOf((await recorded(store, 2, large(second))) as object)).toEqual([...second])
    expect(orderOf((await recorded(store, 3, large(first))) as object)).toEqual([...first])
    expect(orderOf((await recorded(store, 4, large(second))) as object)).toEqual([...second])
    // Loaded by digest alone, the first form counts.
    expect(orderOf(await createCache(store).values.load(digest(large('ab'))))).toEqual([...first])
  })

  test.each([
    ['sorted keys first', { a: 1, b: 2 }, { b: 2, a: 1 }],
    ['sorted keys last', { b: 2, a: 1 }, { a: 1, b: 2 }],
  ])('so do records of small results, and of lists of small objects: %s', async (_rule, first, second) => {
    const store = open()
    const rows = (row: object): readonly object[] => Array.from({ length: 900 }, () => ({ ...row }))
    for (const [i, row] of [first, second, first, second].entries()) {
      expect(orderOf((await recorded(store, i, row)) as object)).toEqual(orderOf(row))
      const loaded = (await recorded(store, 10 + i, rows(row))) as readonly object[]
      expect(loaded.map(orderOf)).toEqual(rows(row).map(orderOf))
    }
  })

  test('what holds a value in another order names its form, at every level', async () => {
    const store = open()
    const nest = (order: 'ab' | 'ba'): { readonly x: { readonly y: unknown } } => ({
      x: { y: [large(order), 'z'.repeat(5000)] },
    })
    expect(JSON.stringify(await recorded(store, 1, nest('ba')))).toBe(JSON.stringify(nest('ba')))
    expect(JSON.stringify(await recorded(store, 2, nest('ab')))).toBe(JSON.stringify(nest('ab')))
    expect(JSON.stringify(await recorded(store, 3, nest('ba')))).toBe(JSON.stringify(nest('ba')))
    expect(JSON.stringify(await recorded(store, 4, nest('ab'), { inlineBelow: 0 }))).toBe(JSON.stringify(nest('ab')))
  })

  test('a value that is saved first loads in its own order, also where a part of it was there in another', async () => {
    const { values } = createCache(open())
    await values.save(large('ba'))
    const key = await values.save({ part: large('ab') })
    expect(orderOf((await values.load(key)).part)).toEqual(['a', 'b'])
    expect(orderOf(await values.load(digest(large('ab'))))).toEqual(['b', 'a'])
    const other = await values.save({ part: large('ba'), more: 1 })
    expect(orderOf((await values.load(other)).part)).toEqual(['b', 'a'])
  })

  test('arguments keep their order too', async () => {
    const store = open()
    const { calls } = createCache(store)
    for (const order of ['ba', 'ab'] as const) {
      const call = calls.prepare({ ...identity, version: order }, { values: [large(order)], names: undefined })
      await calls.commit(call, order)
      const [argument] = await (await calls.load(call.digest)).loadArgs()
      expect(orderOf(argument as object)).toEqual([...order])
    }
  })

  test('an argument and a result that are equal, in two orders, keep each its own', async () => {
    const { calls } = createCache(open())
    const call = calls.prepare(identity, { values: [large('ab')], names: undefined })
    await calls.commit(call, large('ba'))
    const record = await calls.load(call.digest)
    expect(orderOf((await record.loadArgs())[0] as object)).toEqual(['a', 'b'])
    expect(orderOf((await record.result()) as object)).toEqual(['b', 'a'])
  })
})

test('what a commit answers with is in the order of its result', async () => {
  const store = testStore()
  const engine = engineOf(createCache(store))
  await recorded(store, 1, [large('ba')])
  const call = engine.prepare(identity, { values: [2], names: undefined })
  const found = await engine.commit(call, [large('ab')], { metadata: {}, replace: false })
  expect(orderOf((found.value() as readonly object[])[0]!)).toEqual(['a', 'b'])
})

test('saving an order that is there adds nothing, however often', async () => {
  const store = testStore()
  for (let i = 0; i < 3; i += 1) {
    await recorded(store, 1, { part: large('ab'), more: 'x'.repeat(5000) })
    await recorded(store, 2, { part: large('ba'), more: 'x'.repeat(5000) })
  }
  const { values } = createCache(store)
  const before = keysIn(store).length
  await values.save({ part: large('ab'), more: 'x'.repeat(5000) })
  await values.save({ part: large('ba'), more: 'x'.repeat(5000) })
  expect(keysIn(store)).toHaveLength(before)
})

test('forms are kept by the sweep with their records, and go when these go', async () => {
  const store = testStore()
  await recorded(store, 1, [large('ab'), 1])
  await recorded(store, 2, [large('ba'), 1])
  const { cache } = warnedCache(store)
  expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 0 })
  const results = await cache.calls
    .query()
    .map(call => call.result())
    .toArray()
  expect(results.map(result => orderOf((result as readonly object[])[0]!).join(''))).toEqual(
    expect.arrayContaining(['ab', 'ba']),
  )
  await cache.calls.query().evict()
  await cache.gc({ grace: 0 })
  expect(keysIn(store)).toEqual([])
})

test('reuses count a value once, in however many orders it stands', async () => {
  const store = testStore()
  await recorded(store, 1, [large('ab'), 'x'.repeat(5000)])
  await recorded(store, 2, [large('ba'), 'x'.repeat(5000)])
  const reuses = await createCache(store).values.countReuses()
  expect(reuses.get(digest(large('ab')))).toBe(1)
  expect(reuses.get(digest('x'.repeat(5000)))).toBe(1)
  expect([...reuses.keys()]).toHaveLength(3)
})

test('children of a value are digests, whatever forms it links to', async () => {
  const { values } = createCache(testStore())
  await values.save(large('ba'))
  const key = await values.save({ part: large('ab') })
  expect(await values.children(key)).toEqual([digest(large('ab'))])
})
