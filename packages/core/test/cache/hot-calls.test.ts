import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { createHotCalls, type HotCallsOptions } from '../../src/cache/hot-calls.ts'
import { engineOf, type Found } from '../../src/engine.ts'
import { type CallDigest, createCache, digest, readOnly } from '../../src/index.ts'
import { testStore } from '../support/test-store.ts'
import { failingStore, identity, warnedCache } from './support.ts'

const keyOf = (name: string): CallDigest => digest(name) as string as CallDigest

/** What a look at the store found. `value` counts how often it was built. */
function found(name: string, value: unknown, size = 100): Found & { built: number } {
  const record = {
    digest: keyOf(name),
    identity,
    names: undefined,
    args: [],
    result: { digest: digest('r'), form: undefined, inline: undefined },
    metadata: {},
  }
  const made = {
    record,
    size,
    built: 0,
    value() {
      made.built += 1
      return structuredClone(value)
    },
  }
  return made
}

function table(options: Partial<HotCallsOptions> = {}) {
  const used: CallDigest[] = []
  const clock = { time: 0 }
  const hot = createHotCalls({
    entries: 10,
    bytes: 100_000,
    hotFor: 5000,
    used: call => used.push(call),
    now: () => clock.time,
    ...options,
  })
  return { hot, used, clock }
}

test('a hot call answers with a fresh copy each time', () => {
  const { hot } = table()
  hot.set(found('a', { list: [1] }))
  const first = hot.find(keyOf('a'))!.value() as { list: number[] }
  first.list.push(2)
  expect(hot.find(keyOf('a'))?.value()).toEqual({ list: [1] })
  expect(hot.find(keyOf('b'))).toBeUndefined()
})

test('what nobody can change is built once, undefined and null too', () => {
  const { hot } = table()
  for (const value of [3, 'text', undefined, 10n, false]) {
    const made = found(String(value), value)
    hot.set(made)
    expect(hot.find(made.record.digest)!.value()).toBe(value)
    expect(hot.find(made.record.digest)!.value()).toBe(value)
    expect(made.built).toBe(1)
  }
  hot.set(found('null', null))
  expect(hot.find(keyOf('null'))?.value()).toEqual(null)
})

test('the least recently used goes first when there are too many', () => {
  const { hot } = table({ entries: 2 })
  hot.set(found('a', 1))
  hot.set(found('b', 2))
  hot.find(keyOf('a'))
  hot.set(found('c', 3))
  expect(hot.find(keyOf('b'))).toBeUndefined()
  expect(hot.find(keyOf('a'))?.value()).toEqual(1)
  expect(hot.find(keyOf('c'))?.value()).toEqual(3)
})

test('the least recently used go first when they are too large together', () => {
  const { hot } = table({ bytes: 15_000 })
  for (const name of ['a', 'b', 'c']) hot.set(found(name, name, 4000))
  expect(['a', 'b', 'c'].map(name => hot.find(keyOf(name)) !== undefined)).toEqual([false, true, true])
  hot.set(found('huge', 1, 15_000))
  expect(hot.find(keyOf('huge'))).toBeUndefined()
  expect(hot.find(keyOf('c'))).toBeDefined()
})

test('a result of plain parts is built once, and every copy is whole and its own', () => {
  const parts = [
    { id: 1, name: 'a', list: [1, { deep: [null] }], none: undefined },
    [1, 'a', {}, [[]]],
    JSON.parse('{"__proto__":{"a":1},"1":2,"b":[{"__proto__":3}]}'),
  ]
  for (const [i, value] of parts.entries()) {
    const { hot } = table()
    const made = found(String(i), value)
    hot.set(made)
    const copies = Array.from({ length: 4 }, () => hot.find(made.record.digest)!.value() as object)
    for (const copy of copies) {
      expect(isDeepStrictEqual(copy, value)).toBe(true)
      expect(Object.keys(copy)).toEqual(Object.keys(value))
      // What one caller does to its copy no other sees.
      for (const part of partsOf(copy)) Object.assign(part, { spoilt: true })
    }
    expect(made.built).toBe(1)
  }
})

test('any other result is built anew for each caller', () => {
  const sparse = [1, 2, 3]
  delete sparse[1]
  const values = [new Map([[1, {}]]), { at: new Date(0) }, sparse, [new Set([1])], Object.assign([1], { more: 2 })]
  for (const [i, value] of values.entries()) {
    const { hot } = table()
    const made = found(String(i), value)
    // Not structuredClone, which drops what is more on an array.
    made.value = () => {
      made.built += 1
      return value
    }
    hot.set(made)
    for (let count = 0; count < 3; count += 1) expect(hot.find(made.record.digest)!.value()).toBe(value)
    expect(made.built).toBe(3)
  }
})

test('what has left the table holds no result', () => {
  const { hot } = table({ entries: 1 })
  const call = hot.set(found('a', { a: 1 }))!
  expect(hot.use(call)).toBe(true)
  call.value()
  hot.set(found('b', 1))
  expect(hot.use(call)).toBe(false)
  expect([call.found, call.value()]).toEqual([undefined, undefined])
})

test('what comes new finds room, however much of the rest was used', () => {
  const { hot } = table({ entries: 3 })
  for (let i = 0; i < 50; i += 1) {
    for (let used = Math.max(0, i - 3); used < i; used += 1) expect(hot.find(keyOf(`call ${used}`))).toBeDefined()
    hot.set(found(`call ${i}`, i))
    expect(hot.size).toBe(Math.min(i + 1, 3))
  }
})

function partsOf(value: object): readonly object[] {
  const parts = Object.values(value).filter(part => typeof part === 'object' && part !== null)
  return [value, ...parts.flatMap(partsOf)]
}

test('setting a call again counts it once', () => {
  const { hot } = table({ bytes: 15_000 })
  for (let i = 0; i < 50; i += 1) hot.set(found('a', i, 4000))
  hot.set(found('b', 0, 4000))
  expect(hot.find(keyOf('a'))?.value()).toEqual(49)
  hot.set(found('a', 0, 20_000))
  expect(hot.find(keyOf('a'))).toBeUndefined()
})

test('a hot call answers for as long as it may, and no longer', () => {
  const { hot, clock } = table()
  hot.set(found('a', 1))
  clock.time = 5000
  expect(hot.find(keyOf('a'))).toBeDefined()
  clock.time = 5001
  expect(hot.find(keyOf('a'))).toBeUndefined()
  hot.set(found('b', 1))
  clock.time = 9999
  hot.find(keyOf('b'))
  clock.time = 10_002
  // Use does not make it stay.
  expect(hot.find(keyOf('b'))).toBeUndefined()
})

test('uses are reported once, when the call leaves the table', () => {
  const { hot, used, clock } = table({ entries: 1 })
  hot.set(found('a', 1))
  hot.find(keyOf('a'))
  hot.find(keyOf('a'))
  expect(used).toEqual([])
  clock.time = 6000
  hot.find(keyOf('a'))
  expect(used).toEqual([keyOf('a')])
  hot.set(found('b', 1))
  hot.find(keyOf('b'))
  hot.set(found('c', 1))
  expect(used).toEqual([keyOf('a'), keyOf('b')])
  hot.set(found('d', 1))
  expect(used).toHaveLength(2)
})

test('a deleted call is gone and reports nothing; clear forgets all', () => {
  const { hot, used } = table()
  for (const name of ['a', 'b']) {
    hot.set(found(name, 1))
    hot.find(keyOf(name))
  }
  hot.delete(keyOf('a'))
  hot.delete(keyOf('a'))
  expect(hot.find(keyOf('a'))).toBeUndefined()
  hot.clear()
  expect(hot.find(keyOf('b'))).toBeUndefined()
  expect(used).toEqual([])
})

async function hotCall(cache: ReturnType<typeof createCache>) {
  const engine = engineOf(cache)
  const call = engine.prepare(identity, { values: [1], names: undefined })
  engine.hot!.set(await engine.commit(call, 'result', { metadata: {}, replace: false }))
  expect(engine.hot!.find(call.digest)?.value()).toEqual('result')
  return { engine, digest: call.digest }
}

test('a call that is evicted or replaced anywhere in this cache is hot no longer', async () => {
  const cache = createCache(testStore())
  const evictions = [
    (key: CallDigest) => cache.calls.evict(key),
    (key: CallDigest) => cache.calls.evict(key.slice(0, 10)),
    (key: CallDigest) => engineOf(cache).evict(key),
    () => cache.calls.query().evict(),
    () => cache.calls.transform(() => undefined),
    () =>
      cache.calls.commit(cache.calls.prepare(identity, { values: [1], names: undefined }), 'anew', { replace: true }),
  ]
  for (const evict of evictions) {
    const { engine, digest: key } = await hotCall(cache)
    await evict(key)
    expect(engine.hot!.find(key)).toBeUndefined()
  }
})

test('a call that is used without a look at the store still gets younger there', async () => {
  const store = testStore()
  const cache = createCache(store, { hot: { entries: 1 } })
  const { engine } = await hotCall(cache)
  const [before] = store.calls.list()
  // It leaves the table, and its use is reported behind the back of this call.
  engine.hot!.set(found('other', 1))
  await new Promise(resolve => setTimeout(resolve))
  const [after] = store.calls.list()
  expect(after!.touched).toBeGreaterThan(before!.touched)
})

test('a program that never ends its turn has its uses reported all the same', () => {
  const store = testStore()
  const engine = engineOf(createCache(store, { hot: { entries: 1 } }))
  const call = engine.prepare(identity, { values: [1], names: undefined })
  void engine.commit(call, 'result', { metadata: {}, replace: false })
  const [before] = store.calls.list()
  for (const name of [undefined, ...Array(1000).keys()]) {
    const used =
      name === undefined ? engine.hot!.set(engine.find(call.digest) as Found) : engine.hot!.set(found(String(name), 1))
    engine.hot!.use(used!)
  }
  const [after] = store.calls.list()
  expect(after!.touched).toBeGreaterThan(before!.touched)
})

test('a report that fails is a warning; in a read-only store it is nothing', async () => {
  for (const [wrap, expected] of [
    [(inner: ReturnType<typeof testStore>) => failingStore(inner, ({ name }) => name === 'touch'), [{ code: 'store' }]],
    [readOnly, []],
  ] as const) {
    const inner = testStore()
    const first = engineOf(createCache(inner))
    const call = first.prepare(identity, { values: [1], names: undefined })
    await first.commit(call, 'result', { metadata: {}, replace: false })
    const { cache, warnings } = warnedCache(wrap(inner), { hot: { entries: 1 } })
    const engine = engineOf(cache)
    engine.hot!.set((await engine.find(call.digest))!)
    engine.hot!.find(call.digest)
    engine.hot!.set(found('other', 1))
    await cache.close()
    expect(warnings).toMatchObject(expected)
    expect(warnings).toHaveLength(expected.length)
  }
})
