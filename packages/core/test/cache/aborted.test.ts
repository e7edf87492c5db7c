/** A signal that has aborted before long work begins, of which there may be none to do. */
import { describe, expect, test } from 'vitest'
import { type Cache, createCache, isRiposteError, type Store } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { identity, large, laterStore } from './support.ts'

interface Aborted {
  readonly signal: AbortSignal
}

/** Everything that takes a signal. */
const VERBS: Readonly<Record<string, (cache: Cache, options: Aborted) => Promise<unknown>>> = {
  gc: (cache, options) => cache.gc({ grace: 0, ...options }),
  limit: (cache, options) => cache.limit({ items: 0, ...options }),
  fsck: (cache, options) => cache.fsck(options),
  'fsck with repair': (cache, options) => cache.fsck({ repair: true, ...options }),
  copyTo: (cache, options) => cache.copyTo(createCache(testStore()), options),
  'copyTo of a query': (cache, options) => cache.calls.query().copyTo(createCache(testStore()), options),
  redigest: (cache, options) => cache.redigest(options),
  transform: (cache, options) => cache.calls.transform(() => ({ version: 2 }), options),
  export: (cache, options) => cache.export(drain, options),
  import: async (cache, options) => cache.import(await archived(cache), options),
  'import of what is no archive': (cache, options) => cache.import([], options),
  saveStream: (cache, options) => cache.values.saveStream([new Uint8Array(10)], options),
  'saveStream of nothing': (cache, options) => cache.values.saveStream([], options),
}

/** Reads an archive and forgets it. */
async function drain(bytes: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of bytes);
}

/** What a cache exports. */
async function archived(cache: Cache): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = []
  await cache.export(async bytes => {
    for await (const piece of bytes) pieces.push(piece.slice())
  })
  return pieces
}

async function fill(cache: Cache): Promise<void> {
  const call = cache.calls.prepare(identity, { values: [1], names: undefined })
  await cache.calls.commit(call, large('ab'))
  await cache.values.save('garbage')
  await cache.values.save('kept', { pin: 'mine' })
}

/** All that is there: keys of entries, names of refs. */
async function told({ store }: Cache): Promise<readonly string[]> {
  const keys: string[] = []
  for (const backend of [store.values, store.calls]) for await (const { key } of backend.list()) keys.push(key)
  for await (const { name } of store.refs?.list() ?? []) keys.push(name)
  return keys
}

describe.each<[string, () => Store]>([
  ['a store that answers now', testStore],
  ['a store that answers later', () => laterStore()],
])('on %s', (_, open) => {
  describe.each([
    ['empty', async () => {}],
    ['filled', fill],
  ])('that is %s', (_, prepare) => {
    test.each(Object.entries(VERBS))('%s ends with the reason, and has changed nothing', async (verb, run) => {
      const cache = createCache(open())
      await prepare(cache)
      const before = await told(cache)
      const failure = await run(cache, { signal: AbortSignal.abort('enough') }).catch((error: unknown) => error)
      if (!isRiposteError(failure, 'ERR_ABORTED')) throw new Error('expected it to be aborted', { cause: failure })
      expect(failure.cause).toBe('enough')
      expect(verb).toContain(failure.details.operation)
      expect(await told(cache)).toEqual(before)
    })
  })
})
