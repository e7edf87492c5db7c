import { describe, expect, test, vi } from 'vitest'
import { sealEntry } from '../../src/codec/entry.ts'
import {
  type CacheWarning,
  createCache,
  type Digest,
  digest,
  isCallIndex,
  memoryStore,
  type RejectedEntry,
  type SyncStore,
  signed,
} from '../../src/index.ts'
import { damage, identity, indexedStore, keysIn, large, laterStore, standing } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const CURRENT = new Uint8Array(32).fill(7)
const OLDER = new Uint8Array(48).fill(9)
const ATTACKER = new Uint8Array(32).fill(1)

/** A cache over a signed store, with what it rejected and warned of. */
function signedCache(inner: SyncStore = testStore(), keys: readonly (Uint8Array | string)[] = [CURRENT]) {
  const rejected: RejectedEntry[] = []
  const warnings: CacheWarning[] = []
  const store = signed(inner, { keys, onRejected: entry => rejected.push(entry) })
  const cache = createCache(store, { hot: false, onWarning: warning => warnings.push(warning) })
  return { inner, store, cache, rejected, warnings }
}

/** Puts bytes where an attacker who can write to the engine would. */
function plant(inner: SyncStore, side: 'values' | 'calls', key: Digest, bytes: Uint8Array): void {
  inner[side].put([{ key, bytes }], 'replace')
}

describe('signed', () => {
  test('what is saved is loaded, by any number of caches with the key', async () => {
    const { inner, cache } = signedCache()
    const key = await cache.values.save([large('ab'), 1n])
    expect(key).toBe(digest([large('ab'), 1n]))
    expect(await signedCache(inner).cache.values.load(key)).toEqual([large('ab'), 1n])
  })

  test('a changed byte, wherever it is, is a miss that is told of and left, and the next save heals it', async () => {
    const { inner, cache, rejected, warnings } = signedCache()
    const key = await cache.values.save([1, 'two'])
    const sound = inner.values.get([key])[0]!.slice()
    for (let at = 0; at < sound.length; at += 1) {
      damage(inner, 'values', key, at)
      const damaged = inner.values.get([key])[0]!.slice()
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      expect(rejected.at(-1)).toEqual({ key, from: 'values', reason: 'wrong' })
      expect(inner.values.get([key])[0]).toEqual(damaged)
      await cache.values.save([1, 'two'])
      expect(inner.values.get([key])[0]).toEqual(sound)
      expect(await cache.values.load(key)).toEqual([1, 'two'])
    }
    expect(warnings).toEqual([])
  })

  test('an entry of any shorter length is a miss', async () => {
    const { inner, cache } = signedCache()
    const key = await cache.values.save([1, 'two'])
    const sound = inner.values.get([key])[0]!.slice()
    for (let length = 0; length < sound.length; length += 1) {
      plant(inner, 'values', key, sound.subarray(0, length))
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    }
  })

  test('what is not signed is a miss that is told of and left, and the next save takes its place', async () => {
    const { inner, cache, rejected } = signedCache()
    const key = await createCache(inner).values.save(large('ab'))
    const before = standing(inner, key)
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect(rejected).toEqual([{ key, from: 'values', reason: 'missing' }])
    expect(standing(inner, key)).toEqual(before)
    await cache.values.save(large('ab'))
    expect(await cache.values.load(key)).toEqual(large('ab'))
  })

  test('what was signed with another key, for another key or for the other side of the store, is a miss', async () => {
    const { inner, cache, rejected } = signedCache()
    const attacker = signedCache(testStore(), [ATTACKER])
    const other = await cache.values.save('another value')
    const key = await attacker.cache.values.save('a value')
    const signedAs = (store: SyncStore, from: Digest): Uint8Array => store.values.get([from])[0]!
    plant(inner, 'values', key, signedAs(attacker.inner, key))
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    plant(inner, 'values', key, signedAs(inner, other))
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    plant(inner, 'calls', other, signedAs(inner, other))
    expect(cache.store.calls.get([other])).toEqual([undefined])
    expect(rejected.map(({ from, reason }) => [from, reason])).toEqual([
      ['values', 'wrong'],
      ['values', 'wrong'],
      ['calls', 'wrong'],
    ])
  })

  test('an entry that an attacker seals as it should be is not served', async () => {
    const { inner, cache } = signedCache()
    const key = await cache.values.save('the truth')
    const parts = { linkable: false, formOf: undefined, links: [], payload: Uint8Array.of(0x63, 0x6c, 0x69, 0x65) }
    const { bytes } = sealEntry(key, parts)
    plant(inner, 'values', key, bytes)
    expect(await createCache(inner).values.load(key)).toBe('lie')
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })

  test('the first key signs, any verifies, and nothing is rewritten', async () => {
    const { inner, cache: old } = signedCache(testStore(), [OLDER])
    const key = await old.values.save(large('ab'))
    const bytes = inner.values.get([key])[0]
    const rotated = signedCache(inner, [CURRENT, OLDER])
    expect(await rotated.cache.values.load(key)).toEqual(large('ab'))
    await rotated.cache.values.save(large('ab'))
    expect(inner.values.get([key])[0]).toEqual(bytes)
    const fresh = await rotated.cache.values.save('new')
    await expect(old.values.load(fresh)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    const later = signedCache(inner, [CURRENT])
    expect(await later.cache.values.load(fresh)).toBe('new')
    await expect(later.cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })

  test('a forged record is a miss; the call that is computed anew takes its place', async () => {
    for (const inner of [testStore(), indexedStore()]) {
      const { cache, rejected } = signedCache(inner)
      const prepare = () => cache.calls.prepare(identity, { values: [1], names: undefined })
      const call = await cache.calls.commit(prepare(), 'right')
      const stranger = createCache(testStore())
      await stranger.calls.commit(stranger.calls.prepare(identity, { values: [1], names: undefined }), 'wrong')
      plant(inner, 'calls', call as string as Digest, stranger.store.calls.get([call as string as Digest])[0]!)
      await expect(cache.calls.load(call)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
      expect(await cache.calls.query({ name: 'slow' }).count()).toBe(0)
      expect(rejected.every(({ key, reason }) => key === (call as string) && reason === 'missing')).toBe(true)
      await cache.calls.commit(prepare(), 'right again')
      expect(await (await cache.calls.load(call)).result()).toBe('right again')
      expect(await cache.calls.query({ name: 'slow' }).count()).toBe(1)
    }
  })

  test('the first bytes that put answers and get gives are those of the plain entry', async () => {
    const plain = testStore()
    const { store } = signedCache()
    const key = await createCache(plain).values.save([large('ab'), 1])
    const [bytes] = plain.values.get([key])
    const entry = { key, bytes: bytes! }
    expect(store.values.put([entry], 'keep')).toEqual([undefined])
    expect(store.values.get([key])).toEqual([bytes])
    const [first] = store.values.put([entry], 'keep')
    expect(first!.length).toBeGreaterThanOrEqual(40)
    expect(first).toEqual(bytes!.slice(0, first!.length))
    const [header] = store.values.get([key], { upTo: 60 })
    expect(header!.length).toBeGreaterThanOrEqual(60)
    expect(header).toEqual(bytes!.slice(0, header!.length))
  })

  test('equal values in another order keep their order under it', async () => {
    const { cache } = signedCache()
    await cache.values.save(large('ab'))
    await cache.values.save([large('ba'), 1])
    expect(Object.keys(await cache.values.load(digest(large('ab'))))).toEqual(['a', 'b'])
    expect(Object.keys((await cache.values.load(digest([large('ba'), 1])))[0] as object)).toEqual(['b', 'a'])
  })

  test('who has no keys leaves the store as it is', async () => {
    const { inner, cache } = signedCache()
    const key = await cache.values.save(large('ab'))
    const before = standing(inner, key)
    await expect(createCache(inner).values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT' })
    await createCache(inner).gc({ grace: 0 })
    expect(standing(inner, key)).toEqual(before)
  })

  test('the sweep goes by headers, and leaves what is not signed', async () => {
    const { inner, cache } = signedCache()
    const call = await cache.calls.commit(cache.calls.prepare(identity, { values: [large('ab')], names: undefined }), 1)
    const unsigned = await createCache(inner).values.save(large('ba', 9000))
    const garbage = await cache.values.save('garbage')
    await cache.gc({ grace: 0 })
    expect(keysIn(inner)).not.toContain(garbage)
    expect(keysIn(inner)).toContain(unsigned)
    expect(await (await cache.calls.load(call)).loadArgs()).toEqual([large('ab')])
  })

  test('it works on stores that answer later', async () => {
    const inner = testStore()
    const cache = createCache(signed(laterStore(inner), { keys: [CURRENT], onRejected() {} }))
    const key = await cache.values.save(large('ab'))
    damage(inner, 'values', key)
    await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await Promise.all(Array.from({ length: 8 }, () => cache.values.save(large('ab'))))
    expect(await cache.values.load(key)).toEqual(large('ab'))
  })

  test('of writers that find what is not signed exactly one takes its place', async () => {
    const inner = testStore()
    const store = signed(laterStore(inner), { keys: [CURRENT], onRejected() {} })
    const { key, bytes } = sealEntry(digest('key'), {
      linkable: false,
      formOf: undefined,
      links: [],
      payload: Uint8Array.of(1),
    })
    inner.calls.put([{ key, bytes }], 'absent')
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => store.calls.put([{ key, bytes }], 'absent')),
    )
    expect(answers.filter(([stayed]) => stayed === undefined)).toHaveLength(1)
  })

  test('an index stays one, and pins and labels pass', () => {
    const inner = indexedStore()
    const store = signed(inner, { keys: [CURRENT] })
    expect([isCallIndex(store.calls), isCallIndex(signed(memoryStore(), { keys: [CURRENT] }).calls)]).toEqual([
      true,
      false,
    ])
    expect(store.refs).toBe(inner.refs)
    expect(store.label).toBe(`signed(${inner.label})`)
  })

  test('what is no entry is signed too, and what is signed already is signed again', async () => {
    const { store, cache, inner, rejected } = signedCache()
    const key = await cache.values.save(1)
    const samples = [inner.values.get([key])[0]!, new Uint8Array(), new Uint8Array(39), new Uint8Array(100).fill(0x7f)]
    for (const bytes of samples) {
      store.values.put([{ key, bytes }], 'replace')
      expect(store.values.get([key])).toEqual([bytes])
      for (const [first] of [store.values.put([{ key, bytes }], 'keep'), store.values.get([key], { upTo: 40 })]) {
        expect(first).toEqual(bytes.slice(0, first!.length))
        expect(first!.length).toBeGreaterThanOrEqual(Math.min(40, bytes.length))
      }
      expect(rejected).toEqual([])
      damage(inner, 'values', key, -1)
      expect(store.values.get([key])).toEqual([undefined])
      expect(rejected.splice(0)).toHaveLength(1)
    }
  })

  test('rejections are warned of once unless somebody listens', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const inner = testStore()
    const keys = await createCache(inner).values.saveAll([1, 2])
    signed(inner, { keys: [CURRENT] }).values.get(keys)
    expect(warn.mock.calls.map(([message]) => message)).toEqual([expect.stringContaining('its MAC is missing;')])
    warn.mockClear()
    const others = testStore()
    const theirs = await createCache(signed(others, { keys: ['99'.repeat(32)] })).values.saveAll([1, 2])
    signed(others, { keys: [CURRENT] }).values.get(theirs)
    expect(warn.mock.calls.map(([message]) => message)).toEqual([
      expect.stringContaining('was it written with a key that is not among the given ones?'),
    ])
    warn.mockRestore()
  })
})

describe('signing keys', () => {
  const open = (keys: unknown) => () => signed(testStore(), { keys: keys as readonly string[] })

  test('bytes and hex digits are the same key', async () => {
    const { inner, cache } = signedCache(testStore(), ['07'.repeat(32)])
    const key = await cache.values.save(1)
    expect(await signedCache(inner, [CURRENT]).cache.values.load(key)).toBe(1)
    const upper = signedCache(testStore(), ['AB'.repeat(32)])
    const value = await upper.cache.values.save(1)
    expect(await signedCache(upper.inner, ['ab'.repeat(32)]).cache.values.load(value)).toBe(1)
  })

  test.each([
    ['none', [], TypeError],
    ['no array', 'ab'.repeat(32), TypeError],
    ['too few bytes', [new Uint8Array(31)], RangeError],
    ['too few digits', [CURRENT, 'ab'.repeat(31)], RangeError],
    ['an odd number of digits', ['a'.repeat(65)], TypeError],
    ['a passphrase', ['correct horse battery staple, and some more'], TypeError],
    ['no key', [undefined], TypeError],
  ])('%s is refused', (_name, keys, error) => {
    expect(open(keys)).toThrow(error)
  })

  test('no message shows a key', () => {
    for (const key of ['s3cret'.repeat(10), 'deadbeef']) {
      let message = ''
      try {
        open([key])()
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain('keys[0]')
      expect(message).not.toContain(key)
    }
  })

  test('a key that its owner wipes stays the key', async () => {
    const mine = CURRENT.slice()
    const { cache, inner } = signedCache(testStore(), [mine])
    mine.fill(0)
    const key = await cache.values.save(1)
    expect(await signedCache(inner, [CURRENT]).cache.values.load(key)).toBe(1)
  })
})
