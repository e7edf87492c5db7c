/** Whatever takes long ends where it is told to, over every store: at once, or on its way with all that is stored whole. */
import { type Cache, createCache, memoryStore, type Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { STORES, withStore } from './laws/stores.ts'

interface Work {
  readonly signal: AbortSignal
  readonly onProgress?: () => void
}

const readAll = async (bytes: AsyncIterable<Uint8Array>) => {
  for await (const _ of bytes);
}

/** Each with what it takes from, and what it gives to. */
const VERBS: readonly (readonly [string, (cache: Cache, other: Cache, work: Work) => Promise<unknown>])[] = [
  ['gc', (cache, _, work) => cache.gc({ grace: 0, ...work })],
  ['gc', (cache, _, work) => cache.gc({ grace: 0, dryRun: true, ...work })],
  ['fsck', (cache, _, work) => cache.fsck(work)],
  ['fsck', (cache, _, work) => cache.fsck({ repair: true, ...work })],
  ['redigest', (cache, _, work) => cache.redigest(work)],
  ['transform', (cache, _, work) => cache.calls.transform(() => ({ version: 2 }), work)],
  ['copyTo', (cache, other, work) => cache.copyTo(other, work)],
  ['copyTo', (cache, other, work) => cache.calls.query().orderBy('name').copyTo(other, work)],
  ['export', (cache, _, work) => cache.export(readAll, work)],
  ['import', async (cache, other, work) => other.import(await archiveOf(cache), work)],
  // Last, since it takes away what the others work on.
  ['limit', (cache, _, work) => cache.limit({ items: 0, ...work })],
]

async function archiveOf(cache: Cache): Promise<AsyncIterable<Uint8Array>> {
  const pieces: Uint8Array[] = []
  await cache.export(async bytes => {
    for await (const piece of bytes) pieces.push(piece.slice())
  })
  return (async function* () {
    yield* pieces
  })()
}

/** Calls with values of their own, and values that nothing needs. */
async function fill(store: Store): Promise<void> {
  const cache = createCache(store, { inlineBelow: 10 })
  const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
  for (let n = 0; n < 66; n += 1) {
    await cache.calls.commit(cache.calls.prepare(identity, { values: [n], names: undefined }), `result ${n}`.repeat(9))
  }
  await cache.values.saveAll(Array.from({ length: 66 }, (_, n) => `loose ${n}`.repeat(9)))
}

async function rejectsAtOnce(cache: Cache): Promise<void> {
  const before = await cache.stats()
  for (const [operation, start] of VERBS) {
    const other = createCache(memoryStore())
    const aborting = start(cache, other, { signal: AbortSignal.abort('enough') })
    await expect(aborting).rejects.toMatchObject({ code: 'ERR_ABORTED', details: { operation }, cause: 'enough' })
    expect((await other.stats()).values.entries).toBe(0)
  }
  expect(await cache.stats()).toEqual(before)
}

describe.each(STORES)('%s', (_name, open) => {
  test('what is aborted before it begins says so, also where there is nothing to do', () =>
    withStore(open, store => rejectsAtOnce(createCache(store))))

  test('what is aborted before it begins does nothing; what is aborted on its way leaves all whole, on both sides', () =>
    withStore(open, async store => {
      await fill(store)
      const cache = createCache(store)
      await rejectsAtOnce(cache)
      for (const [operation, start] of VERBS) {
        const other = createCache(memoryStore())
        const stop = new AbortController()
        let told = 0
        const onProgress = () => {
          told += 1
          stop.abort('enough')
        }
        const aborting = start(cache, other, { signal: stop.signal, onProgress })
        await expect(aborting).rejects.toMatchObject({ code: 'ERR_ABORTED', details: { operation }, cause: 'enough' })
        expect({ operation, told: told > 0 }).toEqual({ operation, told: true })
        expect((await other.fsck()).problems).toEqual([])
      }
      expect((await cache.fsck()).problems).toEqual([])
    }))
})
