import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CallRecord, createCache, type Digest, digest, type Store } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { values as anyValue } from '../support/values.ts'
import { damage, identity, indexedStore, keysIn, large, laterStore, warnedCache } from './support.ts'

async function record(cache: ReturnType<typeof createCache>, i: number, result: unknown, name = 'slow') {
  const call = cache.calls.prepare({ ...identity, name }, { values: [i, { i }], names: ['i', 'o'] })
  await cache.calls.commit(call, result, { metadata: { runtime: { startedAt: i, durationMs: 1 } }, replace: true })
  return call.digest
}

/** All that a record says, results in their order. */
async function told(calls: AsyncIterable<CallRecord>): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const call of calls) {
    lines.push(JSON.stringify([call.digest, call.name, await call.loadArgs(), await call.result(), call.metadata]))
  }
  return lines
}

describe.each<[string, () => Store]>([
  ['memory', testStore],
  ['a store that answers later', () => laterStore()],
  ['an index', indexedStore],
])('into %s', (_name, open) => {
  test('calls come over with all that they need, and are found there', async () => {
    const from = createCache(open(), { inlineBelow: 10 })
    for (let i = 0; i < 150; i += 1) await record(from, i, { rows: ['x'.repeat(i * 20), i] }, i % 2 ? 'odd' : 'even')
    const to = createCache(open())
    expect(await from.copyTo(to, { template: { name: 'odd' } })).toEqual({ copied: 75, skipped: 0, incomplete: 0 })
    expect(await told(to.calls.query())).toEqual(await told(from.calls.query({ name: 'odd' })))
    expect(await to.calls.query({ args: { o: { i: 5 } } }).count()).toBe(1)
    expect(await to.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
    const progress: number[] = []
    const rest = await from.copyTo(to, { onProgress: ({ done }) => progress.push(done) })
    expect(rest).toEqual({ copied: 75, skipped: 75, incomplete: 0 })
    expect(progress.at(-1)).toBe(150)
    expect(await told(to.calls.query())).toEqual(await told(from.calls.query()))
  })

  test('any result comes over as it is, whatever either cache splits', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, fc.constantFrom(0, 20, 4096), async (value, inlineBelow) => {
        const from = createCache(open(), { inlineBelow })
        const to = createCache(open())
        const key = await record(from, 1, value)
        await to.values.save([value])
        await from.copyTo(to)
        const copied = await to.calls.load(key)
        expect(isDeepStrictEqual(await copied.result(), value)).toBe(true)
        expect(copied.resultRef.digest).toBe(digest(value))
        expect((await to.fsck()).problems).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('an equal value that stands there in another order', () => {
  const nested = (order: 'ab' | 'ba') => ({ outer: [large(order), { deep: [large(order)] }], tail: 'x'.repeat(5000) })

  test.each([
    ['the value', large('ba')],
    ['a part of it', [large('ba')]],
    ['the value and its parts', nested('ba')],
    ['all that links to it', [nested('ba'), large('ba')]],
  ])('keeps its order, and so does what comes: %s', async (_name, there) => {
    for (const inlineBelow of [10, 4096]) {
      const from = createCache(testStore(), { inlineBelow })
      const to = createCache(testStore(), { inlineBelow })
      const kept = await to.values.save(there)
      const results = [large('ab'), nested('ab'), [nested('ab'), large('ab')], { small: 1, inner: large('ab') }]
      for (const [i, result] of results.entries()) await record(from, i, result)
      expect(await from.copyTo(to)).toMatchObject({ copied: 4 })
      expect(await told(to.calls.query())).toEqual(await told(from.calls.query()))
      expect(JSON.stringify(await to.values.load(kept))).toBe(JSON.stringify(there))
      expect(await to.fsck()).toMatchObject({ sound: true, unverified: 0 })
    }
  })

  test('is kept when second forms come over too', async () => {
    const from = createCache(testStore(), { inlineBelow: 10 })
    await record(from, 1, large('ab'))
    await record(from, 2, large('ba'))
    await record(from, 3, [large('ba')])
    const to = createCache(testStore(), { inlineBelow: 10 })
    await to.values.save(large('ba'))
    await from.copyTo(to)
    expect(await told(to.calls.query())).toEqual(await told(from.calls.query()))
    expect(await to.fsck()).toMatchObject({ sound: true, unverified: 0 })
  })
})

test('a damaged entry that stands there is healed', async () => {
  const from = createCache(testStore())
  const store = testStore()
  const { cache: to } = warnedCache(store)
  const result = { text: 'x'.repeat(9000) }
  const key = await record(from, 1, result)
  const part = await to.values.save('x'.repeat(9000))
  damage(store, 'values', part, 12)
  await from.copyTo(to)
  expect(await (await to.calls.load(key)).result()).toEqual(result)
})

test('without overwrite what is there stays, with it it is replaced, in memory too', async () => {
  const from = createCache(testStore())
  const to = createCache(testStore())
  const key = await record(from, 1, 'new')
  await record(to, 1, 'old')
  expect(await from.copyTo(to)).toEqual({ copied: 0, skipped: 1, incomplete: 0 })
  expect(await (await to.calls.load(key)).result()).toBe('old')
  expect(await from.copyTo(to, { overwrite: true })).toEqual({ copied: 1, skipped: 0, incomplete: 0 })
  expect(await (await to.calls.load(key)).result()).toBe('new')
})

test('a call that is not whole stays behind, the others go', async () => {
  const store = testStore()
  const { cache: from } = warnedCache(store, { inlineBelow: 10 })
  await record(from, 1, ['gone'.repeat(50), ['shared'.repeat(50)]])
  await record(from, 2, ['bad'.repeat(50)])
  const fine = await record(from, 3, [['shared'.repeat(50)]])
  await from.values.evict(digest('gone'.repeat(50)))
  damage(store, 'values', digest('bad'.repeat(50)))
  const to = createCache(testStore())
  expect(await from.copyTo(to)).toEqual({ copied: 1, skipped: 0, incomplete: 2 })
  expect(await to.calls.contains(fine)).toBe(true)
  expect((await to.fsck()).sound).toBe(true)
})

test('it copies what a chain of a query gives, and stops where that is asked for', async () => {
  const from = createCache(testStore())
  for (let i = 0; i < 10; i += 1) await record(from, i, i)
  const to = createCache(testStore())
  const query = from.calls.query().orderBy('startedAt', 'desc')
  expect(await query.take(3).copyTo(to)).toMatchObject({ copied: 3 })
  expect(
    await to.calls
      .query()
      .orderBy('startedAt')
      .map(call => call.args[0])
      .toArray(),
  ).toEqual([7, 8, 9])
  await expect(from.copyTo(to, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  // @ts-expect-error a store is no cache
  await expect(from.copyTo(testStore())).rejects.toThrow('got a store: wrap it: createCache(store)')
  await to.close()
  await expect(from.copyTo(to)).rejects.toMatchObject({ code: 'ERR_CLOSED' })
})

test('values are written before the records that need them', async () => {
  const from = createCache(testStore(), { inlineBelow: 10 })
  for (let i = 0; i < 200; i += 1) await record(from, i, ['x'.repeat(50 + i)])
  const store = testStore()
  const links: (readonly Digest[])[] = []
  const watched: typeof store = {
    ...store,
    commit(batch) {
      links.push(keysIn(store))
      return store.commit(batch)
    },
  }
  await from.copyTo(createCache(watched))
  expect(links.length).toBeGreaterThan(1)
  expect((await createCache(store).fsck()).sound).toBe(true)
  expect(links[0]!.length).toBeGreaterThan(64)
})
