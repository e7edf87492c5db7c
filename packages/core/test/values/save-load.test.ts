import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCache, createRegistry, type Digest, digest, intercept, type Operation, ref } from '../../src/index.ts'
import { keysIn, laterStore, watchedStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'
import { values as anyValue } from '../support/values.ts'

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('a store that answers %s', (_name, open) => {
  test('what is saved is loaded under its digest, however it is split, by a cache that splits otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(anyValue, fc.constantFrom(0, 20, 4096, Infinity), async (value, inlineBelow) => {
        const store = open()
        const key = await createCache(store, { inlineBelow }).values.save(value)
        expect(key).toBe(digest(value))
        expect(isDeepStrictEqual(await createCache(store).values.load(key), value)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('a value loads by its digest, by a ref and by a prefix', async () => {
    const { values } = createCache(open())
    const key = await values.save({ rows: [1, 2] })
    expect(await values.load(key)).toEqual({ rows: [1, 2] })
    expect(await values.load(ref(key))).toEqual({ rows: [1, 2] })
    expect(await values.load(key.slice(0, 8))).toEqual({ rows: [1, 2] })
    expect(await values.load(key.slice(0, 8).toUpperCase())).toEqual({ rows: [1, 2] })
  })

  test('what is not stored is not found', async () => {
    const { values } = createCache(open())
    await expect(values.load(digest('absent'))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await expect(values.load('abcd')).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await expect(values.children(digest('absent'))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
  })
})

test('values that are saved together get their digests in order, in one write', async () => {
  const writes: Operation[] = []
  const store = watchedStore(testStore(), operation => {
    if (operation.intent === 'write') writes.push(operation)
  })
  const { values } = createCache(store, { inlineBelow: 10 })
  const all = [['x'.repeat(20)], undefined, ['x'.repeat(20), 1]]
  expect(await values.saveAll(all)).toEqual(all.map(value => digest(value)))
  expect(writes.map(({ name }) => name)).toEqual(['put'])
  // The part that both share is written once, before what links to it.
  expect(writes[0]!.keys).toHaveLength(4)
  expect(writes[0]!.keys[0]).toBe(digest('x'.repeat(20)))
})

test('a load takes one read a level', async () => {
  const reads: Operation[] = []
  const store = watchedStore(testStore(), operation => {
    if (operation.name === 'get') reads.push(operation)
  })
  const { values } = createCache(store, { inlineBelow: 0 })
  const key = await values.save([[['deep']], [['other']], [['deep']]])
  expect(await values.load(key)).toEqual([[['deep']], [['other']], [['deep']]])
  expect(reads).toHaveLength(4)
})

test('loads are fresh copies, and a value may be changed once it is being saved', async () => {
  const { values } = createCache(laterStore())
  const value = { list: [1, 2] }
  const saving = values.save(value)
  value.list.push(3)
  const key = await saving
  const first = await values.load(key)
  first.list.push(4)
  expect(await values.load(key)).toEqual({ list: [1, 2] })
})

test('what cannot be told apart is refused by its path, and nothing is written', async () => {
  const store = testStore()
  const { values } = createCache(store)
  await expect(values.save({ rows: [1, () => 2] })).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE' })
  await expect(values.saveAll([1, [Symbol('unique')]])).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE' })
  // @ts-expect-error one value is no array of values
  await expect(values.saveAll(3)).rejects.toThrow(/expected an array of values/)
  expect(keysIn(store)).toEqual([])
})

test('a part that is gone is not found, and the error says what links to it', async () => {
  const { values } = createCache(testStore(), { inlineBelow: 10 })
  const part = 'x'.repeat(20)
  const key = await values.save([[part]])
  await values.evict(digest(part))
  const error = await values.load(key).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'ERR_NOT_FOUND', details: { key: digest(part) } })
  expect(String(error)).toContain(digest([part]))
})

test('children are the parts that a value links to, each once, in the order of their first link', async () => {
  const { values } = createCache(testStore(), { inlineBelow: 10 })
  const [a, b] = ['a'.repeat(20), 'b'.repeat(20)]
  const key = await values.save({ 1: b, 2: a, 3: b, 4: 'small' })
  expect(await values.children(key)).toEqual([digest(b), digest(a)])
  expect(await values.children(key.slice(0, 10))).toEqual([digest(b), digest(a)])
  expect(await values.children(digest(a))).toEqual([])
})

test('reuses count the values that link to a value directly, zeros included', async () => {
  const { values } = createCache(testStore(), { inlineBelow: 10 })
  const part = 'x'.repeat(20)
  await values.saveAll([[part, part], { part }, 'y'.repeat(20)])
  expect(await values.countReuses()).toEqual(
    new Map<Digest, number>([
      [digest(part), 2],
      [digest([part, part]), 0],
      [digest({ part }), 0],
      [digest('y'.repeat(20)), 0],
    ]),
  )
})

test('reuses are counted from first bytes only', async () => {
  const inner = testStore()
  let whole = 0
  const values = {
    ...inner.values,
    get: (keys: readonly Digest[], options?: { readonly upTo?: number }) => {
      if (options?.upTo === undefined) whole += 1
      return inner.values.get(keys, options).map(bytes => bytes?.subarray(0, options?.upTo))
    },
  }
  const cache = createCache({ ...inner, values }, { inlineBelow: 10 })
  const parts = Array.from({ length: 40 }, (_, i) => `${i}`.padEnd(20, '.'))
  const key = await cache.values.save(parts)
  const reuses = await cache.values.countReuses()
  expect(reuses.get(digest(parts[39]))).toBe(1)
  expect(reuses.get(key)).toBe(0)
  expect(whole).toBe(0)
})

test('a destructurer teaches a cache a class until it is disposed', async () => {
  class Point {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
  }
  const cache = createCache(testStore(), { registry: createRegistry() })
  await expect(cache.values.save(new Point(1))).rejects.toMatchObject({ code: 'ERR_UNDIGESTIBLE' })
  const taught = cache.values.registerDestructurer({
    id: 'c0ffee01',
    type: Point,
    takeApart: point => point.x,
    build: x => new Point(x),
  })
  const key = await cache.values.save([new Point(1)])
  expect(await cache.values.load(key)).toEqual([new Point(1)])
  taught[Symbol.dispose]()
  await expect(cache.values.load(key)).rejects.toMatchObject({ code: 'ERR_UNKNOWN_CLASS' })
})

test.each([
  ['6d6f6e65', '6d6f6e65'],
  ['C0FFEE0010', 'c0ffee0010'],
  ['a0000000', 'a0000000'],
  ['00000000', '00000000'],
  ['0123456789abcdef0123456789abcde0', '0123456789abcdef0123456789abcde0'],
])('an instance of the unknown class %s is refused by the id %s, with what to do', async (id, shown) => {
  class Point {}
  const cache = createCache(testStore(), { registry: createRegistry() })
  const definition = { id, type: Point, takeApart: () => null, build: () => new Point() }
  const taught = cache.values.registerDestructurer(definition)
  const key = await cache.values.save([new Point()])
  taught[Symbol.dispose]()
  await expect(cache.values.load(key)).rejects.toThrow(
    `a stored instance is of class ${shown}, which is not registered: register it with registerClass before loading`,
  )
})

test('saving what is there refreshes the age of all of it', async () => {
  const store = testStore()
  const { values } = createCache(store, { inlineBelow: 10 })
  const value = [['x'.repeat(20)], 'y'.repeat(20)]
  await values.save(value)
  const before = new Map(Array.from(store.values.list(), ({ key, touched }) => [key, touched]))
  await values.save(value)
  const after = Array.from(store.values.list())
  expect(after).toHaveLength(before.size)
  for (const { key, touched } of after) expect(touched).toBeGreaterThan(before.get(key)!)
})

test('a store that fails makes a save fail, with its own error', async () => {
  const broken = intercept(testStore(), <T>(operation: Operation, next: () => T): T => {
    if (operation.name === 'put') throw new Error('disk on fire')
    return next()
  })
  await expect(createCache(broken).values.save(1)).rejects.toThrow('disk on fire')
})

describe.each([
  ['now', testStore],
  ['later', () => laterStore()],
])('what a save is told, in a store that answers %s', (_name, open) => {
  const VALUES: readonly (readonly [what: string, value: unknown])[] = [
    ['a small value', 1],
    ['a value in parts', { rows: ['x'.repeat(5000)] }],
  ]

  test.each(VALUES)('%s that has the expected digest is saved', async (_what, value) => {
    const { values } = createCache(open())
    const expected = digest(value)
    expect(await values.save(value, { expect: expected })).toBe(expected)
    expect(await values.load(expected)).toEqual(value)
    expect(await values.save(value, { expect: expected, pin: 'kept' })).toBe(expected)
    expect(await values.save(value, {})).toBe(expected)
  })

  test.each(VALUES)('%s that has another is refused, and nothing is written', async (_what, value) => {
    const store = open()
    const cache = createCache(store)
    const expected = digest('another')
    const refused = {
      code: 'ERR_CORRUPT',
      message: expect.stringMatching(`${expected}.*${digest(value)}`),
      details: { key: expected, reason: `its digest is ${digest(value)}` },
    }
    await expect(cache.values.save(value, { expect: expected })).rejects.toMatchObject(refused)
    await expect(cache.values.save(value, { expect: expected, pin: 'kept' })).rejects.toMatchObject(refused)
    expect((await cache.stats()).values.entries).toBe(0)
    expect(await cache.unpin('kept')).toBe(false)
  })

  test('options that do not exist, and what is no digest, are refused, and nothing is written', async () => {
    const cache = createCache(open())
    // @ts-expect-error it is called pin
    await expect(cache.values.save(1, { Pin: 'x' })).rejects.toThrow(/did you mean pin/)
    // @ts-expect-error options are an object
    await expect(cache.values.save(1, 'x')).rejects.toThrow(/expected options as an object; got "x"/)
    // @ts-expect-error options are an object
    await expect(cache.values.save(1, null)).rejects.toThrow(/expected options as an object; got null/)
    // @ts-expect-error text is not a digest yet
    const short = cache.values.save(1, { expect: digest(1).slice(0, 8) })
    await expect(short).rejects.toThrow(/64 lower-case hex digits/)
    expect((await cache.stats()).values.entries).toBe(0)
  })
})
