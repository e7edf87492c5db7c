import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { engineOf } from '../../src/engine.ts'
import {
  type CallDigest,
  createCache,
  createRegistry,
  type Digest,
  digest,
  intercept,
  isRef,
  type Operation,
  ref,
  type Store,
  voidStore,
} from '../../src/index.ts'
import {
  damage,
  failingStore,
  identity,
  keysIn,
  large,
  laterStore,
  warnedCache,
  watchedStore,
} from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'
import { values as anyValue } from '../support/values.ts'

const args = (...values: readonly unknown[]) => ({ values, names: undefined })

async function commit(store: Store, values: readonly unknown[], result: unknown): Promise<CallDigest> {
  const { calls } = createCache(store)
  return calls.commit(calls.prepare(identity, args(...values)), result)
}

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test('what was committed is loaded: identity, arguments, result, metadata', async () => {
    const { calls } = createCache(open())
    const call = calls.prepare(
      { namespace: 'n', name: 'f', version: 2, conditions: [digest('env')] },
      { values: ['ada', { day: 3 }], names: ['user', 'options'] },
    )
    const key = await calls.commit(call, [1, undefined], { metadata: { tags: { project: 'x' } } })
    expect(key).toBe(call.digest)
    const record = await calls.load(key)
    expect(record).toMatchObject({ digest: key, namespace: 'n', name: 'f', version: 2, params: ['user', 'options'] })
    expect(record.args).toEqual(['ada', { day: 3 }])
    expect(await record.loadArgs()).toEqual(['ada', { day: 3 }])
    expect(record.resultRef.digest).toBe(digest([1, undefined]))
    expect(await record.result()).toEqual([1, undefined])
    expect(record.metadata).toEqual({ tags: { project: 'x' } })
    expect((await calls.load(key.slice(0, 9))).digest).toBe(key)
  })

  test('any arguments and any result come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyValue, { maxLength: 3 }), anyValue, async (values, result) => {
        const store = open()
        const record = await createCache(store).calls.load(await commit(store, values, result))
        expect(isDeepStrictEqual(await record.loadArgs(), values)).toBe(true)
        expect(isDeepStrictEqual(await record.result(), result)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('the first record of a key stands, unless it is to be replaced', async () => {
    const { calls } = createCache(open())
    const prepare = () => calls.prepare(identity, args(1))
    const key = await calls.commit(prepare(), 'first')
    await calls.commit(prepare(), 'second')
    expect(await (await calls.load(key)).result()).toBe('first')
    await calls.commit(prepare(), 'third', { replace: true })
    expect(await (await calls.load(key)).result()).toBe('third')
  })

  test('a commit that came second answers with what stands', async () => {
    const engine = engineOf(createCache(open()))
    const options = { metadata: {}, replace: false }
    await engine.commit(engine.prepare(identity, args(1)), 'first', options)
    const found = await engine.commit(engine.prepare(identity, args(1)), 'second', options)
    expect(found.value()).toBe('first')
  })

  test('large arguments and results are values of their own; small ones travel in the record', async () => {
    const store = open()
    const cache = createCache(store)
    const rows = Array.from({ length: 600 }, (_, i) => ({ i }))
    const key = await commit(store, ['small', rows], large('ab'))
    const record = await cache.calls.load(key)
    expect(record.args[0]).toBe('small')
    expect(isRef(record.args[1]) && record.args[1].digest).toBe(digest(rows))
    expect(await cache.values.load(digest(rows))).toEqual(rows)
    expect(await cache.values.load(record.resultRef)).toEqual(large('ab'))
    expect(await cache.values.contains(digest('small'))).toBe(false)
    // A result is always a value too.
    const other = await cache.calls.load(await commit(store, [1], 'result'))
    expect(await cache.values.load(other.resultRef)).toBe('result')
  })

  test('arguments that are not stored leave their digests only', async () => {
    const { calls, values } = createCache(open())
    const call = calls.prepare(identity, args('secret', large('ab')), { storeArguments: false })
    const record = await calls.load(await calls.commit(call, 1))
    expect(record.args).toEqual([ref(digest('secret')), ref(digest(large('ab')))])
    await expect(record.loadArgs()).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect(await values.contains(digest(large('ab')))).toBe(false)
    expect(call.digest).toBe(calls.prepare(identity, args('secret', large('ab'))).digest)
  })

  test('a record whose result is gone is a miss that removes itself', async () => {
    const cache = createCache(open())
    const engine = engineOf(cache)
    const call = engine.prepare(identity, args(1))
    await engine.commit(call, large('ab'), { metadata: {}, replace: false })
    await cache.values.evict(digest('a'.repeat(3000)))
    await cache.values.evict(digest(large('ab')))
    expect(await engine.has(call.digest)).toBe(true)
    // Its own payload is small enough to travel in the record: only a part of it is needed.
    const whole = engine.prepare(identity, args(2))
    await engine.commit(whole, ['x'.repeat(9000)], { metadata: {}, replace: false })
    await cache.values.evict(digest('x'.repeat(9000)))
    expect(await engine.find(whole.digest)).toBeUndefined()
    expect(await engine.has(whole.digest)).toBe(false)
  })
})

test('a small hit is one read, and a miss is one commit', async () => {
  const seen: string[] = []
  const store = watchedStore(testStore(), ({ name }) => seen.push(name))
  const engine = engineOf(createCache(store))
  const call = engine.prepare(identity, args('ada', 3))
  await engine.commit(call, { rows: [1] }, { metadata: {}, replace: false })
  expect(seen).toEqual(['commit'])
  await engine.find(call.digest)
  expect(seen).toEqual(['commit', 'get'])
})

test('everything of one call goes through one commit, children first', async () => {
  const seen: Operation[] = []
  const store = watchedStore(testStore(), operation => seen.push(operation))
  const part = 'x'.repeat(5000)
  await commit(store, [[part]], { part })
  expect(seen.map(({ name }) => name)).toEqual(['commit'])
  expect(seen[0]!.keys.slice(0, -1)).toEqual([digest(part), digest([part]), digest({ part })])
})

test('over a store that answers now the engine answers now', () => {
  const engine = engineOf(createCache(testStore()))
  const call = engine.prepare(identity, args(1))
  const found = engine.commit(call, 'result', { metadata: {}, replace: false })
  expect('value' in found && found.value()).toBe('result')
  expect(engine.find(call.digest)).toMatchObject({ size: expect.any(Number) })
  expect(engine.has(call.digest)).toBe(true)
  expect(engine.record(call.digest)).toMatchObject({ name: 'slow' })
  expect(engine.evict(call.digest)).toBe(true)
  expect(engine.find(call.digest)).toBeUndefined()
})

test('each answer is a fresh copy', async () => {
  const engine = engineOf(createCache(testStore()))
  const call = engine.prepare(identity, args(1))
  const found = await engine.commit(call, { list: [1] }, { metadata: {}, replace: false })
  ;(found.value() as { list: number[] }).list.push(2)
  expect(found.value()).toEqual({ list: [1] })
})

test('arguments are encoded when the call is prepared: changing them later changes nothing', async () => {
  const { calls } = createCache(testStore())
  const list = [3, 1, 2]
  const call = calls.prepare(identity, args(list))
  list.sort()
  const record = await calls.load(await calls.commit(call, list))
  expect(await record.loadArgs()).toEqual([[3, 1, 2]])
  expect(await record.result()).toEqual([1, 2, 3])
})

test('a call is committed once or abandoned, and an abandoned one wrote nothing', async () => {
  const store = testStore()
  const { calls } = createCache(store)
  const call = calls.prepare(identity, args(large('ab')))
  calls.abandon(call)
  calls.abandon(call)
  await expect(calls.commit(call, 1)).rejects.toThrow(/was abandoned already/)
  expect(keysIn(store)).toEqual([])
  const other = calls.prepare(identity, args(1))
  await calls.commit(other, 1)
  await expect(calls.commit(other, 1)).rejects.toThrow(/was committed already/)
  calls.abandon(other)
  expect(await calls.contains(other.digest)).toBe(true)
  const third = calls.prepare(identity, args(2))
  const committing = calls.commit(third, 1)
  await expect(Promise.all([committing, calls.commit(third, 1)])).rejects.toThrow(TypeError)
})

test('a commit that failed may be tried again', async () => {
  let broken = true
  const { calls } = createCache(failingStore(testStore(), ({ name }) => broken && name === 'commit'))
  const call = calls.prepare(identity, args(1))
  await expect(calls.commit(call, 1)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
  await expect(calls.commit(call, () => 1)).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE' })
  broken = false
  expect(await (await calls.load(await calls.commit(call, 1))).result()).toBe(1)
})

test('a call belongs to the cache that prepared it', async () => {
  const store = testStore()
  const call = createCache(store).calls.prepare(identity, args(1))
  await expect(createCache(store).calls.commit(call, 1)).rejects.toThrow(/prepared by this cache/)
})

test('wrong identities, arguments and metadata are refused by what was expected', async () => {
  const { calls } = createCache(testStore())
  const bad = (part: object) => () => calls.prepare({ ...identity, ...part }, args())
  expect(bad({ name: 3 })).toThrow(TypeError)
  expect(bad({ namespace: undefined })).toThrow(TypeError)
  expect(bad({ version: Number.NaN })).toThrow(TypeError)
  expect(bad({ conditions: ['abc'] })).toThrow(TypeError)
  // @ts-expect-error arguments are an array
  expect(() => calls.prepare(identity, { values: 'ada', names: undefined })).toThrow(TypeError)
  // @ts-expect-error names are strings
  expect(() => calls.prepare(identity, { values: [], names: [1] })).toThrow(TypeError)
  // @ts-expect-error metadata is an object
  await expect(calls.commit(calls.prepare(identity, args()), 1, { metadata: [] })).rejects.toThrow(TypeError)
})

test('what cannot be told apart is refused by its path, as argument, result or metadata', async () => {
  const store = testStore()
  const { calls } = createCache(store)
  const refused = { code: 'ERR_UNDIGESTIBLE' }
  expect(() => calls.prepare(identity, args({ callback: () => 1 }))).toThrow(expect.objectContaining(refused))
  await expect(calls.commit(calls.prepare(identity, args(1)), [() => 1])).rejects.toMatchObject(refused)
  const call = calls.prepare(identity, args(1))
  await expect(calls.commit(call, 1, { metadata: { x: () => 1 } })).rejects.toMatchObject(refused)
  expect([...keysIn(store), ...keysIn(store, 'calls')]).toEqual([])
})

test('a damaged record is a miss that is reported, removed and healed by the next commit', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const engine = engineOf(cache)
  const options = { metadata: {}, replace: false }
  const prepare = () => engine.prepare(identity, args(1))
  const { digest: key } = prepare()
  await engine.commit(prepare(), 'result', options)
  damage(store, 'calls', key)
  expect(await engine.find(key)).toBeUndefined()
  expect(warnings).toMatchObject([{ code: 'corrupt', cause: { details: { key } } }])
  expect(await engine.has(key)).toBe(false)
  await engine.commit(prepare(), 'result', options)
  damage(store, 'calls', key)
  await expect(cache.calls.load(key)).rejects.toMatchObject({ code: 'ERR_CORRUPT' })
  await engine.commit(prepare(), 'result', options)
  damage(store, 'calls', key)
  // Nobody looked: the commit itself finds what stands in its way.
  await engine.commit(prepare(), 'result', options)
  expect(engine.find(key)).toMatchObject({ record: { digest: key } })
})

test('a record that holds something else is corrupt', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const key = await cache.values.save([1, 2])
  const call = cache.calls.prepare(identity, args(1))
  // Sealed under its key, but no record.
  const forged = store.values.get([key])[0]!
  store.calls.put([{ key, bytes: forged }], 'keep')
  await expect(cache.calls.load(key)).rejects.toMatchObject({
    code: 'ERR_CORRUPT',
    details: { reason: 'it is not a call record' },
  })
  expect(warnings).toHaveLength(1)
  expect(await cache.calls.contains(call.digest)).toBe(false)
})

test('a record of an unknown format is a miss that is left, and in the way of a commit', async () => {
  const store = testStore()
  const { cache, warnings } = warnedCache(store)
  const engine = engineOf(cache)
  const call = engine.prepare(identity, args(1))
  // A key of calls is as long as one of values.
  store.calls.put([{ key: call.digest as string as Digest, bytes: new Uint8Array(80).fill(9) }], 'keep')
  expect(await engine.find(call.digest)).toBeUndefined()
  expect(await engine.record(call.digest)).toBeUndefined()
  await expect(cache.calls.commit(call, 1)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
  expect(warnings).toEqual([])
  await cache.calls.commit(call, 1, { replace: true })
  expect(await engine.find(call.digest)).toBeDefined()
})

test('a damaged result is a miss that removes its record', async () => {
  const store = testStore()
  const { cache } = warnedCache(store)
  const engine = engineOf(cache)
  const call = engine.prepare(identity, args(1))
  await engine.commit(call, 'x'.repeat(9000), { metadata: {}, replace: false })
  damage(store, 'values', digest('x'.repeat(9000)))
  expect(await engine.find(call.digest)).toBeUndefined()
  expect(await engine.has(call.digest)).toBe(false)
})

test('a failing read is a failure, not a miss', async () => {
  let broken = false
  const store = failingStore(testStore(), ({ name }) => broken && name === 'get')
  const engine = engineOf(createCache(store))
  const call = engine.prepare(identity, args(1))
  await engine.commit(call, 'x'.repeat(9000), { metadata: {}, replace: false })
  broken = true
  expect(() => engine.find(call.digest)).toThrow(expect.objectContaining({ code: 'ERR_BACKEND' }))
  broken = false
  expect(await engine.find(call.digest)).toBeDefined()
})

test('refs in arguments, results and metadata are checked before anything is written', async () => {
  const store = testStore()
  const { calls } = createCache(store)
  const absent = ref(digest('absent'))
  const refused = { code: 'ERR_FALSE_REFERENCE' }
  await expect(calls.commit(calls.prepare(identity, args(absent)), 1)).rejects.toMatchObject(refused)
  await expect(calls.commit(calls.prepare(identity, args(1)), [absent])).rejects.toMatchObject(refused)
  const call = calls.prepare(identity, args(1))
  await expect(calls.commit(call, 1, { metadata: { x: absent } })).rejects.toMatchObject(refused)
  expect([...keysIn(store), ...keysIn(store, 'calls')]).toEqual([])
})

test('a ref as argument or result stands for its value', async () => {
  const cache = createCache(testStore())
  const engine = engineOf(cache)
  const rows = Array.from({ length: 600 }, (_, i) => ({ i }))
  const key = await cache.values.save(rows)
  const call = engine.prepare(identity, args(ref(key), [ref(key)]))
  expect(call.digest).toBe(engine.prepare(identity, args(rows, [rows])).digest)
  await engine.checkReferences(call)
  const found = await engine.commit(call, ref(key), { metadata: {}, replace: false })
  expect(found.value()).toEqual(rows)
  expect((await engine.find(call.digest))?.value()).toEqual(rows)
  expect(await (await cache.calls.load(call.digest)).loadArgs()).toEqual([rows, [rows]])
  const other = engine.prepare(identity, args(2))
  const nested = await engine.commit(other, { part: ref(key), own: 'x'.repeat(5000) }, { metadata: {}, replace: false })
  expect(nested.value()).toEqual({ part: rows, own: 'x'.repeat(5000) })
})

test('instances of unregistered classes are named when they are loaded', async () => {
  class Point {}
  const store = testStore()
  const registry = createRegistry()
  registry.register({ id: 'c0ffee02', type: Point, takeApart: () => 1, build: () => new Point() })
  const { calls } = createCache(store, { registry })
  const key = await calls.commit(calls.prepare(identity, args(1)), new Point())
  const record = await createCache(store).calls.load(key)
  await expect(record.result()).rejects.toMatchObject({ code: 'ERR_UNKNOWN_CLASS' })
})

test('a store that keeps nothing still answers with the result', async () => {
  const engine = engineOf(createCache(voidStore()))
  const found = await engine.commit(engine.prepare(identity, args(1)), large('ab'), { metadata: {}, replace: false })
  expect(found.value()).toEqual(large('ab'))
})

test('whatever stops a commit, what can be read is whole', async () => {
  // Every write after the n-th fails, for each n.
  for (let n = 0; n < 6; n += 1) {
    const inner = testStore()
    await commit(inner, [0], [large('ba')])
    let writes = 0
    const failing = intercept(inner, (operation, next) => {
      if (operation.intent === 'write' && ++writes > n) throw new Error('stopped')
      return next()
    })
    const { calls } = createCache(failing)
    const call = calls.prepare(identity, args(large('ab')))
    await calls.commit(call, [large('ab')]).catch(() => undefined)
    const { cache, warnings } = warnedCache(inner)
    for await (const record of cache.calls.query()) {
      await record.loadArgs()
      await record.result()
    }
    expect(warnings).toEqual([])
  }
})
