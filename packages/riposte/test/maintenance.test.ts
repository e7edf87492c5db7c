import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCache, type Digest, digest, memoryStore, type Quarantined, type Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { STORES, withStore } from './laws/stores.ts'

const identity = { namespace: '', name: 'slow', version: undefined, conditions: [] } as const
const large = (order: 'ab' | 'ba') => {
  const [a, b] = ['a'.repeat(5000), 'b'.repeat(5000)]
  return order === 'ab' ? { a, b } : { b, a }
}

async function filled(store: Store) {
  const cache = createCache(store, { inlineBelow: 100, onWarning: () => undefined })
  for (let i = 0; i < 40; i += 1) {
    const call = cache.calls.prepare(identity, { values: [i, { i }], names: ['i', 'o'] })
    const metadata = { runtime: { startedAt: (i * 7) % 40, durationMs: i % 3 } }
    await cache.calls.commit(call, [large(i % 2 ? 'ab' : 'ba'), 'x'.repeat(i * 20)], { metadata })
  }
  return cache
}

const told = (cache: ReturnType<typeof createCache>) =>
  cache.calls
    .query()
    .map(async call => JSON.stringify([call.digest, await call.loadArgs(), await call.result()]))
    .toArray()

describe.each(STORES)('%s', (_name, open) => {
  test('fsck finds and repairs what was damaged, and nothing else', async () => {
    await withStore(open, async store => {
      const cache = await filled(store)
      expect(await cache.fsck()).toMatchObject({ sound: true, unverified: 0, orphans: { entries: 0 } })
      const key = digest('x'.repeat(39 * 20))
      const [bytes] = await store.values.get([key])
      const damaged = new Uint8Array(bytes!)
      damaged[damaged.length - 1]! ^= 1
      await store.values.put([{ key, bytes: damaged }], 'replace')
      const { problems } = await cache.fsck({ repair: true })
      expect(
        problems
          .filter(({ removed }) => removed)
          .map(({ kind }) => kind)
          .sort(),
      ).toEqual(['corrupt', 'unanswerable'])
      expect(await cache.calls.query().count()).toBe(39)
      const kept: Quarantined[] = []
      for await (const entry of cache.quarantined()) kept.push(entry)
      expect(kept.find(({ kind }) => kind === 'corrupt')?.bytes).toEqual(damaged)
      expect(kept).toHaveLength(2)
      for (const { pin } of kept) await cache.unpin(pin)
      await cache.gc({ grace: 0 })
      expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
    })
  })

  test('calls copy into it, and out of it again', async () => {
    const from = await filled(memoryStore())
    await withStore(open, async store => {
      const between = createCache(store)
      await between.values.save(large('ba'))
      expect(await from.copyTo(between)).toEqual({ copied: 40, skipped: 0, incomplete: 0 })
      const to = createCache(memoryStore())
      expect(await between.copyTo(to, { template: { args: { o: { i: 7 } } } })).toMatchObject({ copied: 1 })
      expect(await between.copyTo(to)).toEqual({ copied: 39, skipped: 1, incomplete: 0 })
      expect(await told(between)).toEqual(await told(from))
      expect(await told(to)).toEqual(await told(from))
      expect((await to.fsck()).sound).toBe(true)
    })
  })

  test('an archive of it is a file that another store takes in', async () => {
    await withStore(open, async (store, folder) => {
      const from = await filled(store)
      const file = join(folder, 'backup.riposte')
      const written = await from.export(bytes => writeFile(file, bytes))
      expect((await readFile(file)).length).toBe(written.bytes)
      const to = createCache(memoryStore())
      expect(await to.import(createReadStream(file))).toMatchObject({ calls: 40, values: written.values })
      expect(await told(to)).toEqual(await told(from))
      // And the other way round.
      await from.calls.query().evict()
      await from.gc({ grace: 0 })
      expect((await from.stats()).values.entries).toBe(0)
      await from.import(createReadStream(file))
      expect(await told(from)).toEqual(await told(to))
    })
  })

  test('orders and pages are those of memory', async () => {
    await withStore(open, async store => {
      const [here, there] = [await filled(store), await filled(memoryStore())]
      for (const field of ['startedAt', '/runtime/durationMs', 'digest'] as const) {
        const digests = (cache: typeof there) =>
          cache.calls
            .query()
            .orderBy(field, 'desc')
            .map(call => call.digest)
            .toArray()
        expect(await digests(here)).toEqual(await digests(there))
      }
      const paged: string[] = []
      for (let after: string | undefined = '0'.repeat(64); after !== undefined; ) {
        const { calls, next }: { calls: readonly { digest: string }[]; next: string | undefined } = await here.calls
          .query({ name: 'slow' })
          .page({ size: 7, after })
        paged.push(...calls.map(call => call.digest))
        after = next
      }
      expect(paged).toEqual(
        await there.calls
          .query()
          .map(call => call.digest)
          .toArray(),
      )
    })
  })

  test('a stream of bytes is stored once, and read in part', async () => {
    await withStore(open, async store => {
      const { values } = createCache(store)
      const bytes = Buffer.alloc(2_500_000, 'abcdefg')
      const key: Digest<Uint8Array> = await values.saveStream([bytes.subarray(0, 999_999), bytes.subarray(999_999)])
      expect(key).toBe(digest(new Uint8Array(bytes)))
      const pieces: Uint8Array[] = []
      for await (const piece of values.loadStream(key, { start: 1_000_000, end: 2_200_000 })) pieces.push(piece)
      expect(Buffer.concat(pieces).equals(bytes.subarray(1_000_000, 2_200_000))).toBe(true)
    })
  })

  test('stats count what a listing shows', async () => {
    await withStore(open, async store => {
      const cache = await filled(store)
      const { values, calls } = await cache.stats()
      let bytes = 0
      for await (const entry of cache.values.list()) bytes += entry.size
      expect(values.bytes).toBe(bytes)
      expect(calls.functions).toMatchObject([{ namespace: '', name: 'slow', calls: 40, bytes: calls.bytes }])
    })
  })
})
