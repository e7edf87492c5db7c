import { describe, expect, test } from 'vitest'
import {
  asDigest,
  createCache,
  type Digest,
  digest,
  isCallIndex,
  memoryStore,
  pool,
  type Store,
} from '../../src/index.ts'
import { damage, failingStore, identity, indexedStore, keysIn, large, laterStore, standing } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

const KEYS = ['a', 'b', 'c', 'd'].map(digit => asDigest(digit.repeat(64))) as [Digest, Digest, Digest, Digest]
const [A, B, C, D] = KEYS

const rejected = (operation: string) => expect.objectContaining({ code: 'ERR_REJECTED', details: { operation } })

/** Two stores: the first has A and B, the second B and C, each byte its own. */
function filled() {
  const [one, two] = [testStore(), testStore()]
  for (const side of ['values', 'calls'] as const) {
    one[side].put(
      [A, B].map(key => ({ key, bytes: Uint8Array.of(1) })),
      'keep',
    )
    two[side].put(
      [B, C].map(key => ({ key, bytes: Uint8Array.of(2, 2) })),
      'keep',
    )
  }
  return { one, two }
}

async function listed(store: Store, options = {}) {
  const found = []
  for await (const { key, size } of store.values.list(options)) found.push([key, size])
  return found
}

describe.each([
  ['now', (inner: ReturnType<typeof filled>) => pool([inner.one, inner.two])],
  ['later', (inner: ReturnType<typeof filled>) => pool([laterStore(inner.one), laterStore(inner.two)])],
])('a pool of stores that answer %s', (_name, open) => {
  test('the first that has an entry answers, in the order of the keys', async () => {
    const store: Store = open(filled())
    const bytes = [Uint8Array.of(2, 2), undefined, Uint8Array.of(1), Uint8Array.of(1), Uint8Array.of(2, 2)]
    for (const backend of [store.values, store.calls]) {
      expect(await backend.get([C, D, B, A, C])).toEqual(bytes)
      expect(await backend.get([C, D, B, A, C], { upTo: 40 })).toEqual(bytes)
      expect(await backend.has([C, D, B, A])).toEqual([true, false, true, true])
      expect(await backend.get([])).toEqual([])
    }
  })

  test('a listing is the union, ascending, each once', async () => {
    const store: Store = open(filled())
    expect(await listed(store)).toEqual([
      [A, 1],
      [B, 1],
      [C, 2],
    ])
    expect(await listed(store, { prefix: 'b' })).toEqual([[B, 1]])
    expect(await listed(store, { after: A })).toEqual([
      [B, 1],
      [C, 2],
    ])
  })

  test('what any of its members keeps can be loaded, and nothing is written to any', async () => {
    const inner = { one: testStore(), two: testStore() }
    const source = createCache(inner.two)
    const value = await source.values.save([large('ab'), 1])
    const call = await source.calls.commit(
      source.calls.prepare(identity, { values: [1], names: undefined }),
      large('ab'),
    )
    const cache = createCache(open(inner))
    expect(await cache.values.load(value)).toEqual([large('ab'), 1])
    expect(await (await cache.calls.load(call)).result()).toEqual(large('ab'))
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(1)
    expect([keysIn(inner.one), keysIn(inner.one, 'calls')]).toEqual([[], []])
    await expect(cache.values.save('new')).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    await expect(cache.values.evict(value)).rejects.toMatchObject({ code: 'ERR_REJECTED' })
    expect(keysIn(inner.two)).toContain(value)
  })
})

test('a damaged entry hides no sound one behind it, and stays as it is', async () => {
  const [one, two] = [testStore(), testStore()]
  for (const store of [one, two]) await createCache(store).values.save(large('ab'))
  const key = digest(large('ab'))
  damage(one, 'values', key)
  const before = standing(one, key)
  expect(await createCache(pool([one, two])).values.load(key)).toEqual(large('ab'))
  expect(standing(one, key)).toEqual(before)
  damage(two, 'values', key)
  await expect(createCache(pool([one, two]), { onWarning() {} }).values.load(key)).rejects.toMatchObject({
    code: 'ERR_CORRUPT',
  })
})

test('a member that fails fails the read, unless one before it has the entry', () => {
  const { one, two } = filled()
  const store = pool([one, failingStore(two, ({ name }) => name === 'get')])
  const sound = createCache(one)
  return sound.values.save(1).then(key => {
    expect(store.values.get([key])).toHaveLength(1)
    expect(() => store.values.get([C])).toThrow(expect.objectContaining({ code: 'ERR_BACKEND' }))
  })
})

test('every write is refused', () => {
  const { one, two } = filled()
  const store = pool([one, two])
  for (const backend of [store.values, store.calls]) {
    expect(() => backend.put([], 'keep')).toThrow(rejected('put'))
    expect(() => backend.touch([A])).toThrow(rejected('touch'))
    expect(() => backend.delete([{ key: A }])).toThrow(rejected('delete'))
  }
  expect(() => store.commit({ values: [], calls: [], mode: 'absent' })).toThrow(rejected('commit'))
  expect(() => store.refs?.swap('name', undefined, A)).toThrow(rejected('swap'))
  expect(store.leases).toBe(undefined)
})

test('a name means what it means in the first store that has it', () => {
  const { one, two } = filled()
  one.refs?.swap('both', undefined, A)
  two.refs?.swap('both', undefined, B)
  two.refs?.swap('second', undefined, C)
  const { refs } = pool([one, two])
  expect(['both', 'second', 'none'].map(name => refs?.read(name))).toEqual([A, C, undefined])
  expect([...(refs?.list() ?? [])]).toEqual([
    { name: 'both', value: A },
    { name: 'second', value: C },
  ])
  expect([...(refs?.list({ prefix: 's' }) ?? [])]).toHaveLength(1)
})

test('records can be searched if all members can', async () => {
  const stores = [indexedStore(), indexedStore()] as const
  for (const [n, store] of stores.entries()) {
    const cache = createCache(store)
    for (const value of [0, n + 1]) {
      await cache.calls.commit(cache.calls.prepare(identity, { values: [value], names: undefined }), value)
    }
  }
  expect(isCallIndex(pool(stores).calls)).toBe(true)
  expect(await createCache(pool(stores)).calls.query({ name: 'slow' }).count()).toBe(3)
  expect(isCallIndex(pool([...stores, memoryStore()]).calls)).toBe(false)
})

test('use after close is ERR_CLOSED, and all members are closed', () => {
  const { one, two } = filled()
  const store = pool([one, two])
  store.close()
  const closed = expect.objectContaining({ code: 'ERR_CLOSED' })
  for (const backend of [store.values, one.values, two.calls]) {
    expect(() => backend.get([A])).toThrow(closed)
    expect(() => backend.has([A])).toThrow(closed)
    expect(() => [...backend.list()]).toThrow(closed)
    expect(() => backend.now()).toThrow(closed)
  }
})

test('a pool of nothing is refused', () => {
  expect(() => pool([])).toThrow(TypeError)
  const [one, two] = [testStore(), testStore()]
  expect(pool([one, two]).label).toBe(`pool(${one.label}, ${two.label})`)
})
