/** Every wrapper that changes or bounds what is stored, and combinations of them, under every verb of upkeep. */
import { utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import {
  type Cache,
  compressed,
  createCache,
  type Digest,
  digest,
  limited,
  memoryStore,
  readOnly,
  type Store,
  serializing,
  signed,
  tiered,
  tracing,
} from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { withStore } from './laws/stores.ts'

const KEY = '1f'.repeat(32)
const OTHER_KEY = '2e'.repeat(32)
const bySigner = (inner: Store, key = KEY): Store => signed(inner, { keys: [key], onRejected: () => undefined })
const packed = (inner: Store): Store => compressed(inner, { above: 0 })

const ENGINES: readonly (readonly [string, (folder: string) => Store])[] = [
  ['memory', () => memoryStore()],
  ['files', folder => fsStore(join(folder, 'files'), { sync: true })],
  ['SQLite', folder => sqliteStore(join(folder, 'riposte.db'))],
]

const WRAPPERS: readonly (readonly [string, (inner: Store) => Store])[] = [
  ['signed', inner => bySigner(inner)],
  ['compressed', inner => packed(inner)],
  ['compressed, signed', inner => packed(bySigner(inner))],
  ['tiered over signed', inner => tiered([memoryStore(), bySigner(inner)])],
  ['tiered over compressed, signed', inner => tiered([memoryStore(), packed(bySigner(inner))])],
  ['limited compressed, signed', inner => limited(packed(bySigner(inner)), { items: 10_000 })],
  ['limited tiered over signed', inner => limited(tiered([memoryStore(), bySigner(inner)]), { items: 10_000 })],
  ['traced signed', inner => tracing(bySigner(inner))],
  ['serializing compressed', inner => serializing(packed(inner))],
]

const TABLE = ENGINES.flatMap(([engine, open]) =>
  WRAPPERS.map(([wrapper, wrap]) => ({
    name: `${wrapper}: ${engine}`,
    open,
    wrap,
    isSigned: wrapper.includes('signed'),
  })),
)

const identity = { namespace: '', name: 'slow', version: 1, conditions: [] } as const
const CALLS = 6
const result = (n: number): unknown => ({ text: `${n} `.repeat(3000), rows: [[n, 'a'], [`${n}`.repeat(200)]] })

const cacheOver = (store: Store): Cache => createCache(store, { hot: false, onWarning: () => undefined })

async function call(cache: Cache, n: number): Promise<Digest> {
  const prepared = cache.calls.prepare(identity, { values: [n, { n }], names: ['n', 'o'] })
  await cache.calls.commit(prepared, result(n))
  return prepared.digest as string as Digest
}

/** Six calls and a pinned value. */
async function filled(store: Store): Promise<Cache> {
  const cache = cacheOver(store)
  for (let n = 0; n < CALLS; n += 1) await call(cache, n)
  await cache.values.save(['p'.repeat(9000)], { pin: 'mine' })
  return cache
}

async function answers(cache: Cache): Promise<readonly number[]> {
  const found: number[] = []
  for await (const one of cache.calls.query()) {
    const n = one.args[0] as number
    expect(await one.result()).toEqual(result(n))
    expect(await one.loadArgs()).toEqual([n, { n }])
    found.push(n)
  }
  return found.sort()
}

async function flip(engine: Store, key: Digest): Promise<Uint8Array> {
  const [bytes] = await engine.values.get([key])
  const damaged = new Uint8Array(bytes!)
  damaged[damaged.length - 1]! ^= 1
  await engine.values.put([{ key, bytes: damaged }], 'replace')
  return damaged
}

const ALL = Array.from({ length: CALLS }, (_, n) => n)

describe.each(TABLE)('$name', ({ open, wrap, isSigned }) => {
  test('what is whole is sound, counted, and swept of nothing but what is loose', async () => {
    await withStore(open, async engine => {
      const cache = await filled(wrap(engine))
      const before = await cache.stats()
      const loose = await cache.values.save('loose')
      expect(await cache.fsck()).toMatchObject({
        sound: true,
        problems: [],
        unverified: 0,
        values: { entries: before.values.entries + 1 },
        calls: { entries: CALLS },
        orphans: { entries: 1, keys: [loose] },
      })
      let bytes = 0
      for await (const { size } of engine.values.list()) bytes += size
      expect((await cache.stats()).values.bytes).toBe(bytes)
      expect(before.calls.functions).toMatchObject([{ name: 'slow', calls: CALLS }])
      expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 1, kept: before.values.entries })
      expect(await cache.stats()).toEqual(before)
      expect(await answers(cacheOver(wrap(engine)))).toEqual(ALL)
    })
  })

  test('damage below is found; repair takes away what is of no use, keeps it, and heals with the next save', async () => {
    await withStore(open, async engine => {
      await filled(wrap(engine))
      const key = digest((result(2) as { readonly text: string }).text)
      const damaged = await flip(engine, key)
      const cache = cacheOver(wrap(engine))
      const found = await cache.fsck()
      expect(found.sound).toBe(false)
      expect(found.problems.map(({ kind, in: place, key }) => [kind, place, key])).toContainEqual([
        isSigned ? 'unserved' : 'corrupt',
        'values',
        key,
      ])
      expect(found.problems.filter(({ kind }) => kind === 'unanswerable')).toHaveLength(1)
      expect(found.problems.some(({ removed }) => removed)).toBe(false)

      const { problems } = await cache.fsck({ repair: true })
      const removed = problems.filter(problem => problem.removed).map(({ kind }) => kind)
      expect(removed.sort()).toEqual(isSigned ? ['unanswerable'] : ['corrupt', 'unanswerable'])
      const kept = []
      for await (const { kind, pin } of cache.quarantined()) {
        kept.push(kind)
        await cache.unpin(pin)
      }
      expect(kept.sort()).toEqual(removed)
      // What nobody vouches for is not ours to take away.
      expect((await engine.values.get([key]))[0]).toEqual(isSigned ? damaged : undefined)
      expect(await answers(cache)).toEqual(ALL.filter(n => n !== 2))

      await call(cache, 2)
      await cache.gc({ grace: 0 })
      expect(await cacheOver(wrap(engine)).fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
      expect(await answers(cacheOver(wrap(engine)))).toEqual(ALL)
    })
  })

  test('calls copy out of it, into it, and between two keys', async () => {
    await withStore(open, async engine => {
      const from = await filled(memoryStore())
      const here = cacheOver(wrap(engine))
      expect(await from.copyTo(here)).toEqual({ copied: CALLS, skipped: 0, incomplete: 0 })
      expect(await from.copyTo(here)).toEqual({ copied: 0, skipped: CALLS, incomplete: 0 })
      expect(await answers(cacheOver(wrap(engine)))).toEqual(ALL)
      for (const target of [memoryStore(), bySigner(memoryStore(), OTHER_KEY), packed(memoryStore())]) {
        const to = cacheOver(target)
        expect(await here.copyTo(to)).toEqual({ copied: CALLS, skipped: 0, incomplete: 0 })
        expect(await answers(to)).toEqual(ALL)
        expect(await to.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
      }
    })
  })

  test('of what is damaged below, what needs it stays behind in a copy and in an archive', async () => {
    await withStore(open, async engine => {
      await filled(wrap(engine))
      await flip(engine, digest((result(2) as { readonly text: string }).text))
      const to = cacheOver(memoryStore())
      expect(await cacheOver(wrap(engine)).copyTo(to)).toEqual({ copied: CALLS - 1, skipped: 0, incomplete: 1 })
      expect((await to.fsck()).sound).toBe(true)
      await flip(engine, digest((result(3) as { readonly text: string }).text))
      const { calls, incomplete } = await cacheOver(wrap(engine)).export(async bytes => {
        for await (const piece of bytes) expect(piece.length).toBeGreaterThan(0)
      })
      expect(calls).toBe(CALLS - 2)
      expect(incomplete).toBeGreaterThanOrEqual(2)
    })
  })

  test('archives of it go into others, those of others into it', async () => {
    await withStore(open, async engine => {
      const pieces: Uint8Array[] = []
      const take = async (bytes: AsyncIterable<Uint8Array>): Promise<void> => {
        pieces.length = 0
        for await (const piece of bytes) pieces.push(piece)
      }
      const from = await filled(memoryStore())
      const written = await from.export(take)
      const here = cacheOver(wrap(engine))
      expect(await here.import(pieces)).toMatchObject({ calls: CALLS, values: written.values, refs: 1, skipped: 0 })
      expect(await here.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
      expect(await cacheOver(wrap(engine)).export(take)).toMatchObject({ ...written, incomplete: 0 })
      const to = cacheOver(bySigner(memoryStore(), OTHER_KEY))
      expect(await to.import(pieces)).toMatchObject({ calls: CALLS, values: written.values, refs: 1 })
      expect(await answers(to)).toEqual(ALL)
    })
  })

  test('redigest finds all in their place; calls that are changed are filed anew', async () => {
    await withStore(open, async engine => {
      const cache = await filled(wrap(engine))
      expect(await cache.redigest()).toEqual({ changed: 0, kept: CALLS })
      expect(await cache.calls.transform(() => ({ version: 2 }))).toMatchObject({
        changed: CALLS,
      })
      const again = cacheOver(wrap(engine))
      expect(await again.calls.query({ version: 2 }).count()).toBe(CALLS)
      expect(await answers(again)).toEqual(ALL)
      expect(await again.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
    })
  })

  test('it is brought within bounds; what stays is whole', async () => {
    await withStore(open, async engine => {
      const cache = await filled(wrap(engine))
      const before = await cache.stats()
      const bytes = Math.floor((before.values.bytes + before.calls.bytes) / 2)
      const told = await cache.limit({ bytes })
      const after = await cache.stats()
      expect(after.values.bytes + after.calls.bytes).toBeLessThanOrEqual(bytes)
      expect(told.bytes).toBe(before.values.bytes + before.calls.bytes - after.values.bytes - after.calls.bytes)
      const left = await answers(cacheOver(wrap(engine)))
      expect(left.length).toBe(CALLS - told.calls)
      expect(left.length).toBeGreaterThan(0)
      expect(await cache.fsck()).toMatchObject({ sound: true, orphans: { entries: 0 } })
    })
  })

  test('read-only it is looked at and copied, and nothing is taken away', async () => {
    await withStore(open, async engine => {
      await filled(wrap(engine))
      const cache = cacheOver(readOnly(wrap(engine)))
      const { sound, ...sums } = await cache.fsck()
      expect(sound).toBe(true)
      expect(await answers(cache)).toEqual(ALL)
      const to = cacheOver(memoryStore())
      expect(await cache.copyTo(to)).toMatchObject({ copied: CALLS })
      await expect(to.copyTo(cache, { overwrite: true })).rejects.toMatchObject({ code: 'ERR_REJECTED' })
      await expect(cache.limit({ items: 1 })).rejects.toMatchObject({ code: 'ERR_REJECTED' })
      await flip(engine, digest((result(2) as { readonly text: string }).text))
      const damaged = cacheOver(readOnly(wrap(engine)))
      const { problems, ...after } = await damaged.fsck({ repair: true })
      expect(problems.length).toBeGreaterThan(0)
      expect(problems.filter(({ removed }) => removed)).toEqual([])
      expect(after.calls).toEqual(sums.calls)
    })
  })
})

const BARE_TOO: typeof WRAPPERS = [['bare', inner => inner], ...WRAPPERS]

test.each(BARE_TOO)(
  'what crashed writers left is named through every wrapper, and cleared by repair: %s',
  async (_name, wrap) => {
    await withStore(
      folder => fsStore(join(folder, 'files')),
      async (engine, folder) => {
        const cache = await filled(wrap(engine))
        const path = join(folder, 'files/v2/tmp/torn')
        await writeFile(path, 'torn')
        await utimes(path, new Date(), new Date(Date.now() - 7_200_000))
        const leftover = { name: join('v2/tmp/torn'), size: 4 }
        expect(await cache.fsck()).toMatchObject({ sound: true, leftovers: [leftover] })
        expect(await cacheOver(readOnly(wrap(engine))).fsck({ repair: true })).toMatchObject({ leftovers: [leftover] })
        expect(await cache.fsck({ repair: true })).toMatchObject({ leftovers: [leftover] })
        expect((await cache.fsck()).leftovers).toEqual([])
      },
    )
  },
)

describe('a store that another signed', () => {
  test('is not ours: nothing is answered, and no verb of upkeep takes anything away', async () => {
    const engine = memoryStore()
    await filled(bySigner(engine))
    const before = [...engine.values.list(), ...engine.calls.list()].map(({ key, size }) => [key, size])
    const cache = cacheOver(bySigner(engine, OTHER_KEY))
    const report = await cache.fsck({ repair: true })
    expect(report.sound).toBe(false)
    expect(new Set(report.problems.map(({ kind }) => kind))).toEqual(new Set(['unserved', 'dangling']))
    expect(report.problems.some(({ removed }) => removed)).toBe(false)
    expect(await cache.copyTo(cacheOver(memoryStore()))).toEqual({ copied: 0, skipped: 0, incomplete: 0 })
    expect(await cache.redigest()).toEqual({ changed: 0, kept: 0 })
    await cache.gc({ grace: 0 })
    expect([...engine.values.list(), ...engine.calls.list()].map(({ key, size }) => [key, size])).toEqual(before)
    expect(await answers(cacheOver(bySigner(engine)))).toEqual(ALL)
  })

  test('is foreign to who has no key: it is named as of an unknown format, and left', async () => {
    const engine = memoryStore()
    await filled(bySigner(engine))
    const cache = cacheOver(engine)
    const { problems } = await cache.fsck({ repair: true })
    expect(new Set(problems.map(({ kind }) => kind))).toEqual(new Set(['unknown format']))
    expect(await cache.limit({ items: 0 })).toMatchObject({ removed: 0 })
    expect(await answers(cacheOver(bySigner(engine)))).toEqual(ALL)
  })
})
