import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sealEntry } from '../../src/codec/entry.ts'
import { type Cache, createCache, digest, type ExportOptions, intercept } from '../../src/index.ts'
import { damage, identity, large, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'
import { values as anyValue } from '../support/values.ts'

async function archiveOf(cache: Cache, options?: ExportOptions): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  await cache.export(async bytes => {
    for await (const piece of bytes) pieces.push(piece)
  }, options)
  return new Uint8Array(Buffer.concat(pieces))
}

async function filled(): Promise<Cache> {
  const cache = createCache(testStore(), { inlineBelow: 10 })
  for (let i = 0; i < 5; i += 1) {
    const call = cache.calls.prepare(
      { ...identity, name: `f${i % 2}` },
      { values: [i, ['x'.repeat(40)]], names: undefined },
    )
    await cache.calls.commit(call, { rows: ['y'.repeat(30 + i)] })
  }
  await cache.values.save(['loose', 'z'.repeat(20)])
  await cache.values.save('pinned', { pin: 'mine' })
  return cache
}

async function results(cache: Cache): Promise<readonly unknown[]> {
  return cache.calls
    .query()
    .map(async call => [call.digest, await call.loadArgs(), await call.result()])
    .toArray()
}

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test('an archive brings everything: calls, values, pins', async () => {
    const from = await filled()
    const archive = await archiveOf(from)
    const to = createCache(open())
    const found = await to.import([archive])
    const { values, calls } = await from.stats()
    expect(found).toEqual({ values: values.entries, calls: calls.entries, refs: 1, bytes: archive.length, skipped: 0 })
    expect(await results(to)).toEqual(await results(from))
    expect(await to.values.load(digest(['loose', 'z'.repeat(20)]))).toEqual(['loose', 'z'.repeat(20)])
    await to.gc({ grace: 0 })
    expect(await to.values.load(digest('pinned'))).toBe('pinned')
    expect((await to.fsck()).sound).toBe(true)
    // A second time changes nothing.
    expect(await createCache(to.store).import([archive])).toMatchObject({
      calls: 0,
      refs: 0,
      skipped: calls.entries + 1,
    })
  })

  test('any values come over in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyValue, { maxLength: 4 }),
        fc.constantFrom(0, 20, 4096),
        fc.integer({ min: 1, max: 999 }),
        async (all, inlineBelow, size) => {
          const from = createCache(testStore(), { inlineBelow })
          const keys = await from.values.saveAll(all)
          const archive = await archiveOf(from)
          const to = createCache(open())
          await to.import(
            (function* () {
              for (let at = 0; at < archive.length; at += size) yield archive.subarray(at, at + size)
            })(),
          )
          for (const [i, key] of keys.entries()) expect(isDeepStrictEqual(await to.values.load(key), all[i])).toBe(true)
          expect((await to.fsck()).problems).toEqual([])
        },
      ),
      { numRuns: 40 },
    )
  })
})

test('with a template only calls that match come, with what they need', async () => {
  const from = await filled()
  const to = createCache(testStore())
  await to.import([await archiveOf(from, { template: { name: 'f1' } })])
  expect(await to.calls.query().count()).toBe(2)
  expect(await to.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
})

test('orders are kept, here and there', async () => {
  const from = createCache(testStore(), { inlineBelow: 10 })
  const call = from.calls.prepare(identity, { values: [1], names: undefined })
  await from.calls.commit(call, { outer: [large('ab')] })
  const to = createCache(testStore())
  await to.values.save(large('ba'))
  await to.import([await archiveOf(from)])
  expect(JSON.stringify(await (await to.calls.load(call.digest)).result())).toBe(
    JSON.stringify({ outer: [large('ab')] }),
  )
  expect(JSON.stringify(await to.values.load(digest(large('ab'))))).toBe(JSON.stringify(large('ba')))
  expect((await to.fsck()).sound).toBe(true)
})

test('an archive is what the specification says', async () => {
  const cache = createCache(testStore())
  const key = await cache.values.save('one value')
  const archive = Buffer.from(await archiveOf(cache))
  const sha256 = (...pieces: Uint8Array[]) => createHash('sha256').update(Buffer.concat(pieces)).digest()
  expect(archive.subarray(0, 9).toString('latin1')).toBe('RIPOSTE\n\x01')
  const [entry] = cache.store.values.get([key])
  const item = Buffer.concat([
    Buffer.from([1]),
    Buffer.from(key, 'hex'),
    Buffer.from([0, 0, 0, 0, 0, 0, 0, entry!.length]),
    entry!,
  ])
  expect(archive.subarray(9, 9 + item.length).equals(item)).toBe(true)
  const counts = Buffer.alloc(25)
  counts[8] = 1
  expect(archive.subarray(9 + item.length, -32).equals(counts)).toBe(true)
  const chain = sha256(sha256(sha256(archive.subarray(0, 9)), item), counts)
  expect(archive.subarray(-32).equals(chain)).toBe(true)
})

describe('an archive that is not as it was written', () => {
  test('cut short anywhere, it is refused; what was stored is whole', async () => {
    const archive = await archiveOf(await filled())
    for (let end = 0; end < archive.length; end += 61) {
      const to = createCache(testStore())
      await expect(to.import([archive.subarray(0, end)])).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
      expect((await to.fsck()).problems).toEqual([])
    }
  })

  test('with any byte changed, it is refused; what was stored is whole', async () => {
    const archive = await archiveOf(await filled())
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const changed = archive.slice()
        changed[at]! ^= change
        const to = createCache(testStore())
        const code = await to.import([changed]).then(
          () => 'none',
          error => error.code,
        )
        expect(['ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT']).toContain(code)
        expect((await to.fsck()).problems).toEqual([])
      }),
      { numRuns: 150 },
    )
  })

  test('with something behind its end, it is refused', async () => {
    const archive = await archiveOf(await filled())
    const longer = Uint8Array.of(...archive, 0)
    await expect(createCache(testStore()).import([longer])).rejects.toThrow(/something follows/)
  })

  test('with a value under the digest of another, it is refused before that is stored', async () => {
    const store = testStore()
    const cache = createCache(store)
    const [bytes] = store.values.get([await cache.values.save('innocent')])
    await cache.values.evict(digest('innocent'))
    const payload = bytes!.subarray(40)
    store.values.put([sealEntry(digest('trusted'), { linkable: false, formOf: undefined, links: [], payload })], 'keep')
    const archive = await archiveOf(cache)
    const to = createCache(testStore())
    await expect(to.import([archive])).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
    expect((await to.stats()).values.entries).toBe(0)
  })

  test('of a later format, it is refused with a hint', async () => {
    const archive = (await archiveOf(await filled())).slice()
    archive[8] = 2
    await expect(createCache(testStore()).import([archive])).rejects.toMatchObject({ code: 'ERR_UNKNOWN_FORMAT' })
  })
})

test('what is not whole is left out and counted', async () => {
  const store = testStore()
  const { cache } = warnedCache(store, { inlineBelow: 10 })
  const call = cache.calls.prepare(identity, { values: [1], names: undefined })
  await cache.calls.commit(call, ['part'.repeat(30), 'other'.repeat(30)])
  damage(store, 'values', digest('part'.repeat(30)))
  const to = createCache(testStore())
  let incomplete = 0
  await to.import(
    await (async () => {
      const pieces: Uint8Array[] = []
      const done = await cache.export(async bytes => {
        for await (const piece of bytes) pieces.push(piece)
      })
      incomplete = done.incomplete
      return pieces
    })(),
  )
  expect(incomplete).toBeGreaterThan(1)
  expect(await to.calls.query().count()).toBe(0)
  expect(await to.values.load(digest('other'.repeat(30)))).toBe('other'.repeat(30))
  expect((await to.fsck()).sound).toBe(true)
})

describe('streams', () => {
  test('a WritableStream and a ReadableStream do, and are ended', async () => {
    const from = await filled()
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const to = createCache(testStore())
    const [written, read] = await Promise.all([from.export(writable), to.import(readable)])
    expect(read.bytes).toBe(written.bytes)
    expect(await results(to)).toEqual(await results(from))
  })

  test('a sink that fails fails the export; one that stops early has no archive', async () => {
    const from = await filled()
    const sink = new WritableStream<Uint8Array>({
      write() {
        throw new Error('disk full')
      },
    })
    await expect(from.export(sink)).rejects.toThrow('disk full')
    const stops = from.export(async bytes => {
      for await (const _ of bytes) break
    })
    await expect(stops).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    // @ts-expect-error a path is no sink
    await expect(from.export('backup')).rejects.toThrow(TypeError)
  })

  test('a reader that stops early, and says nothing, leaves no listing open', async () => {
    const store = testStore()
    await createCache(store).values.saveAll(Array.from({ length: 100 }, (_, i) => i))
    let open = 0
    function* list(...asked: Parameters<typeof store.values.list>) {
      open += 1
      try {
        yield* store.values.list(...asked)
      } finally {
        open -= 1
      }
    }
    const cache = createCache({ ...store, values: { ...store.values, list } })
    const early = cache.export(async bytes => {
      const reading = bytes[Symbol.asyncIterator]()
      await reading.next()
      await reading.next()
      expect(open).toBe(1)
    })
    await expect(early).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect(open).toBe(0)
  })

  test('a Node stream does: it is not hurried, and finished when the export is', async () => {
    const from = await filled()
    const pieces: Buffer[] = []
    let ahead = 0
    const slow = new Writable({
      highWaterMark: 64,
      write(chunk: Buffer, _encoding, done) {
        ahead = Math.max(ahead, this.writableLength - chunk.length)
        pieces.push(chunk)
        setImmediate(done)
      },
      final(done) {
        pieces.push(Buffer.alloc(0))
        setImmediate(done)
      },
    })
    const { bytes } = await from.export(slow)
    expect(slow.writableFinished).toBe(true)
    expect(ahead).toBe(0)
    expect(pieces.at(-1)).toHaveLength(0)
    const archive = Buffer.concat(pieces)
    expect(archive.length).toBe(bytes)
    expect(new Uint8Array(archive)).toEqual(await archiveOf(from))
  })

  test('a file takes an archive as createWriteStream, and gives it back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'))
    try {
      const from = await filled()
      const { bytes } = await from.export(createWriteStream(join(folder, 'backup.riposte')))
      expect((await stat(join(folder, 'backup.riposte'))).size).toBe(bytes)
      const to = createCache(testStore())
      await to.import(createReadStream(join(folder, 'backup.riposte')))
      expect(await results(to)).toEqual(await results(from))
      await expect(from.export(createWriteStream(join(folder, 'none', 'backup.riposte')))).rejects.toMatchObject({
        code: 'ENOENT',
      })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a Node stream that fails fails the export, and one that is closed early has no archive', async () => {
    const from = await filled()
    for (const highWaterMark of [1, 2 ** 20]) {
      const failing = new Writable({ highWaterMark, write: (_chunk, _encoding, done) => done(new Error('disk full')) })
      await expect(from.export(failing)).rejects.toThrow('disk full')
      expect(failing.destroyed).toBe(true)
      const closing = new Writable({
        highWaterMark,
        write() {
          this.destroy()
        },
      })
      await expect(from.export(closing)).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    }
    const ended = new Writable({ write: (_chunk, _encoding, done) => done() })
    ended.end()
    await expect(from.export(ended)).rejects.toThrow(/this one was ended or destroyed/)
  })

  test('an export that fails destroys its Node stream', async () => {
    const from = await filled()
    const abort = new AbortController()
    const sink = new Writable({
      write(_chunk, _encoding, done) {
        abort.abort()
        done()
      },
    })
    await expect(from.export(sink, { signal: abort.signal })).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    expect(sink.destroyed).toBe(true)
    expect(sink.writableFinished).toBe(false)
  })

  test('a path in the place of a stream is refused with what to write', async () => {
    const cache = createCache(testStore())
    // @ts-expect-error a path is no source
    await expect(cache.import('backup.riposte')).rejects.toThrow(/createReadStream\(path\)/)
    // @ts-expect-error a path is no sink
    await expect(cache.export('backup.riposte')).rejects.toThrow(/createWriteStream\(path\)/)
  })

  test('an aborted import leaves whole entries, and goes on from the beginning another time', async () => {
    const from = createCache(testStore(), { inlineBelow: 10 })
    for (let i = 0; i < 300; i += 1) {
      const call = from.calls.prepare(identity, { values: [i], names: undefined })
      await from.calls.commit(call, ['x'.repeat(50 + i)])
    }
    const archive = await archiveOf(from)
    const abort = new AbortController()
    const to = createCache(testStore())
    const importing = to.import([archive], {
      signal: abort.signal,
      onProgress: ({ values }) => {
        if (values > 100) abort.abort()
      },
    })
    await expect(importing).rejects.toMatchObject({ code: 'ERR_ABORTED' })
    const { values, calls } = await to.stats()
    expect(values.entries).toBeGreaterThan(0)
    expect(calls.entries).toBeLessThan(300)
    expect((await to.fsck()).sound).toBe(true)
    await to.import([archive])
    expect(await results(to)).toEqual(await results(from))
  })

  test('overwrite replaces calls and names', async () => {
    const from = await filled()
    const to = createCache(testStore())
    const [call] = await from.calls.query().toArray()
    const again = to.calls.prepare(
      { ...identity, name: call!.name },
      { values: await call!.loadArgs(), names: undefined },
    )
    await to.calls.commit(again, 'other')
    const archive = await archiveOf(from)
    await to.import([archive])
    expect(await (await to.calls.load(call!.digest)).result()).toBe('other')
    await to.import([archive], { overwrite: true })
    expect(await (await to.calls.load(call!.digest)).result()).toEqual(await call!.result())
  })

  test('a store that fails fails either', async () => {
    const failing = intercept(testStore(), ({ name }, next) => {
      if (name === 'put' || name === 'get') throw new Error('disk on fire')
      return next()
    })
    const archive = await archiveOf(await filled())
    await expect(createCache(failing).import([archive])).rejects.toThrow('disk on fire')
  })
})

test('a claimed length is not believed', async () => {
  const head = new Uint8Array(9 + 41).fill(255)
  head.set(new TextEncoder().encode('RIPOSTE\n'))
  head[8] = 1
  head[9] = 1
  await expect(createCache(testStore()).import([head])).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
})
