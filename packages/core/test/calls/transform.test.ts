import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import {
  type CallChange,
  type CallRecord,
  createCache,
  createRegistry,
  type Digest,
  type Store,
} from '../../src/index.ts'
import { damage, identity, indexedStore, keysIn, large, laterStore, warnedCache } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

async function filledWith(store: Store, versions: readonly number[]) {
  const made = warnedCache(store)
  for (const version of versions) {
    const call = made.cache.calls.prepare(
      { ...identity, version },
      { values: ['ada', large('ba')], names: ['user', 'data'] },
    )
    await made.cache.calls.commit(call, [version, large('ab')], { metadata: { tags: { version } } })
  }
  return made
}

const bump = ({ version }: CallRecord): CallChange => ({ version: (version as number) + 1 })
const versionsOf = async ({ calls }: { readonly calls: { query(): { toArray(): Promise<CallRecord[]> } } }) =>
  (await calls.query().toArray()).map(call => call.version as number).sort((a, b) => a - b)

describe.each([
  ['that answers now', testStore],
  ['that answers later', () => laterStore()],
  ['with an index', indexedStore],
])('in a store %s', (_name, open) => {
  test('records get the key of their new identity, and keep all else', async () => {
    const { cache } = await filledWith(open(), [1])
    const before = await cache.calls.query().only()
    expect(await cache.calls.transform(() => ({ name: 'renamed' }))).toEqual({ changed: 1, removed: 0, kept: 0 })
    const after = await cache.calls.query({ name: 'renamed', args: { user: 'ada' } }).only()
    const again = cache.calls.prepare(
      { ...identity, name: 'renamed', version: 1 },
      { values: ['ada', large('ab')], names: undefined },
    )
    expect(after.digest).toBe(again.digest)
    expect(await cache.calls.contains(before.digest)).toBe(false)
    expect(after.metadata).toEqual({ tags: { version: 1 } })
    expect(Object.keys((await after.loadArgs())[1] as object)).toEqual(['b', 'a'])
    expect(await after.result()).toEqual([1, large('ab')])
    expect(await cache.calls.query({ name: 'slow' }).count()).toBe(0)
    expect(await cache.gc({ grace: 0 })).toMatchObject({ removed: 0 })
  })

  test('records that take the keys of each other are all changed once', async () => {
    const { cache } = await filledWith(open(), [1, 2, 3, 5])
    expect(await cache.calls.transform(bump)).toEqual({ changed: 4, removed: 0, kept: 0 })
    expect(await versionsOf(cache)).toEqual([2, 3, 4, 6])
    for (const call of await cache.calls.query().toArray()) {
      expect(((await call.result()) as readonly unknown[])[0]).toBe((call.version as number) - 1)
    }
  })

  test('records that change places are both there', async () => {
    const { cache } = await filledWith(open(), [1, 2])
    await cache.calls.transform(({ version }) => ({ version: 3 - (version as number) }))
    const results = await cache.calls
      .query()
      .map(async call => [call.version, ((await call.result()) as unknown[])[0]])
      .toArray()
    expect(results.sort()).toEqual([
      [1, 2],
      [2, 1],
    ])
  })

  test('of records that come to one key one stays', async () => {
    const { cache } = await filledWith(open(), [1, 2, 3])
    expect(await cache.calls.transform(() => ({ version: undefined }))).toEqual({ changed: 3, removed: 0, kept: 0 })
    expect(await cache.calls.query({ version: undefined }).count()).toBe(1)
    expect(await cache.calls.query().count()).toBe(1)
  })
})

test('undefined removes a record, no change keeps it', async () => {
  const { cache } = await filledWith(testStore(), [1, 2, 3])
  const result = await cache.calls.transform(async call => (call.version === 1 ? undefined : {}))
  expect(result).toEqual({ changed: 0, removed: 1, kept: 2 })
  expect(await versionsOf(cache)).toEqual([2, 3])
})

test('metadata can be changed in place, and found by what it is then', async () => {
  const { cache } = await filledWith(indexedStore(), [1])
  expect(await cache.calls.transform(() => ({ metadata: { tags: { team: 'b' } } }))).toEqual({
    changed: 1,
    removed: 0,
    kept: 0,
  })
  expect(await cache.calls.query({ metadata: { tags: { team: 'b' } } }).count()).toBe(1)
  expect(await cache.calls.query({ metadata: { tags: { version: 1 } } }).count()).toBe(0)
})

test('the new record is written before the old one goes', async () => {
  const store = testStore()
  const { cache } = await filledWith(store, [1])
  const counts: number[] = []
  const watched = {
    ...store,
    calls: {
      ...store.calls,
      delete(removals: Parameters<typeof store.calls.delete>[0]) {
        counts.push(keysIn(store, 'calls').length)
        return store.calls.delete(removals)
      },
    },
  }
  await createCache(watched).calls.transform(bump)
  expect(counts).toEqual([2])
  expect(await versionsOf(cache)).toEqual([2])
})

test('damaged records are reported and passed over', async () => {
  const store = testStore()
  const { cache, warnings } = await filledWith(store, [1, 2])
  damage(store, 'calls', keysIn(store, 'calls')[0] as Digest)
  expect(await cache.calls.transform(bump)).toMatchObject({ changed: 1 })
  expect(warnings).toMatchObject([{ code: 'corrupt' }])
})

test('hot calls of changed records are dropped', async () => {
  const { cache } = await filledWith(testStore(), [1])
  const { hot, find } = engineOf(cache)
  const { digest } = await cache.calls.query().only()
  hot!.set((await find(digest))!)
  expect(hot!.find(digest)).toBeDefined()
  await cache.calls.transform(bump)
  expect(hot!.find(digest)).toBeUndefined()
})

test('wrong changes are refused by what was expected', async () => {
  const { cache } = await filledWith(testStore(), [1])
  // @ts-expect-error a change is made by a function
  await expect(cache.calls.transform({ version: 2 })).rejects.toThrow(/expected a function/)
  // @ts-expect-error a change is an object
  await expect(cache.calls.transform(() => 'v2')).rejects.toThrow(/expected an object with changes/)
  // @ts-expect-error a name is text
  await expect(cache.calls.transform(() => ({ name: 3 }))).rejects.toThrow(TypeError)
  expect(await versionsOf(cache)).toEqual([1])
})

test('a result of a class that is not known here is filed anew, and found by its parts where the class is known', async () => {
  class Point {
    readonly x = 1
  }
  const registry = createRegistry()
  registry.register({ id: 'c0ffee04', type: Point, takeApart: () => 1, build: () => new Point() })
  const store = indexedStore()
  const knowing = createCache(store, { registry })
  const call = knowing.calls.prepare(identity, { values: [1], names: ['n'] })
  await knowing.calls.commit<unknown>(call, { at: new Point(), n: 7 })
  const found = async (): Promise<number[]> => {
    const asked = [{ n: 7 }, { n: 8 }, { at: new Point() }]
    return Promise.all(asked.map(result => knowing.calls.query({ result }).count()))
  }
  expect(await found()).toEqual([1, 0, 1])
  const other = createCache(store, { registry: createRegistry() })
  expect(await other.calls.transform(() => ({ name: 'renamed' }))).toEqual({ changed: 1, removed: 0, kept: 0 })
  expect(await found()).toEqual([1, 0, 1])
})
