import { createReadStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealEntry } from '../../src/codec/entry.ts'
import { createCache, digest, type SyncStore, voidStore } from '../../src/index.ts'
import { damage, keysIn, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const MIB = 2 ** 20

/** Bytes of which no two chunks are alike. */
function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + (i >> 16)) & 255)
}

function* cutEvery(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function joined(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = []
  for await (const piece of pieces) all.push(piece)
  return new Uint8Array(Buffer.concat(all))
}

const whole = sample(3 * MIB + 10)
const LENGTHS = [0, 1, 1000, MIB - 1, MIB, MIB + 1, MIB + 1021, MIB + 1022, MIB + 5000, 2 * MIB, 3 * MIB + 10]

/** Every entry with its bytes, as text that compares quickly. */
function entriesOf(store: SyncStore): readonly string[] {
  return keysIn(store).map(key => `${key} ${Buffer.from(store.values.get([key])[0]!).toString('base64')}`)
}

test.each(LENGTHS)('%i bytes that come in pieces are stored as if they were saved', async length => {
  const bytes = whole.subarray(0, length)
  for (const [size, inlineBelow] of [
    [64 * 1024 + 3, 4096],
    [2 * MIB + 1, 0],
  ] as const) {
    const streamed = testStore()
    const saved = testStore()
    const cache = createCache(streamed, { inlineBelow })
    const key = await cache.values.saveStream(cutEvery(bytes, size))
    expect(key).toBe(digest(new Uint8Array(bytes)))
    expect(await createCache(saved, { inlineBelow }).values.save(new Uint8Array(bytes))).toBe(key)
    expect(entriesOf(streamed)).toEqual(entriesOf(saved))
    expect(Buffer.compare(await cache.values.load(key), bytes)).toBe(0)
    expect(Buffer.compare(await joined(cache.values.loadStream(key)), bytes)).toBe(0)
    expect((await cache.fsck()).problems).toEqual([])
  }
})

test('a stream of what is stored already, split otherwise, is the same value', async () => {
  const cache = createCache(testStore(), { inlineBelow: Infinity })
  const key = await cache.values.save(whole)
  expect(await cache.values.saveStream([whole])).toBe(key)
  expect(Buffer.compare(await joined(cache.values.loadStream(key)), whole)).toBe(0)
})

describe('a range', () => {
  test.each([Infinity, 4096])('is what slice gives (inlineBelow %d)', async inlineBelow => {
    const cache = createCache(testStore(), { inlineBelow })
    const key = await cache.values.save(whole)
    const place = fc.oneof(fc.nat(whole.length + 5), fc.constantFrom(0, MIB - 1, MIB, MIB + 1, 3 * MIB, 3 * MIB + 10))
    await fc.assert(
      fc.asyncProperty(place, place, async (start, end) => {
        const found = await joined(cache.values.loadStream(key, { start, end }))
        expect(Buffer.compare(found, whole.slice(start, end))).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  test('reads only the chunks that hold it', async () => {
    const store = testStore()
    const cache = createCache(store)
    const key = await cache.values.save(whole)
    await cache.values.evict(digest(whole.slice(0, MIB)))
    expect((await joined(cache.values.loadStream(key, { start: MIB }))).length).toBe(2 * MIB + 10)
    await expect(joined(cache.values.loadStream(key))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect((await joined(cache.values.loadStream(key, { start: whole.length + 9 }))).length).toBe(0)
  })

  test('of another name is refused, not taken for all bytes', () => {
    const { values } = createCache(testStore())
    // @ts-expect-error
    expect(() => values.loadStream(digest(whole), { from: 5 })).toThrow(/no option "from"/)
  })

  test.each([{ start: -1 }, { end: 0.5 }, { start: Number.NaN }])('%o is none', range => {
    expect(() => createCache(testStore()).values.loadStream('abcd', range)).toThrow(RangeError)
  })
})

test('a Buffer streams too, by a prefix of its digest; other values do not', async () => {
  const { values } = createCache(testStore())
  for (const bytes of [Buffer.from(whole), Buffer.from('short')]) {
    const key = await values.save(bytes)
    expect(Buffer.compare(await joined(values.loadStream(key.slice(0, 12))), bytes)).toBe(0)
  }
  for (const other of ['text', new Float64Array(300_000)]) {
    const key = await values.save(other)
    await expect(joined(values.loadStream(key))).rejects.toThrow(TypeError)
  }
  await expect(joined(values.loadStream(digest('absent')))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
})

test('a ReadableStream is read to its end, and cancelled where the save fails', async () => {
  const { values } = createCache(testStore())
  let cancelled: unknown
  const endless = new ReadableStream<Uint8Array>({
    pull: controller => controller.enqueue(new Uint8Array(300_000)),
    cancel: () => {
      cancelled = true
    },
  })
  const abort = new AbortController()
  const saving = values.saveStream(endless, {
    signal: abort.signal,
    onProgress: ({ bytes }) => {
      if (bytes > 3 * MIB) abort.abort()
    },
  })
  await expect(saving).rejects.toMatchObject({ code: 'ERR_ABORTED' })
  expect(cancelled).toBe(true)
  const body = new Response(Buffer.from(whole)).body!
  expect(await values.saveStream(body)).toBe(digest(whole))
})

test('a save that is aborted before it begins lets go of its source', async () => {
  const cache = createCache(testStore())
  const signal = AbortSignal.abort()
  const aborted = expect.objectContaining({ code: 'ERR_ABORTED' })

  let isCancelled = false
  const stream = new ReadableStream<Uint8Array>({
    cancel: () => {
      isCancelled = true
    },
  })
  await expect(cache.values.saveStream(stream, { signal })).rejects.toEqual(aborted)
  expect(isCancelled).toBe(true)

  // A file stream has its file open before anything is read.
  const file = createReadStream(fileURLToPath(import.meta.url))
  await expect(cache.values.saveStream(file, { signal })).rejects.toEqual(aborted)
  expect(file.destroyed).toBe(true)

  await expect(cache.values.saveStream([whole], { signal })).rejects.toEqual(aborted)
})

test('what the source throws reaches the caller, and nothing is left but garbage', async () => {
  const cache = createCache(laterStore())
  async function* broken() {
    yield whole
    throw new Error('cable pulled')
  }
  await expect(cache.values.saveStream(broken())).rejects.toThrow('cable pulled')
  expect(await cache.fsck()).toMatchObject({ sound: true })
  await cache.gc({ grace: 0 })
  expect((await cache.stats()).values.entries).toBe(0)
})

test('pieces are read before the next is asked for, so a source may use its array again', async () => {
  const { values } = createCache(laterStore())
  const shared = new Uint8Array(MIB / 2)
  function* refilled() {
    for (let i = 0; i < 5; i += 1) yield shared.fill(i)
  }
  const key = await values.saveStream(refilled())
  const bytes = await values.load(key)
  expect([0, 1, 2, 3, 4].map(i => bytes[i * (MIB / 2) + 3])).toEqual([0, 1, 2, 3, 4])
})

test('a corrupt chunk is never given, and healed by the next save', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const key = await cache.values.saveStream([whole])
  damage(store, 'values', digest(whole.slice(MIB, 2 * MIB)), 70)
  await expect(joined(cache.values.loadStream(key))).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  expect(warnings).toMatchObject([{ code: 'corrupt' }])
  await cache.values.saveStream([whole])
  expect(Buffer.compare(await joined(cache.values.loadStream(key)), whole)).toBe(0)
})

test.each(['5f', '41', 'd952605f', 'd9526082'])(
  'bytes behind a sound seal that are no stored form (%s) are told with their key',
  async digits => {
    const store = testStore()
    const key = digest(digits)
    const payload = new Uint8Array(Buffer.from(digits, 'hex'))
    store.values.put([sealEntry(key, { linkable: true, formOf: undefined, links: [], payload })], 'keep')
    const read = joined(createCache(store).values.loadStream(key))
    await expect(read).rejects.toMatchObject({ code: 'ERR_CORRUPT', details: { key } })
  },
)

test('a sweep in this process takes nothing from a save under way; a pin keeps it afterwards', async () => {
  const cache = createCache(testStore())
  async function* slow() {
    for (const piece of cutEvery(whole, MIB)) {
      yield piece
      await cache.gc({ grace: 0 })
    }
  }
  const key = await cache.values.saveStream(slow(), { pin: 'film' })
  await cache.gc({ grace: 0 })
  expect(Buffer.compare(await cache.values.load(key), whole)).toBe(0)
})

test('a chunk that another process swept meanwhile is an error, not a hole', async () => {
  const cache = createCache(testStore())
  async function* robbed() {
    yield whole
    await cache.values.evict(digest(whole.slice(0, MIB)))
  }
  await expect(cache.values.saveStream(robbed())).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  expect((await cache.fsck()).problems).toEqual([])
})

test('a store that keeps nothing takes a stream as it takes values', async () => {
  expect(await createCache(voidStore()).values.saveStream([whole])).toBe(digest(whole))
})

test.each([[whole], ['text'], [null], [5]])('%# is no source of bytes', async source => {
  // @ts-expect-error a source gives Uint8Arrays
  await expect(createCache(testStore()).values.saveStream(source)).rejects.toThrow(TypeError)
})

test('a source of something else than bytes is refused', async () => {
  // @ts-expect-error a source gives Uint8Arrays
  await expect(createCache(testStore()).values.saveStream([[1, 2]])).rejects.toThrow(
    /Uint8Arrays; got instance of Array/,
  )
})
