import { describe, expect, test } from 'vitest'
import {
  ANY,
  type CallIndex,
  type CallOutline,
  type CallTemplate,
  createCache,
  createRegistry,
  type Digest,
  digest,
  type FilteredOptions,
  filtered,
  intercept,
  isCallIndex,
  memoryStore,
  type Store,
  type SyncCallIndex,
  type SyncStore,
} from '../../src/index.ts'
import { damage, indexedStore, laterStore } from '../cache/support.ts'
import { fillWithCalls } from '../support/templates.ts'
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
    ['a function of arguments', ({ args }) => (args[0] as number) > 3, [4, 5]],
    ['a part of an argument', { args: { options: { deep: 4 } } }, [4]],
    ['any plain object', { args: [ANY, {}], version: 1 }, [1, 4]],
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

  test('a value that is gone, damaged or of a class that is not known matches nothing, and stays as it is', async () => {
    class Point {
      readonly x = 1
    }
    const registry = createRegistry()
    registry.register({ id: 'c0ffee03', type: Point, takeApart: () => 1, build: () => new Point() })
    for (const make of [testStore, indexedStore]) {
      const inner = make()
      const { calls } = createCache(inner, { registry })
      // More than a record lists of a result, and larger than what travels inside it.
      const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`k${i}`, 'x'.repeat(i)]))
      const versions = async (asked: CallTemplate, options?: FilteredOptions): Promise<unknown[]> => {
        const found = await createCache(filtered(open(inner), asked, options))
          .calls.query()
          .toArray()
        return found.map(({ version }) => version).sort()
      }
      const results = ['sound', 'gone', 'damaged', new Point()]
      for (const [n, what] of results.entries()) {
        const identity = { namespace: '', name: 'f', version: n, conditions: [] }
        const call = calls.prepare(identity, { values: [{ what: new Point() }], names: undefined })
        await calls.commit<unknown>(call, { ...many, what })
      }
      inner.values.delete([{ key: digest({ ...many, what: 'gone' }) }])
      damage(inner, 'values', digest({ ...many, what: 'damaged' }))
      const before = [[...inner.values.list()], [...inner.calls.list()]]
      expect(await versions({ result: { k99: many['k99'] } })).toEqual([0])
      expect(await versions({ result: { k99: many['k99'] } }, { registry })).toEqual([0, 3])
      expect(await versions({ args: [{}] })).toEqual([])
      expect(await versions({ args: [{}] }, { registry })).toEqual([0, 1, 2, 3])
      expect([[...inner.values.list()], [...inner.calls.list()]]).toEqual(before)
    }
  })

  test('a record that cannot be read is not shown', async () => {
    const inner = testStore()
    await fill(inner)
    const [call] = await createCache(inner)
      .calls.query({ args: { n: 1 } })
      .toArray()
    damage(inner, 'calls', call!.digest)
    expect(await shown(filtered(open(inner), () => true))).toEqual([0, 2, 3, 4, 5])
    const indexed = indexedStore()
    await fill(indexed)
    damage(indexed, 'calls', call!.digest)
    const { calls } = filtered(open(indexed), { namespace: ANY })
    for (let limit = 0; limit < 7; limit += 1) {
      const found = []
      for await (const { key } of (calls as CallIndex).find({ where: [], limit })) found.push(key)
      expect(found).toHaveLength(Math.min(limit, 5))
    }
  })
})

test('a template that is none, or that holds what has no digest, is refused at once', () => {
  expect(() => filtered(testStore(), { nome: 'odd' } as CallTemplate)).toThrow(TypeError)
  expect(() => filtered(testStore(), { result: { f: () => 1 } })).toThrow(
    expect.objectContaining({ code: 'ERR_UNDIGESTIBLE', details: expect.objectContaining({ path: '.result.f' }) }),
  )
})

test('no value is read but of what the records do not tell', async () => {
  for (const make of [testStore, indexedStore]) {
    const inner = make()
    await fill(inner)
    await fillWithCalls(createCache(inner, { inlineBelow: 1000 }))
    const got: Digest[] = []
    const values = intercept(inner.values, (operation, next) => {
      if (operation.name === 'get') got.push(...operation.keys)
      return next()
    })
    const counted = async (which: Parameters<typeof filtered>[1]): Promise<readonly [number, number]> => {
      got.length = 0
      const found = await createCache(filtered({ ...inner, values }, which))
        .calls.query()
        .count()
      return [found, new Set(got).size]
    }
    expect(await counted({ name: 'even', args: { options: { deep: 4 } } })).toEqual([1, 0])
    expect(await counted({ result: 6, metadata: { runtime: { durationMs: { gt: 20 } } } })).toEqual([1, 0])
    expect(await counted(({ args }) => args[0] === 'ada')).toEqual([2, 0])
    // One argument has more properties than its record lists.
    expect(await counted({ args: { options: { k150: 150 } } })).toEqual([1, 1])
  }
})

test('calls are listed later where only values answer later', async () => {
  for (const make of [testStore, indexedStore]) {
    const inner = make()
    await fillWithCalls(createCache(inner, { inlineBelow: 1000 }))
    const store = filtered(
      { ...(inner as Store), values: laterStore(inner).values },
      { args: { options: { k150: 150 } } },
    )
    const keys: Digest[] = []
    for await (const { key } of store.calls.list()) keys.push(key)
    const found = await createCache(store).calls.query().toArray()
    expect([keys.length, found.map(call => call.digest)]).toEqual([1, keys])
    const plain = filtered({ ...(inner as Store), values: laterStore(inner).values }, { name: 'other' })
    expect([...(plain.calls.list() as Iterable<unknown>)]).toHaveLength(2)
  }
})

test('an index is asked for what the template asks for', async () => {
  const inner = indexedStore()
  await fill(inner)
  let given = 0
  const calls: SyncCallIndex = {
    ...(inner.calls as SyncCallIndex),
    *find(options) {
      for (const entry of (inner.calls as SyncCallIndex).find(options)) {
        given += 1
        yield entry
      }
    },
  }
  const store = { ...inner, calls }
  const view = createCache(filtered(store, { name: 'odd', metadata: { runtime: { durationMs: { gt: 20 } } } }))
  expect(await view.calls.query({ args: { n: ANY } }).count()).toBe(2)
  expect(given).toBe(2)
  given = 0
  expect(await view.calls.query().take(1).toArray()).toHaveLength(1)
  expect(given).toBe(1)
  given = 0
  const parts = createCache(filtered(store, { args: { options: { deep: 3 } } }))
  expect(await parts.calls.query({ args: { options: { deep: ANY } } }).count()).toBe(1)
  expect(given).toBe(1)
})

test('a limit counts what is shown, also where properties may stand in several arguments of one name', async () => {
  const inner = indexedStore()
  const cache = createCache(inner)
  for (let n = 0; n < 8; n++) {
    const identity = { namespace: '', name: 'join', version: n, conditions: [] }
    const values = n % 2 ? [{ a: 1, b: 2 }] : [{ a: 1 }, { b: 2 }]
    const call = cache.calls.prepare(identity, { values, names: values.map(() => 'rest') })
    await cache.calls.commit(call, n, { metadata: {} })
  }
  const { calls } = filtered(inner, { args: { rest: { a: 1, b: 2 } } })
  const all = [...(calls as SyncCallIndex).find({ where: [] })].map(({ key }) => key)
  expect(all).toHaveLength(4)
  for (let limit = 0; limit <= all.length + 1; limit++) {
    const found = [...(calls as SyncCallIndex).find({ where: [], limit })].map(({ key }) => key)
    expect(found).toEqual(all.slice(0, limit))
  }
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
