import { describe, expect, test } from 'vitest'
import {
  type Cache,
  type Digest,
  digest,
  intercept,
  type Quarantined,
  type QuarantinedEntry,
  readOnly,
  type Store,
  type SyncStore,
} from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { damage, identity, keysIn, laterStore, warnedCache } from './support.ts'

const RESULT = 'result'.repeat(2000)

async function withDamage(store: SyncStore, over: (store: SyncStore) => Store = same => same) {
  const { cache } = warnedCache(over(store))
  const call = cache.calls.prepare(identity, { values: [1], names: undefined })
  await cache.calls.commit(call, RESULT)
  const [whole] = store.values.get([digest(RESULT)])
  damage(store, 'values', digest(RESULT), 50)
  const [damaged] = store.values.get([digest(RESULT)])
  return { cache, store, call: call.digest, whole: whole!, damaged: damaged! }
}

async function quarantined(cache: Cache): Promise<Quarantined[]> {
  const found: Quarantined[] = []
  for await (const entry of cache.quarantined()) found.push(entry)
  return found.sort((a, b) => (a.in < b.in ? 1 : -1))
}

describe.each([
  ['now', (store: SyncStore): Store => store],
  ['later', (store: SyncStore): Store => laterStore(store)],
])('a store that answers %s', (_name, over) => {
  test('what repair removes is kept in it, as it stood, until it is given up', async () => {
    const { cache, store, call, damaged } = await withDamage(testStore(), over)
    const { problems } = await cache.fsck({ repair: true })
    const removed = problems.filter(problem => problem.removed)
    expect(removed.map(({ in: place, kind }) => `${place}: ${kind}`)).toEqual([
      'values: corrupt',
      'calls: unanswerable',
    ])
    expect(keysIn(store, 'calls')).toEqual([])
    const [value, record, ...more] = await quarantined(cache)
    expect(more).toEqual([])
    expect(value).toEqual({
      pin: `quarantine/${removed[0]!.quarantined}`,
      in: 'values',
      key: digest(RESULT),
      kind: 'corrupt',
      reason: removed[0]!.reason,
      bytes: new Uint8Array(damaged),
    })
    expect(record).toMatchObject({ in: 'calls', key: call, kind: 'unanswerable' })
    expect(await cache.values.load(removed[0]!.quarantined!)).toMatchObject({ key: digest(RESULT) })
    // It is in nobody's way, and no sweep takes it.
    await cache.values.save(RESULT, { pin: 'healed' })
    await cache.gc({ grace: 0 })
    await cache.limit({ items: 0 })
    expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 0, keys: [] } })
    expect(await quarantined(cache)).toHaveLength(2)
    for (const { pin } of [value!, record!]) expect(await cache.unpin(pin)).toBe(true)
    await cache.gc({ grace: 0 })
    expect(await quarantined(cache)).toEqual([])
    expect((await cache.stats()).values.entries).toBe(1)
  })
})

test('damage to one key, again and again, is all kept', async () => {
  const { cache, store } = await withDamage(testStore())
  await cache.fsck({ repair: true })
  await cache.values.save(RESULT)
  damage(store, 'values', digest(RESULT), 60)
  await cache.fsck({ repair: true })
  await cache.gc({ grace: 0 })
  expect((await quarantined(cache)).filter(({ key }) => key === digest(RESULT))).toHaveLength(2)
})

test('a function takes what is removed, before it goes; nothing is stored', async () => {
  const { cache, store, damaged } = await withDamage(testStore())
  const taken: QuarantinedEntry[] = []
  const { problems } = await cache.fsck({
    repair: true,
    quarantine: async entry => {
      await Promise.resolve()
      expect(await cache.store[entry.in].has([entry.key as Digest])).toEqual([true])
      taken.push(entry)
    },
  })
  expect(taken.map(({ kind }) => kind)).toEqual(['corrupt', 'unanswerable'])
  expect(taken[0]!.bytes).toEqual(damaged)
  expect(problems.every(problem => problem.quarantined === undefined)).toBe(true)
  expect([keysIn(store), keysIn(store, 'calls')]).toEqual([[], []])
})

test('what cannot be kept aside is not removed', async () => {
  const { cache, store } = await withDamage(testStore())
  const failing = cache.fsck({ repair: true, quarantine: () => Promise.reject(new Error('the disk is full')) })
  await expect(failing).rejects.toThrow('the disk is full')
  expect([keysIn(store).length, keysIn(store, 'calls').length]).toEqual([1, 1])
})

test('false keeps nothing', async () => {
  const { cache, store } = await withDamage(testStore())
  const { problems } = await cache.fsck({ repair: true, quarantine: false })
  expect(problems.filter(({ removed }) => removed)).toHaveLength(2)
  expect(keysIn(store)).toEqual([])
  expect(await quarantined(cache)).toEqual([])
})

test('a store without named refs keeps nothing aside: a repair says so before it looks, and what to do', async () => {
  const { cache, store } = await withDamage(testStore(), inner => ({ ...inner, refs: undefined }))
  await expect(cache.fsck({ repair: true })).rejects.toMatchObject({
    code: 'ERR_REJECTED',
    message: expect.stringContaining('quarantine'),
  })
  expect(keysIn(store)).toHaveLength(1)
  expect(await quarantined(cache)).toEqual([])
  expect((await cache.fsck()).sound).toBe(false)
  await cache.fsck({ repair: true, quarantine: false })
  expect(keysIn(store)).toEqual([])
})

test('what is healed between the look and the removal stays', async () => {
  const inner = testStore()
  let heals = false
  const healing = intercept(inner, ({ name }, next) => {
    // The first removal comes after the second look.
    if (name === 'delete' && heals) {
      heals = false
      inner.values.put([{ key: digest(RESULT), bytes: whole }], 'replace')
    }
    return next()
  })
  const { cache, whole } = await withDamage(inner, () => healing)
  heals = true
  const { problems } = await cache.fsck({ repair: true })
  expect(problems.find(({ kind }) => kind === 'corrupt')).toMatchObject({ removed: false })
  expect(await cache.values.load(digest(RESULT))).toBe(RESULT)
})

test('a read-only store keeps what is damaged where it is', async () => {
  const { store } = await withDamage(testStore())
  const { cache } = warnedCache(readOnly(store))
  const { problems } = await cache.fsck({ repair: true })
  expect(problems.map(({ removed, quarantined: kept }) => [removed, kept])).toContainEqual([false, undefined])
  expect(problems.some(({ removed }) => removed)).toBe(false)
  expect(keysIn(store)).toEqual([digest(RESULT)])
})

test("a user's pin of such a name is not taken for one of ours, nor what is gone or damaged", async () => {
  const { cache, store } = await withDamage(testStore())
  await cache.fsck({ repair: true })
  const [first, second] = await quarantined(cache)
  await cache.values.save('mine', { pin: 'quarantine/mine' })
  await cache.values.evict(first!.pin.slice('quarantine/'.length))
  damage(store, 'values', second!.pin.slice('quarantine/'.length))
  expect(await quarantined(cache)).toEqual([])
})

test('orphans are named', async () => {
  const { cache } = warnedCache(testStore())
  const keys = await cache.values.saveAll([1, 2, 3])
  await cache.values.save('kept', { pin: 'kept' })
  expect((await cache.fsck()).orphans).toMatchObject({ entries: 3, keys: [...keys].sort() })
})

test.each([['a folder' as unknown as boolean], [1 as unknown as boolean]])(
  'a wrong quarantine is refused: %j',
  async wrong => {
    const { cache } = warnedCache(testStore())
    await expect(cache.fsck({ repair: true, quarantine: wrong })).rejects.toThrow(TypeError)
  },
)
