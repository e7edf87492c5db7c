import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCache, createRegistry, type Digest, digest, type Lazy, ref } from '../../src/index.ts'
import { damage, keysIn, laterStore, warnedCache, watchedStore } from '../cache/support.ts'
import { testStore } from '../support/test-store.ts'
import { values } from '../support/values.ts'
import { pathsOf, reached } from './lazy-paths.ts'

const MIB = 2 ** 20
const text = (name: string): string => name.repeat(5000)

/** A cache that tells which entries were read. */
function countedCache(inlineBelow = 4096) {
  const reads: Digest[] = []
  const store = watchedStore(testStore(), ({ name, keys }) => {
    if (name === 'get') reads.push(...keys)
  })
  return { reads, store, cache: createCache(store, { inlineBelow }) }
}

/** The handle of a value that was just saved, with no reads noted but those that follow. */
async function saved<T>(value: T, inlineBelow?: number) {
  const { reads, store, cache } = countedCache(inlineBelow)
  const key = await cache.values.save(value)
  reads.length = 0
  return { reads, store, cache, key, lazy: await cache.values.lazy(key) }
}

const users = new Map([
  ['ada', { name: 'Ada', mails: [text('a'), text('b')] }],
  ['bob', { name: 'Bob', mails: [text('c')] }],
])
const project = { title: 'p', users, rows: [text('r'), { deep: [text('s'), 1] }], maybe: undefined }

describe('a path', () => {
  test('leads to what it leads to in the value, whatever the value', () =>
    fc.assert(
      fc.asyncProperty(values, fc.constantFrom(0, 16, 64, 4096, 1_000_000), async (value, inlineBelow) => {
        const { lazy } = await saved<unknown>(value, inlineBelow)
        for (const path of pathsOf(value).slice(0, 12)) {
          const part = await lazy.at(...path)
          expect(isDeepStrictEqual(await part!.load(), reached(value, path))).toBe(true)
        }
      }),
      { numRuns: 150 },
    ))

  test('reads the entries on the way, and the part no sooner than it is asked for', async () => {
    const { lazy, reads } = await saved(project, 16)
    expect(reads).toHaveLength(1)
    const mail = await lazy.at('users', 'ada', 'mails', 1)
    expect(reads).toHaveLength(4)
    expect(await mail?.load()).toBe(text('b'))
    expect(reads).toHaveLength(5)
  })

  test('reads no entry twice, not even for paths that are followed at once', async () => {
    const { lazy, reads } = await saved(project, 64)
    await Promise.all([lazy.at('rows', 1, 'deep'), lazy.at('rows', 0), lazy.at('rows', 1, 'deep', 0)])
    await (await lazy.at('rows')).load()
    await lazy.load()
    expect(new Set(reads).size).toBe(reads.length)
  })

  test('that leads nowhere gives undefined; what is undefined is a part', async () => {
    const { lazy } = await saved<unknown>(project)
    for (const path of [
      ['absent'],
      ['title', 'length'],
      ['maybe', 'x'],
      ['rows', 2],
      ['users', 'eve'],
      ['__proto__'],
    ]) {
      expect(await lazy.at(...path)).toBeUndefined()
    }
    expect(await (await lazy.at('maybe'))?.load()).toBeUndefined()
    expect(await (await lazy.at('maybe'))?.type()).toBe('undefined')
  })

  test('may count from the end of an array', async () => {
    const { lazy } = await saved([1, [2, text('x')], 'last'])
    expect(await (await lazy.at(-1))?.load()).toBe('last')
    expect(await lazy.at(-4)).toBeUndefined()
  })

  test('through a property named __proto__ is like any other', async () => {
    const { lazy } = await saved<unknown>(JSON.parse('{"__proto__": {"a": 1}}'))
    expect(await (await lazy.at('__proto__', 'a'))?.load()).toBe(1)
  })

  test('finds a key of a Map by what it is: a record, a long text, a ref to it', async () => {
    const long = { q: text('q') }
    const map = new Map<unknown, string>([
      [{ a: 1, b: [2] }, 'record'],
      [text('k'), 'text'],
      [long, 'long'],
      [Number.NaN, 'nan'],
      [1, 'one'],
      ['1', 'text one'],
    ])
    for (const inlineBelow of [0, 64, 4096]) {
      const { lazy } = await saved<unknown>(map, inlineBelow)
      for (const [key, found] of [
        [{ b: [2], a: 1 }, 'record'],
        [text('k'), 'text'],
        [{ ...long }, 'long'],
        [ref(digest(long)), 'long'],
        [Number.NaN, 'nan'],
        [1, 'one'],
        ['1', 'text one'],
      ]) {
        expect(await (await lazy.at(key))?.load()).toBe(found)
      }
      expect(await lazy.at({ a: 1 })).toBeUndefined()
      expect(await lazy.at(1n)).toBeUndefined()
    }
  })

  test.each<[string, unknown]>([
    ['Set', new Set([1])],
    ['Date', new Date(0)],
    ['RangeError', new RangeError('r')],
    ['URL', new URL('http://a.test/')],
    ['String', Object('s')],
    ['BigInt', Object(2n ** 90n)],
  ])('ends at what has no parts to take one by one: a %s', async (type, value) => {
    const { lazy } = await saved<unknown>({ a: [value] })
    const part = await lazy.at('a', 0)
    expect(await part!.type()).toBe(type)
    expect(await (await (await saved<unknown>({ a: value }, 0)).lazy.at('a'))!.type()).toBe(type)
    await expect(lazy.at('a', 0, 'x')).rejects.toThrow(TypeError)
    await expect(lazy.at('a', 0, 'x')).rejects.toThrow('.a[0]')
  })

  test('takes names and indexes only, except through a Map', async () => {
    const { lazy } = await saved<unknown>({ a: [1] })
    await expect(lazy.at({})).rejects.toThrow(/expected .* got object/)
    await expect(lazy.at('a', null)).rejects.toThrow(/expected .* got null/)
  })
})

describe('instances of classes', () => {
  class Point {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
  }
  const registry = createRegistry()
  registry.register({ id: 'b2138434', type: Point, takeApart: ({ x }) => ({ x }), build: ({ x }) => new Point(x) })

  test('are loaded whole, for only their class knows what their state means', async () => {
    const cache = createCache(testStore(), { registry })
    const lazy = await cache.values.lazy(await cache.values.save({ at: new Point(3) }))
    const point = await lazy.at('at')
    expect(await point.type()).toBe('Point')
    expect(await point.load()).toStrictEqual(new Point(3))
    await expect(lazy.at('at', 'x')).rejects.toThrow(TypeError)
  })
})

describe('keys, size and iteration', () => {
  test('read no value', async () => {
    const { lazy, reads } = await saved(project, 64)
    expect(await lazy.keys()).toEqual(['title', 'users', 'rows', 'maybe'])
    expect(await lazy.size()).toBe(4)
    const found: unknown[] = []
    for await (const [key, part] of lazy) found.push([key, part.ref?.digest])
    expect(found[1]).toEqual(['users', digest(users)])
    expect(reads).toHaveLength(1)
  })

  test('are those of the value, in its order', async () => {
    const sparse: unknown[] = [1]
    sparse[2] = [3]
    const value = {
      list: [text('a'), 2],
      sparse,
      map: new Map<unknown, unknown>([[{ k: 1 }, text('v')]]),
      set: new Set([text('m'), 1]),
    }
    for (const inlineBelow of [0, 4096]) {
      const { lazy } = await saved(value, inlineBelow)
      const list = await lazy.at('list')
      expect([await list.size(), await list.keys()]).toEqual([2, [0, 1]])
      expect(await loaded(list)).toEqual(value.list)
      const holes = await lazy.at('sparse')
      expect([await holes.size(), await holes.keys()]).toEqual([3, [0, 2]])
      expect(await loaded(holes)).toEqual([1, undefined, [3]])
      const map = await lazy.at('map')
      expect([await map.size(), await map.keys()]).toEqual([1, [{ k: 1 }]])
      for await (const [key, part] of map) expect([key, await part.load()]).toEqual([{ k: 1 }, text('v')])
      const set = await lazy.at('set')
      expect(await set.size()).toBe(2)
      expect(await loaded(set)).toEqual([...value.set])
    }
  })

  test('of what has none are refused with what to do', async () => {
    const { lazy } = await saved<unknown>({ text: 'a', set: new Set([1]) })
    const leaf = (await lazy.at('text'))!
    await expect(leaf.keys()).rejects.toThrow(TypeError)
    await expect(leaf.size()).rejects.toThrow('load it')
    await expect(leaf.slice(0)).rejects.toThrow(TypeError)
    await expect(leaf[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError)
    await expect((await lazy.at('set'))!.keys()).rejects.toThrow(TypeError)
  })

  async function loaded(lazy: AsyncIterable<{ load(): Promise<unknown> }>): Promise<readonly unknown[]> {
    const all: unknown[] = []
    for await (const part of lazy) all.push(await part.load())
    return all
  }
})

describe('a slice', () => {
  const bounds = fc.option(fc.integer({ min: -15, max: 15 }), { nil: undefined })
  const arrays = fc.oneof(
    fc.array(fc.oneof(fc.constant(text('e')), fc.integer(), fc.constant({ a: [1] })), { maxLength: 10 }),
    fc.array(fc.double({ noNaN: true }), { minLength: 9, maxLength: 14 }),
    fc.uniqueArray(fc.nat(12), { maxLength: 5 }).map(places => {
      const sparse: unknown[] = []
      for (const place of places) sparse[place] = [place]
      sparse.length = 13
      return sparse
    }),
    fc.uint8Array({ maxLength: 14 }),
    fc.uint8Array({ maxLength: 14 }).map(bytes => Buffer.from(bytes)),
    fc.float64Array({ maxLength: 14 }),
    fc.bigInt64Array({ maxLength: 14 }),
    fc.uint8Array({ maxLength: 14 }).map(bytes => bytes.slice().buffer),
  )

  test('is that of the value', () =>
    fc.assert(
      fc.asyncProperty(arrays, bounds, bounds, fc.constantFrom(0, 4096), async (value, start, end, inlineBelow) => {
        const { lazy } = await saved<unknown>(value, inlineBelow)
        expect(await lazy.slice(start, end)).toStrictEqual((value as unknown[]).slice(start, end))
      }),
      { numRuns: 300 },
    ))

  test('of numbers may be empty or one; each is a part too', async () => {
    const numbers = Array.from({ length: 20 }, (_, i) => i / 4)
    const { lazy } = await saved(numbers)
    expect(await lazy.slice(3, 3)).toEqual([])
    expect(await (await lazy.at(-1))?.load()).toBe(4.75)
    expect(await lazy.at(20)).toBeUndefined()
    expect((await lazy.keys()).length).toBe(20)
    const all: unknown[] = []
    for await (const part of lazy) all.push(await part.load())
    expect(all).toEqual(numbers)
    await expect(lazy.slice('1' as never)).rejects.toThrow(TypeError)
  })

  test('of a DataView is one; it has no elements', async () => {
    const { lazy } = await saved(new DataView(new Uint8Array([1, 2, 3, 4]).buffer))
    expect([await lazy.type(), await lazy.size(), await lazy.keys()]).toEqual(['DataView', 4, []])
    expect((await lazy.slice(1, 3)).getUint8(0)).toBe(2)
    expect(await (lazy as Lazy<unknown>).at(0)).toBeUndefined()
  })

  test('of an array reads what it holds, a level at a time', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ i, text: text(String(i)) }))
    const { lazy, reads } = await saved(rows, 16)
    expect(await lazy.slice(10, 13)).toEqual(rows.slice(10, 13))
    expect(reads).toHaveLength(1 + 6)
  })

  test.each<[string, (length: number) => { readonly length: number; slice(a: number, b: number): unknown }]>([
    ['Uint8Array', length => new Uint8Array(length * 8).fill(7)],
    ['Float64Array', length => Float64Array.from({ length }, (_, i) => i / 2)],
    ['array of numbers', length => Array.from({ length }, (_, i) => i / 2)],
  ])('of a large %s reads its chunks only', async (_name, make) => {
    const value = make((5 * MIB) / 8)
    const part = value.length / 5
    const { lazy, reads } = await saved<unknown>({ value })
    const handle = (await lazy.at('value'))!
    expect(await handle.size()).toBe(value.length)
    expect(await handle.slice(part * 2 - 3, part * 2 + 5)).toStrictEqual(value.slice(part * 2 - 3, part * 2 + 5))
    expect(await (await handle.at(part * 4))?.load()).toBe((value as unknown as readonly number[])[part * 4])
    expect(reads.length).toBeLessThanOrEqual(1 + 3)
  })
})

describe('what is loaded', () => {
  test('is a fresh copy, equal to what load gives, in its order', async () => {
    const { lazy, cache, key } = await saved(project, 64)
    const first = await lazy.load()
    expect(first).toStrictEqual(await cache.values.load(key))
    first.rows.length = 0
    expect((await lazy.load()).rows).toHaveLength(2)
  })

  test('keeps the order in which it was saved beside another order of an equal part', async () => {
    const cache = createCache(testStore(), { inlineBelow: 0 })
    const value = { a: { x: 1, y: [2] }, b: { y: [2], x: 1 } }
    const lazy = await cache.values.lazy(await cache.values.save(value))
    expect(await (await lazy.at('b')).keys()).toEqual(['y', 'x'])
    expect(Object.keys(await (await lazy.at('b')).load())).toEqual(['y', 'x'])
  })

  test('is kept up to keepBytes, and read again beyond', async () => {
    const { cache, key, reads } = await saved([text('a'), text('b')], 64)
    const none = await cache.values.lazy(key, { keepBytes: 0 })
    reads.length = 0
    for (const _ of [1, 2]) expect(await (await none.at(0))?.load()).toBe(text('a'))
    expect(reads).toHaveLength(2)
    await expect(cache.values.lazy(key, { keepBytes: -1 })).rejects.toThrow(RangeError)
  })

  test('is the same from a store that answers later', async () => {
    const cache = createCache(laterStore(), { inlineBelow: 64 })
    const lazy = await cache.values.lazy(await cache.values.save(project))
    expect(await (await lazy.at('users', 'bob', 'name'))?.load()).toBe('Bob')
    expect(await lazy.load()).toStrictEqual(project)
  })
})

describe('what fails', () => {
  const value = { good: [text('g')], bad: { deep: [1, text('b')] } }

  test.each(['ERR_NOT_FOUND', 'ERR_CORRUPT'])('names the path to the part, and spares the others: %s', async code => {
    for (const inlineBelow of [64, 4096]) {
      const store = testStore()
      const { cache, warnings } = warnedCache(store, { inlineBelow })
      const key = await cache.values.save(value)
      const bad = digest(value.bad.deep[1])
      if (code === 'ERR_CORRUPT') damage(store, 'values', bad)
      else store.values.delete([{ key: bad }])
      const lazy = await cache.values.lazy(key)
      const part = await lazy.at('bad', 'deep', 1)
      const failure = { code, message: expect.stringContaining('.bad.deep[1]'), details: { key: bad } }
      await expect(lazy.load()).rejects.toMatchObject({ ...failure, cause: { code } })
      if (code === 'ERR_CORRUPT') expect(warnings).toMatchObject([{ code: 'corrupt' }])
      await expect(part!.load()).rejects.toMatchObject({ message: expect.stringContaining('.bad.deep[1]') })
      expect(await (await lazy.at('good')).load()).toEqual(value.good)
      await cache.values.save(value)
      expect(await lazy.load()).toStrictEqual(value)
    }
  })

  test('is named by its place in the whole, also in a slice, a Map, and an Error', async () => {
    const store = testStore()
    const { cache } = warnedCache(store, { inlineBelow: 64 })
    const bad = 'b'.repeat(100)
    const value = {
      list: [0, 1, 2, [bad]],
      map: new Map<unknown, unknown>([
        ['k', [bad]],
        [{ a: 1 }, bad],
      ]),
      keys: new Map([[{ k: bad }, 1]]),
      set: new Set([1, bad]),
      more: Object.assign([1], { x: bad }),
      error: new Error(bad),
    }
    const lazy = await cache.values.lazy<unknown>(await cache.values.save<unknown>(value))
    store.values.delete([{ key: digest(bad) }])
    const message = async (failing: Promise<unknown>) => String(await failing.catch((error: unknown) => error))
    expect(await message((await lazy.at('list'))!.slice(2, 4))).toContain('at .list[3][0] is')
    expect(await message((await lazy.at('map', 'k'))!.load())).toContain('at .map.get("k")[0] is')
    expect(await message((await lazy.at('map', { a: 1 }))!.load())).toContain('at .map.values()[1] is')
    expect(await message((await lazy.at('keys'))!.keys())).toContain('at .keys.keys()[0].k is')
    expect(await message((await lazy.at('set'))!.load())).toContain('at .set.values()[1] is')
    expect(await message((await lazy.at('more'))!.load())).toContain('at .more.x is')
    expect(await message((await lazy.at('error'))!.load())).toContain('at .error is')
  })

  test('is a root that is not there, at once', async () => {
    const { cache, store } = countedCache()
    await expect(cache.values.lazy(digest('absent'))).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    await cache.values.save('present')
    expect(keysIn(store)).toHaveLength(1)
    expect(await (await cache.values.lazy(digest('present').slice(0, 8))).load()).toBe('present')
  })

  test('is what is asked for after the cache was closed', async () => {
    const { lazy, cache } = await saved(project)
    await cache.close()
    await expect(lazy.load()).rejects.toMatchObject({ code: 'ERR_CLOSED' })
    await expect(lazy.at('title')).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })
})

test('the ref of a part that is an entry of its own stands for it elsewhere', async () => {
  const { lazy, cache, key } = await saved(project)
  expect(lazy.ref?.digest).toBe(key)
  const part = await lazy.at('rows', 0)
  expect((await lazy.at('title')).ref).toBeUndefined()
  expect(await cache.values.save({ other: part?.ref })).toBe(digest({ other: text('r') }))
})

test('a handle where a value is meant is told by its brand, not its name, with what to pass instead', async () => {
  const { lazy, cache } = await saved(project)
  Object.defineProperty(lazy.constructor, 'name', { value: 'e' })
  await expect(cache.values.save({ of: [lazy] })).rejects.toMatchObject({
    code: 'ERR_UNDIGESTIBLE',
    details: { path: '.of[0]', kind: 'lazy handle' },
    message: expect.stringContaining('pass its ref'),
  })
})
