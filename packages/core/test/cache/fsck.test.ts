import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { headerLength, readHeader, sealEntry } from '../../src/codec/entry.ts'
import {
  asDigest,
  type CallDigest,
  createCache,
  createRegistry,
  type Digest,
  digest,
  type FsckProblem,
  intercept,
  readOnly,
  ref,
  type SyncStore,
} from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { values as anyValue } from '../support/values.ts'
import { damage, identity, keysIn, large, laterStore, warnedCache } from './support.ts'

const kinds = (problems: readonly FsckProblem[]) => problems.map(problem => `${problem.in}: ${problem.kind}`).sort()
const asKey = (call: CallDigest): Digest => call as string as Digest

/** A call whose argument and result stand in entries of their own, each with a part. */
async function withCall(store: SyncStore) {
  const made = warnedCache(store, { inlineBelow: 10 })
  const arg = { part: ['argument'.repeat(300)] }
  const result = { part: ['result'.repeat(900)] }
  const call = made.cache.calls.prepare(identity, { values: [arg], names: ['arg'] })
  await made.cache.calls.commit(call, result)
  return { ...made, store, call: call.digest, arg, result }
}

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test('what was saved is sound, however it is split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyValue, { maxLength: 4 }),
        fc.constantFrom(0, 20, 4096, Infinity),
        async (all, inlineBelow) => {
          const cache = createCache(open(), { inlineBelow })
          await cache.values.saveAll(all)
          const { sound, problems, unverified } = await cache.fsck()
          expect({ sound, problems, unverified }).toEqual({ sound: true, problems: [], unverified: 0 })
        },
      ),
      { numRuns: 60 },
    )
  })
})

test('bytes in chunks, second forms and instances are sound; classes are not needed', async () => {
  const store = testStore()
  class Point {
    x = 1
    parts = ['x'.repeat(9000)]
  }
  const registry = createRegistry()
  const definition = { id: 'b2138434', version: 3, type: Point, takeApart: ({ x, parts }: Point) => ({ x, parts }) }
  registry.register({ ...definition, build: state => Object.assign(new Point(), state) })
  const cache = createCache(store, { registry })
  const bytes = new Uint8Array(2 ** 21 + 500).fill(7)
  await cache.values.saveAll([
    bytes,
    Buffer.from(bytes),
    new Float64Array(300_000),
    { bytes },
    new Point(),
    [new Point()],
  ])
  await cache.values.saveAll([[large('ab')], [large('ba')]])
  const bare = createCache(store, { registry: createRegistry() })
  expect(await bare.fsck()).toMatchObject({ sound: true, problems: [], unverified: 0 })
})

test('it counts, and names no orphan a problem', async () => {
  const { cache } = await withCall(testStore())
  await cache.values.save('kept', { pin: 'mine' })
  const before = await cache.stats()
  await cache.values.saveAll(['orphan', ['x'.repeat(50)]])
  const { values } = await cache.stats()
  expect(await cache.fsck()).toMatchObject({
    sound: true,
    values: { entries: values.entries, bytes: values.bytes },
    calls: { entries: before.calls.entries, bytes: before.calls.bytes },
    orphans: { entries: values.entries - before.values.entries, bytes: values.bytes - before.values.bytes },
  })
})

describe('faults', () => {
  test('a flipped byte is corrupt, wherever it is; who needs it dangles; its call cannot be answered', async () => {
    const probe = await withCall(testStore())
    const resultKey = digest(probe.result.part)
    const [bytes] = probe.store.values.get([resultKey])
    for (const at of [1, 4, 8, 39, 40, bytes!.length - 1]) {
      const { cache, store, call, result } = await withCall(testStore())
      damage(store, 'values', resultKey, at)
      const { sound, problems } = await cache.fsck()
      expect(sound).toBe(false)
      expect(problems).toContainEqual({
        kind: 'corrupt',
        in: 'values',
        key: resultKey,
        to: undefined,
        size: bytes!.length,
        reason: expect.any(String),
        removed: false,
      })
      expect(problems).toContainEqual(
        expect.objectContaining({ kind: 'dangling', in: 'values', key: digest(result), to: resultKey }),
      )
      expect(problems).toContainEqual(expect.objectContaining({ kind: 'unanswerable', key: call, to: digest(result) }))
      // It changed nothing.
      expect(keysIn(store)).toContain(resultKey)
    }
  })

  test('a missing part of a part makes a call unanswerable, a missing argument does not', async () => {
    const { cache, call, result, arg } = await withCall(testStore())
    await cache.values.evict(digest(arg.part))
    expect(kinds((await cache.fsck()).problems)).toEqual(['values: dangling'])
    await cache.values.evict(digest(result.part[0]))
    const { problems } = await cache.fsck()
    expect(kinds(problems)).toEqual(['calls: unanswerable', 'values: dangling', 'values: dangling'])
    expect(problems.find(problem => problem.kind === 'unanswerable')).toMatchObject({ key: call, to: digest(result) })
  })

  test('a value sealed under the key of another is misplaced', async () => {
    const { cache, store } = await withCall(testStore())
    const [bytes] = store.values.get([await cache.values.save('one')])
    const payload = bytes!.subarray(40)
    const forged = sealEntry(digest('two'), { linkable: false, formOf: undefined, links: [], payload })
    store.values.put([forged], 'keep')
    const form = sealEntry(digest('three'), { linkable: false, formOf: digest('one'), links: [], payload })
    store.values.put([form], 'keep')
    const links = sealEntry(digest('one'), { linkable: false, formOf: undefined, links: [digest('two')], payload })
    store.values.put([links], 'replace')
    const { problems } = await cache.fsck()
    expect(
      problems
        .filter(({ kind }) => kind === 'misplaced')
        .map(({ key }) => key)
        .sort(),
    ).toEqual([digest('one'), digest('two'), digest('three')].sort())
    const repaired = await cache.fsck({ repair: true })
    expect(repaired.problems.filter(({ removed }) => removed)).toHaveLength(3)
    expect((await cache.fsck()).sound).toBe(true)
  })

  test('bytes that were made up are reported, not built', async () => {
    const { cache, store } = await withCall(testStore())
    const put = (name: string, ...payload: number[]) =>
      store.values.put(
        [sealEntry(digest(name), { linkable: false, formOf: undefined, links: [], payload: Uint8Array.from(payload) })],
        'keep',
      )
    put('cut', 0x62, 0x61)
    // Tag 21076, a Date, over text.
    put('no date', 0xd9, 0x52, 0x54, 0x61, 0x61)
    expect(kinds((await cache.fsck()).problems)).toEqual(['values: misplaced', 'values: unreadable'])
    // What a later runtime may read stays.
    await cache.fsck({ repair: true })
    expect(kinds((await cache.fsck()).problems)).toEqual(['values: unreadable'])
  })

  test('what a later version wrote is named and left', async () => {
    const { cache, store, call } = await withCall(testStore())
    const later = Uint8Array.of(9, ...new Uint8Array(90))
    store.values.put([{ key: digest('later'), bytes: later }], 'keep')
    store.calls.put([{ key: asKey(call), bytes: later }], 'replace')
    const { problems } = await cache.fsck({ repair: true })
    expect(kinds(problems)).toEqual(['calls: unknown format', 'values: unknown format'])
    expect(problems.every(({ removed }) => !removed)).toBe(true)
    expect(keysIn(store)).toContain(digest('later'))
  })

  test('a pin of what is gone dangles, by its name', async () => {
    const { cache } = await withCall(testStore())
    const key = await cache.values.save('kept', { pin: 'mine' })
    await cache.values.evict(key)
    const [problem] = (await cache.fsck()).problems
    expect(problem).toMatchObject({ kind: 'dangling', in: 'refs', key: 'pin/mine', to: key, size: 0 })
  })

  test('a record under the key of another call is misplaced, and filed anew by redigest', async () => {
    const { cache, store, call } = await withCall(testStore())
    const [bytes] = store.calls.get([asKey(call)])
    const other = asDigest('ab'.repeat(32))
    const payload = bytes!.subarray(headerLength(bytes!))
    store.calls.put([sealEntry(other, { ...readHeader(bytes!)!, payload })], 'keep')
    store.calls.delete([{ key: asKey(call) }])
    expect(kinds((await cache.fsck({ repair: true })).problems)).toEqual(['calls: misplaced'])
    expect(await cache.redigest()).toEqual({ changed: 1, kept: 0 })
    expect(keysIn(store, 'calls')).toEqual([call])
    expect(await cache.redigest()).toEqual({ changed: 0, kept: 1 })
    expect((await cache.fsck()).sound).toBe(true)
  })

  test('a damaged record is corrupt', async () => {
    const { cache, store, call } = await withCall(testStore())
    damage(store, 'calls', call)
    expect(kinds((await cache.fsck()).problems)).toEqual(['calls: corrupt'])
    expect((await cache.fsck({ repair: true })).problems[0]).toMatchObject({ key: call, removed: true })
    expect((await cache.fsck()).sound).toBe(true)
  })
})

test('repair removes what is of no use, and nothing else', async () => {
  const { cache, store, arg, result } = await withCall(testStore())
  const other = cache.calls.prepare(identity, { values: [2], names: ['arg'] })
  await cache.calls.commit(other, { sound: 'x'.repeat(50) })
  damage(store, 'values', digest(result.part))
  const { problems } = await cache.fsck({ repair: true })
  expect(
    problems
      .filter(({ removed }) => removed)
      .map(({ kind }) => kind)
      .sort(),
  ).toEqual(['corrupt', 'unanswerable'])
  expect(keysIn(store, 'calls')).toEqual([other.digest])
  expect(await (await cache.calls.load(other.digest)).result()).toEqual({ sound: 'x'.repeat(50) })
  expect(await cache.values.load(digest(arg))).toEqual(arg)
  // A save heals what is left of the value.
  await cache.values.save(result)
  expect((await cache.fsck()).sound).toBe(true)
})

test('what was healed after it was read stays', async () => {
  const { cache, store, result } = await withCall(testStore())
  const key = digest(result.part)
  const [sound] = store.values.get([key])
  damage(store, 'values', key)
  const report = await cache.fsck({
    repair: true,
    onProgress: ({ phase }) => {
      if (phase === 'calls') store.values.put([{ key, bytes: sound! }], 'replace')
    },
  })
  expect(report.problems.filter(({ removed }) => removed)).toEqual([])
  expect((await cache.fsck()).sound).toBe(true)
})

test('a read-only store is checked; what repair would remove stays', async () => {
  const { store, result } = await withCall(testStore())
  damage(store, 'values', digest(result.part))
  const { problems } = await createCache(readOnly(store)).fsck({ repair: true })
  expect(problems.length).toBeGreaterThan(1)
  expect(problems.every(({ removed }) => !removed)).toBe(true)
})

test('a failing store fails it: a failure is no problem of what is stored', async () => {
  const { store } = await withCall(testStore())
  const failing = intercept(store, ({ name }, next) => {
    if (name === 'get') throw new Error('disk on fire')
    return next()
  })
  await expect(createCache(failing).fsck()).rejects.toThrow('disk on fire')
})

test('it stops where that is asked for, and tells how far it is', async () => {
  const { cache } = await withCall(testStore())
  const phases: string[] = []
  await cache.fsck({ onProgress: ({ phase }) => phases.push(phase) })
  expect([...new Set(phases)]).toEqual(['values', 'links', 'calls', 'reach'])
  await expect(cache.fsck({ signal: AbortSignal.abort('enough') })).rejects.toMatchObject({
    code: 'ERR_ABORTED',
    cause: 'enough',
  })
  // @ts-expect-error there is no such option
  await expect(cache.fsck({ repare: true })).rejects.toThrow(/"repare"/)
  // @ts-expect-error repair is true or false
  await expect(cache.fsck({ repair: 1 })).rejects.toThrow(TypeError)
})

test('a ref in an argument is a link like others', async () => {
  const { cache } = await withCall(testStore())
  const key = await cache.values.save('x'.repeat(5000))
  const call = cache.calls.prepare(identity, { values: [[ref(key)]], names: undefined })
  await cache.calls.commit(call, 1)
  expect((await cache.fsck()).sound).toBe(true)
})
