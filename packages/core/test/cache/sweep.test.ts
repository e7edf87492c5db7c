import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sweep } from '../../src/cache/sweep.ts'
import {
  createCache,
  type Digest,
  digest,
  intercept,
  memoryStore,
  readOnly,
  ref,
  type SweepOptions,
  type SyncStore,
} from '../../src/index.ts'
import { insideOf } from '../../src/inside/inside.ts'
import { testStore } from '../support/test-store.ts'
import { markingStore } from './marking-store.ts'
import { damage, failingStore, identity, keysIn, large, laterStore, warnedCache } from './support.ts'

const now: SweepOptions = { grace: 0 }

/** A list of rows, large enough for a ref to stand for it. */
const rows = (seed: number) => Array.from({ length: 500 }, (_, i) => ({ i, seed }))

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test('exactly what nothing reaches goes; records stay', async () => {
    const store = open()
    const cache = createCache(store, { inlineBelow: 10 })
    const kept = [['argument'.repeat(200)], { part: ['result'.repeat(900)] }] as const
    const call = cache.calls.prepare(identity, { values: [kept[0]], names: undefined })
    await cache.calls.commit(call, kept[1])
    const before = await cache.stats()
    await cache.values.saveAll([['garbage'.repeat(20)], [['garbage'.repeat(20)]]])
    const all = await cache.stats()
    const result = await cache.gc(now)
    expect(result).toEqual({
      removed: all.values.entries - before.values.entries,
      kept: before.values.entries,
      bytes: all.values.bytes - before.values.bytes,
    })
    expect(await cache.stats()).toEqual(before)
    const record = await cache.calls.load(call.digest)
    expect(await record.loadArgs()).toEqual([kept[0]])
    expect(await record.result()).toEqual(kept[1])
    expect(await cache.values.load(record.resultRef)).toEqual(kept[1])
    expect(await cache.gc(now)).toMatchObject({ removed: 0 })
  })

  test('a dry run counts and removes nothing', async () => {
    const cache = createCache(open())
    await cache.values.saveAll(['a', 'b'])
    const dry = await cache.gc({ ...now, dryRun: true })
    expect(dry).toMatchObject({ removed: 2, kept: 0 })
    expect((await cache.stats()).values.entries).toBe(2)
    expect(await cache.gc(now)).toEqual(dry)
  })

  test('what is younger than the grace period stays, with all it reaches', async () => {
    const store = open()
    const cache = createCache(store, { inlineBelow: 10 })
    const part = 'x'.repeat(30)
    await cache.values.save([part, 1])
    await cache.values.save('loose garbage of some length')
    expect(await cache.gc()).toEqual({ removed: 0, kept: 3, bytes: 0 })
    expect(await cache.gc({ grace: Infinity })).toMatchObject({ removed: 0, kept: 3 })
    // All is old but the parent: what it links to stays for its sake.
    const parent = digest([part, 1])
    await store.values.touch([parent])
    const ages = new Map<Digest, number>()
    for await (const { key, touched } of cache.values.list()) ages.set(key, touched)
    const [youngest, ...older] = [...ages.values()].sort((x, y) => y - x)
    const frozen = { ...store, values: { ...store.values, now: () => youngest! } }
    const result = await createCache(frozen).gc({ grace: (youngest! - older[0]!) / 2 })
    expect(ages.get(parent)).toBe(youngest)
    expect(result).toMatchObject({ removed: 1, kept: 2 })
    expect(await cache.values.load(digest([part, 1]))).toEqual([part, 1])
  })

  test('named refs of any kind keep what they name', async () => {
    const store = open()
    const cache = createCache(store)
    const key = await cache.values.save('named')
    await store.refs!.swap('heads/main', undefined, key)
    await store.refs!.swap('heads/none', undefined, digest('absent'))
    await cache.values.save('loose')
    expect(await cache.gc(now)).toMatchObject({ removed: 1, kept: 1 })
  })

  test('what a prepared call refers to stays until it is committed or abandoned', async () => {
    const cache = createCache(open(), { inlineBelow: 10 })
    const key = await cache.values.save(rows(1))
    const call = cache.calls.prepare(identity, { values: [ref(key)], names: undefined })
    expect(await cache.gc(now)).toMatchObject({ removed: 0 })
    await cache.calls.commit(call, 1)
    expect(await (await cache.calls.load(call.digest)).loadArgs()).toEqual([rows(1)])
    await cache.calls.query().evict()
    const other = cache.calls.prepare(identity, { values: [ref(key)], names: undefined })
    cache.calls.abandon(other)
    await cache.gc(now)
    expect((await cache.stats()).values.entries).toBe(0)
  })

  test('a prepared call writes its arguments when it is committed, whatever was swept meanwhile', async () => {
    const cache = createCache(open())
    await cache.values.save(large('ab'))
    const call = cache.calls.prepare(identity, { values: [large('ab')], names: undefined })
    await cache.gc(now)
    await cache.calls.commit(call, large('ba'))
    expect(await (await cache.calls.load(call.digest)).loadArgs()).toEqual([large('ab')])
  })
})

test('a value that is saved again while it is swept stays, or is written anew', async () => {
  const inner = testStore()
  const value = [['part'.repeat(20)], 'other'.repeat(20)]
  let saving: Promise<unknown> | undefined
  const store = intercept(inner, (operation, next) => {
    // The sweep has decided, and is about to remove: another process saves the value again.
    if (operation.name === 'delete') saving = createCache({ ...inner }, { inlineBelow: 10 }).values.save(value)
    return next()
  })
  const cache = createCache(store, { inlineBelow: 10 })
  await cache.values.save(value)
  await cache.values.save('garbage')
  expect(await cache.gc(now)).toMatchObject({ removed: 1 })
  await saving
  expect(await createCache(inner).values.load(digest(value))).toEqual(value)
})

test('a record that is written while the sweep marks keeps its values', async () => {
  const inner = testStore()
  const result = ['result'.repeat(900)]
  let writing: Promise<unknown> | undefined
  const calls = {
    ...inner.calls,
    *list(options?: { readonly prefix?: string | undefined }) {
      yield* inner.calls.list(options)
      // The sweep has read all records; another process writes one whose value is old.
      const other = createCache({ ...inner })
      writing ??= other.calls.commit(other.calls.prepare(identity, { values: [1], names: undefined }), result)
    },
  }
  const cache = createCache({ ...inner, calls })
  await cache.values.save(result)
  await cache.gc(now)
  expect(writing).toBeDefined()
  await writing
  const record = await createCache(inner).calls.query().only()
  expect(await record.result()).toEqual(result)
  expect(await createCache(inner).values.load(record.resultRef)).toEqual(result)
})

test('a call that is prepared while the sweep removes keeps what it refers to', async () => {
  const inner = testStore()
  const key = digest(rows(2))
  let prepared: { commit(): Promise<unknown> } | undefined
  const store: SyncStore = intercept(inner, (operation, next) => {
    // The sweep looks a last time at what it found to be garbage.
    if (operation.name === 'get' && operation.keys.includes(key) && prepared === undefined) {
      const call = cache.calls.prepare(identity, { values: [ref(key)], names: undefined })
      prepared = { commit: () => cache.calls.commit(call, 1) }
    }
    return next()
  })
  const cache = createCache(store, { inlineBelow: 10 })
  await cache.values.save(rows(2))
  prepared = undefined
  await cache.gc(now)
  await prepared!.commit()
  expect(await (await cache.calls.query().only()).loadArgs()).toEqual([rows(2)])
})

test('a read that fails ends the sweep before anything is removed', async () => {
  const inner = testStore()
  const filled = createCache(inner, { inlineBelow: 10 })
  await filled.calls.commit(filled.calls.prepare(identity, { values: [rows(1)], names: undefined }), rows(2))
  await filled.values.saveAll(['garbage', rows(3)])
  const before = keysIn(inner)
  let reads = 0
  const count = createCache(failingStore(inner, ({ name }) => (name === 'get' || name === 'now') && ++reads < 0))
  await count.gc({ ...now, dryRun: true })
  expect(reads).toBeGreaterThan(3)
  for (let n = 1; n <= reads; n += 1) {
    let seen = 0
    const cache = createCache(failingStore(inner, ({ name }) => (name === 'get' || name === 'now') && ++seen === n))
    await expect(cache.gc(now)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
    expect(keysIn(inner)).toEqual(before)
  }
})

test('a named ref that holds no digest keeps nothing, and stops nothing', async () => {
  // Files refuse to write one.
  const store = memoryStore()
  const cache = createCache(store)
  await cache.values.save('named', { pin: 'one' })
  store.refs!.swap('heads/none', undefined, 'no digest at all')
  await cache.values.save('loose')
  expect(await cache.gc(now)).toMatchObject({ removed: 1, kept: 1 })
})

test('a listing that fails ends the sweep before anything is removed', async () => {
  // An engine that surveys by itself is not asked for a listing.
  const inner = memoryStore()
  await createCache(inner).values.saveAll(['a', 'b', 'c'])
  for (const which of ['values', 'calls'] as const) {
    const broken = {
      ...inner,
      [which]: {
        ...inner[which],
        *list() {
          yield* inner[which].list()
          throw new Error('listing failed')
        },
      },
    }
    await expect(createCache(broken).gc(now)).rejects.toThrow('listing failed')
  }
  expect(keysIn(inner)).toHaveLength(3)
})

/** So little is held in memory that the store keeps marks, and what may go is listed again. */
const tight = { marks: 3, candidates: 3 }

test('what is held in memory makes no difference to what goes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('pin', 'commit', 'loose', 'later'), fc.nat(9)), { maxLength: 20 }),
      fc.record({ marks: fc.nat(12), candidates: fc.nat(12) }),
      fc.boolean(),
      async (work, bounds, keepsMarks) => {
        const swept = async (inner: SyncStore, held?: typeof bounds) => {
          const cache = createCache(inner, { inlineBelow: 10 })
          for (const [kind, n] of work) {
            const value = [`${n}`.repeat(30), [`${n % 3}`.repeat(40)]]
            if (kind === 'loose') await cache.values.save(value)
            if (kind === 'pin') await cache.values.save(value, { pin: `${n}` })
            if (kind === 'later') inner.values.put([{ key: digest(n), bytes: new Uint8Array(60).fill(9) }], 'keep')
            if (kind !== 'commit') continue
            await cache.calls.commit(cache.calls.prepare(identity, { values: [n], names: undefined }), value)
          }
          const dry = await sweep(insideOf(cache), { ...now, dryRun: true }, held)
          const result = await sweep(insideOf(cache), now, held)
          expect(result).toEqual(dry)
          return { result, keys: keysIn(inner) }
        }
        const plain = await swept(memoryStore())
        const { store, sets } = markingStore()
        expect(await swept(keepsMarks ? store : memoryStore(), bounds)).toEqual(plain)
        expect(sets.filter(({ dropped }) => !dropped)).toEqual([])
      },
    ),
  )
})

test('what a value is touched for between the listings stays', async () => {
  const inner = memoryStore()
  const value = ['x'.repeat(500)]
  let listings = 0
  const values = {
    ...inner.values,
    *list(options?: { readonly prefix?: string | undefined }) {
      listings += 1
      // Another process saves it again.
      if (listings === 3) inner.values.touch([digest(value)])
      yield* inner.values.list(options)
    },
  }
  const cache = createCache({ ...inner, values })
  await cache.values.saveAll([value, ...Array.from({ length: 9 }, (_, i) => `garbage ${i}`)])
  expect(await sweep(insideOf(cache), now, tight)).toMatchObject({ removed: 9, kept: 1 })
  expect(listings).toBe(3)
  expect(await createCache(inner).values.load(digest(value))).toEqual(value)
})

test('a second listing that fails ends the sweep, and only garbage has gone', async () => {
  const { store: inner, sets } = markingStore()
  let listings = 0
  const values = {
    ...inner.values,
    *list(options?: { readonly prefix?: string | undefined }) {
      listings += 1
      let listed = 0
      for (const entry of inner.values.list(options)) {
        if (listings === 3 && ++listed > 1600) throw new Error('listing failed')
        yield entry
      }
    },
  }
  const cache = createCache({ ...inner, values }, { inlineBelow: 10 })
  await cache.values.save(rows(1), { pin: 'kept' })
  const kept = keysIn(inner)
  await cache.values.saveAll(Array.from({ length: 1500 }, (_, i) => `value ${i}`))
  await expect(sweep(insideOf(cache), now, tight)).rejects.toThrow('listing failed')
  expect(keysIn(inner).length).toBeLessThan(kept.length + 1500)
  expect(await cache.values.load(digest(rows(1)))).toEqual(rows(1))
  expect(sets.map(({ dropped }) => dropped)).toEqual([true])
  await createCache(inner).gc(now)
  expect(keysIn(inner)).toEqual(kept)
})

test('sweeps at once take what nothing reaches, once, and each drops its own marks', async () => {
  const { store: inner, sets } = markingStore()
  const cache = createCache(laterStore(inner), { inlineBelow: 10 })
  const { store, sets: ofOthers } = markingStore(inner)
  const other = createCache(store, { inlineBelow: 10 })
  await cache.values.save(rows(1), { pin: 'kept' })
  const kept = keysIn(inner)
  await cache.values.saveAll(Array.from({ length: 1500 }, (_, i) => `value ${i}`))
  const results = await Promise.all([cache, other, other].map(each => sweep(insideOf(each), now, tight)))
  expect(keysIn(inner)).toEqual(kept)
  expect(results.reduce((sum, { removed }) => sum + removed, 0)).toBeGreaterThanOrEqual(1500)
  expect([...sets, ...ofOthers].map(({ dropped }) => dropped)).toEqual([true, true])
})

test('an aborted sweep leaves no marks in the store', async () => {
  const { store, sets } = markingStore()
  const cache = createCache(store, { inlineBelow: 10 })
  await cache.values.save(rows(1), { pin: 'kept' })
  const controller = new AbortController()
  const onProgress = (): void => controller.abort()
  await expect(sweep(insideOf(cache), { ...now, signal: controller.signal, onProgress }, tight)).rejects.toMatchObject({
    code: 'ERR_ABORTED',
  })
  expect(sets.map(({ dropped }) => dropped)).toEqual([true])
})

test('damaged records and values do not stop the sweep; damaged garbage goes', async () => {
  const store = testStore()
  const { cache } = warnedCache(store, { inlineBelow: 10 })
  for (const i of [1, 2]) {
    await cache.calls.commit(cache.calls.prepare(identity, { values: [i], names: undefined }), [`${i}`.repeat(30)])
  }
  const [record] = keysIn(store, 'calls')
  store.calls.put([{ key: record!, bytes: store.calls.get([record!])[0]!.slice(0, 30) }], 'replace')
  const garbage = await cache.values.save('garbage'.repeat(20))
  store.values.put([{ key: garbage, bytes: Uint8Array.of(1, 2) }], 'replace')
  expect(await cache.gc(now)).toMatchObject({ removed: 3, kept: 2 })
})

test('values of an unknown format stay', async () => {
  const store = testStore()
  const cache = createCache(store)
  const key = digest('later')
  store.values.put([{ key, bytes: new Uint8Array(60).fill(9) }], 'keep')
  await cache.values.save('garbage')
  expect(await cache.gc(now)).toMatchObject({ removed: 1, kept: 1 })
  expect(keysIn(store)).toEqual([key])
})

test('a value whose records are all damaged beyond their header is still reached', async () => {
  const store = testStore()
  const { cache } = warnedCache(store)
  await cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), 'x'.repeat(9000))
  damage(store, 'calls', keysIn(store, 'calls')[0]!)
  expect(await cache.gc(now)).toMatchObject({ removed: 0, kept: 1 })
})

test('an aborted sweep says so, before it began or in between', async () => {
  const store = testStore()
  const cache = createCache(store)
  await cache.values.saveAll(Array.from({ length: 1200 }, (_, i) => `value ${i}`))
  const early = AbortSignal.abort(new Error('enough'))
  await expect(cache.gc({ ...now, signal: early })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
    cause: { message: 'enough' },
  })
  expect(keysIn(store)).toHaveLength(1200)
  const controller = new AbortController()
  const sweeping = cache.gc({
    ...now,
    signal: controller.signal,
    onProgress: ({ phase }) => phase === 'sweep' && controller.abort(),
  })
  await expect(sweeping).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  expect(keysIn(store)).toHaveLength(1200 - 512)
  expect(await cache.gc(now)).toMatchObject({ removed: 1200 - 512 })
})

test('progress counts up to all that is marked and all that is removed', async () => {
  const cache = createCache(testStore())
  await cache.values.save('kept', { pin: 'p' })
  await cache.values.saveAll(Array.from({ length: 600 }, (_, i) => `value ${i}`))
  const seen: string[] = []
  await cache.gc({ ...now, onProgress: ({ phase, done }) => seen.push(`${phase} ${done}`) })
  expect(seen).toEqual(['mark 1', 'sweep 512', 'sweep 600'])
})

test('a read-only store is not swept', async () => {
  const store = testStore()
  await createCache(store).values.save('garbage')
  await expect(createCache(readOnly(store)).gc(now)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
  expect(await createCache(readOnly(store)).gc({ ...now, dryRun: true })).toMatchObject({ removed: 1 })
})

test('wrong options are refused by what was expected', async () => {
  const cache = createCache(testStore())
  await expect(cache.gc({ grace: -1 })).rejects.toThrow(RangeError)
  await expect(cache.gc({ grace: Number.NaN })).rejects.toThrow(RangeError)
  // @ts-expect-error grace is a number
  await expect(cache.gc({ grace: '1 day' })).rejects.toThrow(TypeError)
  // @ts-expect-error progress goes to a function
  await expect(cache.gc({ onProgress: true })).rejects.toThrow(TypeError)
  // @ts-expect-error a signal is an AbortSignal
  await expect(cache.gc({ signal: {} })).rejects.toThrow(TypeError)
})

test('beside writers nothing that a record needs is ever taken', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('commit', 'save', 'evict', 'gc'), { maxLength: 25 }),
      fc.nat(),
      async (work, seed) => {
        const store = laterStore()
        const cache = createCache(store, { inlineBelow: 100 })
        await Promise.all(
          work.map(async (kind, i) => {
            const value = { rows: rows((seed + i) % 3), text: `${(seed + i) % 4}`.repeat(200) }
            const call = cache.calls.prepare(identity, { values: [(seed + i) % 5], names: undefined })
            if (kind === 'commit') await cache.calls.commit(call, value, { replace: true })
            if (kind === 'save') await cache.values.save(value)
            if (kind === 'evict') await cache.calls.evict(call.digest)
            if (kind === 'gc') await cache.gc(now)
          }),
        )
        const results: Digest[] = []
        for await (const call of cache.calls.query()) {
          await call.result()
          await cache.values.load(call.resultRef)
          results.push(call.resultRef.digest)
        }
        await cache.gc(now)
        for (const result of results) expect(await cache.values.contains(result)).toBe(true)
      },
    ),
    { numRuns: 60 },
  )
})
