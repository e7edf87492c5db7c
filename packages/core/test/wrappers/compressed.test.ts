import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealEntry } from '../../src/codec/entry.ts'
import {
  type CacheWarning,
  type CompressedOptions,
  compressed,
  createCache,
  type Digest,
  digest,
  intercept,
  isCallIndex,
  memoryStore,
  type SyncStore,
  signed,
} from '../../src/index.ts'
import { COMPRESSORS } from '../../src/wrappers/compressed/compressed-form.ts'
import { damage, identity, indexedStore, keysIn, large, laterStore, standing } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const ROWS = Array.from({ length: 2000 }, (_, id) => ({ id, name: `user ${id % 100}`, tags: ['a', 'b'] }))
const KEY = digest('a key')

function sizes(store: SyncStore): number {
  return Array.from(store.values.list(), ({ size }) => size).reduce((sum, size) => sum + size, 0)
}

/** An entry with so many links and a payload of so many bytes, random or not. */
function entryOf(links: number, length: number, random = false) {
  const payload = new Uint8Array(length)
  let seed = 1
  for (let i = 0; random && i < length; i += 1) {
    seed = (seed * 48_271) % 2_147_483_647
    payload[i] = seed & 0xff
  }
  const addresses = Array.from({ length: links }, (_, i) => digest(i))
  return sealEntry(KEY, { linkable: true, formOf: undefined, links: addresses, payload })
}

describe('compressed', () => {
  test('what is saved is loaded, in less space', async () => {
    const [plain, inner] = [testStore(), testStore()]
    const cache = createCache(compressed(inner))
    const key = await cache.values.save(ROWS)
    await createCache(plain).values.save(ROWS)
    expect(await cache.values.load(key)).toEqual(ROWS)
    expect(sizes(inner)).toBeLessThan(sizes(plain) / 4)
  })

  test('an entry comes back byte for byte, whatever its header and payload are', () => {
    const inner = testStore()
    const shape = fc.record({ links: fc.nat(40), length: fc.nat(6000), random: fc.boolean(), above: fc.nat(3000) })
    fc.assert(
      fc.property(shape, fc.constantFrom('put', 'commit'), ({ links, length, random, above }, how) => {
        inner.values.delete([{ key: KEY }])
        const store = compressed(inner, { above })
        const entry = entryOf(links, length, random)
        if (how === 'put') store.values.put([entry], 'keep')
        else store.commit({ values: [entry], calls: [], mode: 'absent' })
        expect(store.values.get([KEY])).toEqual([entry.bytes])
      }),
    )
  })

  test('first bytes are those of the plain entry, as many as were asked for', () => {
    const inner = testStore()
    const store = compressed(inner)
    for (const links of [0, 3, 30]) {
      const { key, bytes } = entryOf(links, 50_000)
      store.values.put([{ key, bytes }], 'replace')
      expect(inner.values.get([key])[0]!.length).toBeLessThan(3000)
      for (const upTo of [0, 40, 520, 521, 1000, 4000, 100_000]) {
        const [first] = store.values.get([key], { upTo })
        expect(first!.length).toBeGreaterThanOrEqual(Math.min(upTo, bytes.length))
        expect(first).toEqual(bytes.slice(0, first!.length))
      }
      const [stayed] = store.values.put([{ key, bytes }], 'keep')
      expect(stayed!.length).toBeGreaterThanOrEqual(40)
      expect(stayed).toEqual(bytes.slice(0, stayed!.length))
    }
  })

  test('headers are read without reading what is packed', () => {
    const inner = testStore()
    const asked: (number | undefined)[] = []
    const values = {
      ...inner.values,
      get: (keys: readonly Digest[], options?: { readonly upTo?: number }) => {
        asked.push(options?.upTo)
        return inner.values.get(keys, options)
      },
    }
    const store = compressed({ ...inner, values })
    store.values.put([entryOf(5, 50_000)], 'keep')
    store.values.get([KEY], { upTo: 520 })
    expect(asked).toEqual([522])
  })

  test('small payloads, and those that would not get smaller, stay as they are', () => {
    const inner = testStore()
    const store = compressed(inner, { above: 3000 })
    for (const entry of [entryOf(0, 3000), entryOf(0, 20_000, true), entryOf(0, 0)]) {
      store.values.put([entry], 'replace')
      expect(inner.values.get([KEY])[0]).toEqual(entry.bytes)
    }
    store.values.put([entryOf(0, 3001)], 'replace')
    expect(inner.values.get([KEY])[0]!.length).toBeLessThan(1000)
  })

  test('a changed byte, wherever it is, is never served: the entry is removed and healed', async () => {
    const inner = testStore()
    const warnings: CacheWarning[] = []
    const cache = createCache(compressed(inner), { onWarning: warning => warnings.push(warning) })
    const key = await cache.values.save('text '.repeat(1000))
    const { length } = inner.values.get([key])[0]!
    expect(length).toBeLessThan(1000)
    for (let at = 1; at < length; at += 1) {
      damage(inner, 'values', key, at)
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
      await cache.values.save('text '.repeat(1000))
      expect(await cache.values.load(key)).toBe('text '.repeat(1000))
    }
  })

  test('no more is unpacked than the length that is stored, and a length that is a lie is corrupt', async () => {
    const inner = testStore()
    const cache = createCache(compressed(inner), { onWarning() {} })
    const key = await cache.values.save('text '.repeat(200_000))
    for (const [place, byte] of [
      [520, 0xff],
      [523, 1],
      [526, 0],
    ] as const) {
      const lying = inner.values.get([key])[0]!.slice()
      lying[place] = byte
      inner.values.put([{ key, bytes: lying }], 'replace')
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
      await cache.values.save('text '.repeat(200_000))
    }
  })

  test('who reads without it leaves the store as it is', async () => {
    const inner = testStore()
    const key = await createCache(compressed(inner)).values.save('text '.repeat(1000))
    const before = standing(inner, key)
    await expect(createCache(inner).values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT' })
    await createCache(inner).gc({ grace: 0 })
    expect(standing(inner, key)).toEqual(before)
  })

  test('what was stored plain is read, and what is packed is read with any options', async () => {
    const inner = testStore()
    const plain = await createCache(inner).values.save(large('ab'))
    const packed = await createCache(compressed(inner, { level: 11 })).values.save(ROWS)
    const cache = createCache(compressed(inner, { above: 1e9, level: 0 }))
    expect(await cache.values.load(plain)).toEqual(large('ab'))
    expect(await cache.values.load(packed)).toEqual(ROWS)
  })

  test('zstd is used where the runtime has it; where not, that is told at once, and its entries are left', async () => {
    const text = 'text '.repeat(1000)
    const inner = testStore()
    const cache = createCache(compressed(inner))
    const key = await cache.values.save(text)
    if (COMPRESSORS.zstd === undefined) {
      expect(() => compressed(testStore(), { algorithm: 'zstd' })).toThrow(
        expect.objectContaining({ code: 'ERR_BACKEND', message: expect.stringContaining('zstd') }),
      )
      const foreign = inner.values.get([key])[0]!.slice()
      foreign[1] = (foreign[1]! & ~0x10) | 0x20
      inner.values.put([{ key, bytes: foreign }], 'replace')
      await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT' })
      expect(inner.values.get([key])[0]).toEqual(foreign)
    } else {
      inner.values.delete([{ key }])
      await createCache(compressed(inner, { algorithm: 'zstd' })).values.save(text)
      expect(inner.values.get([key])[0]![1]! & 0x30).toBe(0x20)
      expect(await cache.values.load(key)).toBe(text)
    }
  })

  test('under it entries are signed as they are packed, and verified before they are unpacked', async () => {
    const inner = testStore()
    const keys = [new Uint8Array(32)]
    const cache = createCache(compressed(signed(inner, { keys, onRejected() {} })))
    const key = await cache.values.save(ROWS)
    expect(await cache.values.load(key)).toEqual(ROWS)
    const outside = createCache(signed(compressed(testStore()), { keys }))
    expect(await outside.values.load(await outside.values.save(large('ab')))).toEqual(large('ab'))
    const parts = keysIn(inner)
    damage(inner, 'values', parts[0]!, -1)
    await expect(
      createCache(compressed(signed(inner, { keys, onRejected() {} }))).values.load(key),
    ).rejects.toMatchObject({
      code: 'ERR_NOT_FOUND',
    })
  })

  test('records are packed and found, on stores that answer later too', async () => {
    for (const inner of [indexedStore(), testStore(), laterStore()]) {
      const cache = createCache(compressed(inner, { above: 100 }), { hot: false })
      const call = cache.calls.prepare(identity, { values: ['text '.repeat(180)], names: ['text'] })
      await cache.calls.commit(call, 'result '.repeat(400))
      expect(await cache.calls.query({ args: { text: 'text '.repeat(180) } }).count()).toBe(1)
      expect(await (await cache.calls.load(call.digest)).result()).toBe('result '.repeat(400))
    }
  })

  test('the sweep keeps what packed entries need', async () => {
    const inner = testStore()
    const cache = createCache(compressed(inner), { inlineBelow: 500 })
    const call = cache.calls.prepare(identity, { values: [1], names: undefined })
    await cache.calls.commit(call, ROWS)
    const before = keysIn(inner).length
    await cache.values.save('garbage')
    await cache.gc({ grace: 0 })
    expect(keysIn(inner)).toHaveLength(before)
    expect(await (await cache.calls.load(call.digest)).result()).toEqual(ROWS)
  })

  test('an index stays one, labels and refs pass, close closes', () => {
    const inner = indexedStore()
    const store = compressed(inner)
    expect([isCallIndex(store.calls), isCallIndex(compressed(memoryStore()).calls)]).toEqual([true, false])
    expect([store.label, store.refs]).toEqual([`compressed(${inner.label})`, inner.refs])
    store.close()
    expect(() => inner.values.has([])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  test('a failure of the store below passes', () => {
    const store = compressed(
      intercept(testStore(), ({ name }, next) => {
        if (name === 'get') throw new Error('the disk is gone')
        return next()
      }),
    )
    expect(() => store.values.get([KEY])).toThrow('the disk is gone')
  })

  test.each([
    [{ algorithm: 'gzip' as 'brotli' }, TypeError],
    [{ quality: 4 } as CompressedOptions, TypeError],
    [{ above: -1 }, RangeError],
    [{ above: Number.NaN }, RangeError],
    [{ level: 12 }, RangeError],
    [{ level: 1.5 }, RangeError],
  ])('wrong options are refused: %j', (options, error) => {
    expect(() => compressed(testStore(), options)).toThrow(error)
  })

  test('what is packed already, and any other bytes, come back as they were', () => {
    const inner = testStore()
    compressed(inner).values.put([entryOf(0, 5000)], 'keep')
    const [packed] = inner.values.get([KEY])
    const samples = [
      packed!,
      Uint8Array.of(0x41),
      Uint8Array.of(0x41, 0xff, 7),
      new Uint8Array(9000).fill(0x41),
      new Uint8Array(),
    ]
    for (const bytes of samples) {
      const store = compressed(compressed(testStore()))
      store.values.put([{ key: KEY, bytes }], 'keep')
      expect(store.values.get([KEY])).toEqual([bytes])
      for (const [first] of [store.values.put([{ key: KEY, bytes }], 'keep'), store.values.get([KEY], { upTo: 40 })]) {
        expect(first!.length).toBeGreaterThanOrEqual(Math.min(40, bytes.length))
        expect(first).toEqual(bytes.slice(0, first!.length))
      }
    }
  })
})
