import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import {
  ANY,
  createCache,
  digest,
  exact,
  memoryStore,
  type Query,
  readOnly,
  ref,
  tiered,
  voidStore,
} from '../../src/index.ts'
import { identity } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'

test('a cache and a store show the label of the store', () => {
  const cache = createCache(memoryStore())
  expect([inspect(cache), String(cache)]).toEqual(['Cache { memory }', 'Cache { memory }'])
  expect([inspect(memoryStore()), String(memoryStore())]).toEqual(['Store { memory }', 'Store { memory }'])
  expect(inspect(voidStore())).toBe('Store { void }')
  const store = readOnly(tiered([memoryStore(), memoryStore()]))
  expect(inspect(store)).toBe(`Store { ${store.label} }`)
  expect(Object.getOwnPropertySymbols({ ...cache })).toEqual([Symbol.asyncDispose])
  expect(Object.getOwnPropertySymbols({ ...store })).toEqual([])
})

test('a reference shows the first digits of its digest', () => {
  const one = ref(digest('x'))
  expect(inspect({ one })).toBe(`{ one: Ref ${one.digest.slice(0, 12)}… }`)
})

test.each<[string, (calls: (template?: object) => Query<unknown>) => Query<unknown>, string]>([
  ['all calls', calls => calls(), 'Query {}'],
  ['a name', calls => calls({ name: 'f', args: { city: ANY } }), 'Query { name: "f", args: { city: ANY } }'],
  ['a whole', calls => calls({ args: [exact({ a: 1 })] }), 'Query { args: [exact({ a: 1 })] }'],
  [
    'a chain',
    calls => calls({ name: 'f' }).orderBy('/tags/project', 'desc').skip(1).take(2),
    'Query { name: "f" }.orderBy("/tags/project", "desc").skip(1).take(2)',
  ],
  [
    'a chain of functions',
    calls =>
      calls({ name: 'f' })
        .filter(() => true)
        .unique(() => 1)
        .sortedBy(() => 1),
    'Query { name: "f" }.filter(…).unique(…).sortedBy(…, "asc")',
  ],
])('a query for %s shows what it asks for, and reads nothing', async (_, make, shown) => {
  const cache = createCache(testStore())
  const query = make(cache.calls.query)
  await cache.close()
  expect([inspect(query), String(query)]).toEqual([shown, shown])
  expect(Object.getOwnPropertySymbols({ ...query })).toEqual([Symbol.asyncIterator])
})

test('only says how many there are, up to a hundred', async () => {
  const cache = createCache(testStore())
  const record = async (from: number, to: number): Promise<void> => {
    for (let i = from; i < to; i += 1) {
      await cache.calls.commit(cache.calls.prepare({ ...identity, name: 'f' }, { values: [i], names: undefined }), i)
    }
  }
  const query = cache.calls.query({ name: 'f' }).filter(() => true)
  const told = async (): Promise<unknown> => query.only().catch((error: unknown) => error)
  await record(0, 3)
  expect(await told()).toEqual(new RangeError('expected one call that matches { name: "f" }.filter(…); there are 3'))
  await record(3, 102)
  expect(await told()).toEqual(
    new RangeError('expected one call that matches { name: "f" }.filter(…); there are 100 or more'),
  )
})
