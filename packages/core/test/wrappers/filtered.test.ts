import { describe, expect, test } from 'vitest'
import {
  ANY,
  type CallOutline,
  type CallTemplate,
  createCache,
  type Digest,
  digest,
  filtered,
  isCallIndex,
  memoryStore,
  type Store,
  type SyncStore,
} from '../../src/index.ts'
import { damage, indexedStore, laterStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

/** Six calls of two functions, of three versions, half of them tagged. */
async function fill(store: SyncStore): Promise<void> {
  const cache = createCache(store)
  for (let n = 0; n < 6; n++) {
    const identity = { namespace: n < 3 ? 'a' : 'b', name: n % 2 ? 'odd' : 'even', version: n % 3, conditions: [] }
    const call = cache.calls.prepare(identity, { values: [n, { deep: n }], names: ['n', 'options'] })
    const runtime = { startedAt: n, durationMs: n * 10 }
    await cache.calls.commit(call, n * 2, { metadata: n < 2 ? { runtime, tags: { team: 'x' } } : { runtime } })
  }
}

async function shown(store: Store): Promise<unknown[]> {
  const calls = await createCache(store).calls.query().toArray()
  return calls.map(({ args }) => args[0]).sort()
}

const stores: Readonly<Record<string, (inner: SyncStore) => Store>> = {
  'a store that answers now': inner => inner,
  'a store that answers later': inner => laterStore(inner),
}

describe.each(Object.entries(stores))('filtered, over %s', (_name, open) => {
  test.each<[string, CallTemplate | ((call: CallOutline) => boolean), readonly number[]]>([
    ['a name', { name: 'odd' }, [1, 3, 5]],
    ['a namespace and a version', { namespace: 'b', version: 0 }, [3]],
    ['anything', { name: ANY }, [0, 1, 2, 3, 4, 5]],
    ['an argument', { args: { n: 4 } }, [4]],
    ['a result', { result: 6 }, [3]],
    ['metadata', { metadata: { tags: { team: 'x' } } }, [0, 1]],
    ['a range', { metadata: { runtime: { durationMs: { gte: 20, lt: 40 } } } }, [2, 3]],
    ['a function', ({ name, version }) => name === 'even' || version === 2, [0, 2, 4, 5]],
    ['a function of metadata', ({ metadata }) => metadata.runtime?.startedAt === 5, [5]],
    [
      'a function of digests',
      ({ resultDigest, argumentDigests }) => resultDigest === digest(2) && argumentDigests[0] === digest(1),
      [1],
    ],
    ['nothing', () => false, []],
  ])('by %s: what does not match is not there, to any read', async (_what, which, expected) => {
    for (const make of [testStore, indexedStore]) {
      const inner = make()
      await fill(inner)
      const all = await createCache(inner).calls.query().toArray()
      const store = filtered(open(inner), which)
      expect(await shown(store)).toEqual(expected)
      const keys = all.map(call => call.digest as string as Digest)
      const match = all.map(({ args }) => expected.includes(args[0] as number))
      expect(await store.calls.has(keys)).toEqual(match)
      expect((await store.calls.get(keys)).map(bytes => bytes !== undefined)).toEqual(match)
      expect((await store.calls.get(keys, { upTo: 40 })).map(bytes => bytes !== undefined)).toEqual(match)
      const listed = []
      for await (const { key } of store.calls.list()) listed.push(key)
      expect(listed).toEqual(keys.filter((_, i) => match[i]))
    }
  })

  test('values pass, and every write is refused', async () => {
    const inner = testStore()
    await fill(inner)
    const key = await createCache(inner).values.save('value')
    const store = filtered(open(inner), { name: 'odd' })
    const cache = createCache(store)
    expect(await cache.values.load(key)).toBe('value')
    await expect(cache.values.save('new')).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    const [odd] = await cache.calls.query().toArray()
    await expect(cache.calls.evict(odd!.digest)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    await expect(cache.gc({ grace: 0 })).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    expect(store.leases).toBe(undefined)
  })

  test('listings of more than a page', async () => {
    const inner = testStore()
    const cache = createCache(inner)
    for (let n = 0; n < 600; n++) {
      const identity = { namespace: '', name: n % 3 ? 'shown' : 'hidden', version: undefined, conditions: [] }
      await cache.calls.commit(cache.calls.prepare(identity, { values: [n], names: undefined }), n)
    }
    expect(await shown(filtered(open(inner), { name: 'shown' }))).toHaveLength(400)
    const store = filtered(open(inner), { name: 'shown' })
    let seen = 0
    for await (const _ of store.calls.list()) if (++seen === 3) break
    expect(seen).toBe(3)
  })

  test('a record that cannot be read is not shown', async () => {
    const inner = testStore()
    await fill(inner)
    const [call] = await createCache(inner)
      .calls.query({ args: { n: 1 } })
      .toArray()
    damage(inner, 'calls', call!.digest)
    expect(await shown(filtered(open(inner), () => true))).toEqual([0, 2, 3, 4, 5])
  })
})

test('a template that records cannot answer by what they list is refused', () => {
  expect(() => filtered(testStore(), { args: { options: { deep: 1 } } })).toThrow(TypeError)
  expect(() => filtered(testStore(), { nome: 'odd' } as CallTemplate)).toThrow(TypeError)
})

test('an index stays one, refs can be read, and close closes', () => {
  const inner = indexedStore()
  inner.refs?.swap('name', undefined, 'a'.repeat(64))
  const store = filtered(inner, { name: 'odd' })
  expect([isCallIndex(store.calls), isCallIndex(filtered(memoryStore(), {}).calls)]).toEqual([true, false])
  expect(store.refs?.read('name')).toBe('a'.repeat(64))
  expect(() => store.refs?.swap('name', undefined, 'b')).toThrow(expect.objectContaining({ code: 'ERR_REJECTED' }))
  store.close()
  expect(() => inner.values.has([])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  expect(() => [...store.calls.list()]).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
})
