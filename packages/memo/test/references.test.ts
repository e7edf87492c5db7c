import { createCache, type Digest, digest, isRiposteError, type Ref, ref } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoizeSync } from '../src/index.ts'
import { findReferences, replaceReferences } from '../src/references.ts'
import { answeringLater, deferred, watched } from './caches.ts'

interface Row {
  readonly id: number
  readonly name: string
}
/** Above the link threshold. */
const large: Row[] = Array.from({ length: 100 }, (_, id) => ({ id, name: `row ${id}` }))
const small: Row[] = [{ id: 1, name: 'one' }]

/** A store that counts the values that are read whole. */
function countingReads() {
  const store = testStore()
  const reads = { values: 0 }
  const values = {
    ...store.values,
    get: (keys: readonly Digest[], options?: { readonly upTo?: number }) => {
      if (options?.upTo === undefined) reads.values += keys.length
      return store.values.get(keys, options)
    },
  }
  return { store: { ...store, values }, reads }
}

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  test('ref computes what is missing, once, and refers to the result', async () => {
    const cache = createCache(openStore())
    let runs = 0
    const rows = memoize(
      async (_file: string) => {
        runs += 1
        return large
      },
      { cache, name: 'rows' },
    )
    const [first, second] = await Promise.all([rows.ref('a'), rows.ref('a')])
    expect([first.digest, second.digest, (await rows.ref('a')).digest]).toEqual(Array(3).fill(digest(large)))
    expect(runs).toBe(1)
    expect(await cache.values.load(first)).toEqual(large)
    expect(await rows('a')).toEqual(large)
    expect(runs).toBe(1)
  })

  test('callers that want the result and callers that want a reference share one run', async () => {
    const cache = createCache(openStore())
    const gate = deferred<Row[]>()
    let runs = 0
    const rows = memoize(
      () => {
        runs += 1
        return gate.promise
      },
      { cache, name: 'rows' },
    )
    const all = Promise.all([rows.ref(), rows(), rows.ref(), rows()])
    gate.resolve(large)
    const [a, b, c, d] = await all
    expect([a.digest, b, c.digest, d]).toEqual([digest(large), large, digest(large), large])
    expect(runs).toBe(1)
  })

  test('a call is the same with values and with references in their place, at any depth', async () => {
    const cache = createCache(openStore())
    let runs = 0
    const seen: unknown[] = []
    const f = memoize(
      async (...args: readonly unknown[]) => {
        runs += 1
        seen.push(args)
        return runs
      },
      { cache, name: 'f' },
    )
    const big = ref(await cache.values.save(large))
    const little = ref(await cache.values.save(small))
    const lists: (readonly [plain: readonly unknown[], refs: readonly unknown[]])[] = [
      [[large], [big]],
      [[small], [little]],
      [[[large, small]], [[big, little]]],
      [[{ a: { b: [small] } }], [{ a: { b: [little] } }]],
      [
        [
          new Map<unknown, unknown>([
            ['x', large],
            [small, 1],
          ]),
        ],
        [
          new Map<unknown, unknown>([
            ['x', big],
            [little, 1],
          ]),
        ],
      ],
      [[new Set<unknown>([small, large])], [new Set<unknown>([little, big])]],
      [
        [JSON.parse('{"__proto__": 1}'), small],
        [JSON.parse('{"__proto__": 1}'), little],
      ],
    ]
    for (const [plain, refs] of lists) {
      runs = 0
      expect(await f.withRefs(...refs)).toBe(1)
      // A plain call with references inside is no other.
      expect([await f(...plain), await f(...refs), await f.withRefs(...plain)]).toEqual([1, 1, 1])
      expect(seen.at(-1)).toStrictEqual(plain)
      await f.evict(...plain)
      runs = 0
      expect([await f(...plain), await f.withRefs(...refs)]).toEqual([1, 1])
    }
  })

  test('a false reference is refused before the body runs', async () => {
    const cache = createCache(openStore())
    let runs = 0
    const body = (_value: unknown): number => {
      runs += 1
      return runs
    }
    const f = memoize(body, { cache, name: 'f' })
    const byKey = memoize(body, { cache, name: 'g', key: value => [value] })
    const claimed = ref(digest(['not stored']))
    for (const call of [
      () => f.withRefs(claimed),
      () => f([claimed]),
      () => f.ref({ a: claimed }),
      () => byKey.withRefs(claimed),
      () => f(claimed),
    ]) {
      const error = await call().catch((reason: unknown) => reason)
      if (!isRiposteError(error, 'ERR_FALSE_REFERENCE')) throw error
      expect(error.details.digest).toBe(claimed.digest)
    }
    expect(runs).toBe(0)
  })

  test('the record links what its references stand for: a sweep leaves it', async () => {
    const cache = createCache(openStore())
    const rows = memoize(async () => large, { cache, name: 'rows' })
    const count = memoize(async (list: Row[]) => list.length, { cache, name: 'count' })
    expect(await count.withRefs(await rows.ref())).toBe(100)
    await rows.evict()
    await cache.gc({ grace: 0 })
    const [call] = await count.query().toArray()
    expect(await call?.loadArgs()).toEqual([large])
  })

  test('a result that is gone, or part of it, is computed anew', async () => {
    const cache = createCache(openStore(), { hot: false, inlineBelow: 64 })
    let runs = 0
    const f = memoize(
      async () => {
        runs += 1
        return [large, small]
      },
      { cache, name: 'f' },
    )
    const result = await f.ref()
    await cache.values.evict(digest(large))
    expect((await f.ref()).digest).toBe(result.digest)
    expect(runs).toBe(2)
    expect(await cache.values.load(result)).toEqual([large, small])
  })

  test('a result that was saved in another order before can be referred to', async () => {
    const cache = createCache(openStore(), { hot: false })
    const first = await cache.values.save({ a: large, b: 2 })
    const f = memoize(async () => ({ b: 2, a: large }), { cache, name: 'f' })
    expect((await f.ref()).digest).toBe(first)
    await cache.values.evict(first)
    expect(await cache.values.load(await f.ref())).toEqual({ a: large, b: 2 })
  })

  test('what is not recorded can be referred to all the same, if it can be stored', async () => {
    const { cache } = watched(openStore())
    const unkept = memoize(async () => large, { cache, name: 'unkept', cacheIf: () => false })
    expect(await cache.values.load(await unkept.ref())).toEqual(large)
    const uncached = memoize(async (_done: () => void) => large, { cache, name: 'uncached' })
    expect(await cache.values.load(await uncached.ref(() => {}))).toEqual(large)
    const unstorable = memoize(async () => ({ close: () => {} }), { cache, name: 'unstorable' })
    await expect(unstorable.ref()).rejects.toThrow(expect.objectContaining({ code: 'ERR_UNDIGESTIBLE' }))
  })

  test('errors are those of the body', async () => {
    const error = new Error('no')
    const f = memoize(() => Promise.reject(error), { cache: createCache(openStore()), name: 'f' })
    await expect(f.ref()).rejects.toBe(error)
    await expect(f.withRefs()).rejects.toBe(error)
  })

  test('with `key`, references are loaded before: it is a function of values', async () => {
    const cache = createCache(openStore())
    const f = memoize(async (rows: Row[]) => rows.length, {
      cache,
      name: 'f',
      key: rows => ({ last: rows.at(-1)?.id }),
    })
    expect(await f.withRefs(ref(await cache.values.save(large)))).toBe(100)
    expect(await f.contains(large)).toBe(true)
  })

  test('what is ignored, or given to `key`, may be a reference; it may hold some where the call says so', async () => {
    const cache = createCache(openStore())
    const list = ref(await cache.values.save(large))
    const body = async (_id: number, context: unknown): Promise<unknown> => context
    for (const options of [{ ignore: [1] }, { key: (id: number) => [id] }]) {
      const f = memoize(body, { cache, name: `f${Object.keys(options).join('')}`, ...options })
      expect(await f(1, list)).toEqual(large)
      expect(await f.withRefs(2, { rows: [list] })).toEqual({ rows: [large] })
      expect(await cache.values.load(await f.ref(3, new Map([['rows', list]])))).toEqual(new Map([['rows', large]]))
    }
  })

  test('an ignored argument is not read, and what is keyed is read for its digest and its record only', async () => {
    const cache = createCache(openStore())
    expect(ref(digest(large)).digest).toBe(digest(large))
    const { value: context, reads } = countedReads()
    const keyed = countedReads()
    const f = memoize(async (_keyed: unknown, _context: unknown) => 1, { cache, name: 'f', ignore: [1] })
    await f(keyed.value, context)
    await f({}, context)
    expect(reads.count).toBe(0)
    expect(keyed.reads.count).toBe(2)
    const byKey = memoize(async (_context: unknown) => 1, { cache, name: 'g', key: () => [1] })
    await byKey(context)
    expect(reads.count).toBe(0)
  })

  test('arguments that are changed while small references are read make the call run uncached', async () => {
    const { cache, warnings } = watched(openStore())
    const f = memoize(async (list: unknown[]) => list.length, { cache, name: 'f' })
    const list: unknown[] = [ref(await cache.values.save(small))]
    const before = await cache.stats()
    const called = f(list)
    list.push(3)
    const length = await called
    expect([1, 2]).toContain(length)
    // Either all of it happened at once, or nothing was recorded.
    expect((await cache.stats()).calls.entries - before.calls.entries).toBe(warnings.length === 0 ? 1 : 0)
    expect(await f([small, 3])).toBe(2)
  })
})

/** An object that counts how often its property is read. */
function countedReads(): { readonly value: object; readonly reads: { count: number } } {
  const reads = { count: 0 }
  const value = {
    get part() {
      reads.count += 1
      return 1
    },
  }
  return { value, reads }
}

test('passing on by reference reads no value where every step is recorded', async () => {
  const { store, reads } = countingReads()
  const run = async (): Promise<number> => {
    const cache = createCache(store)
    const rows = memoize(async (): Promise<Row[]> => large, { cache, name: 'rows' })
    const clean = memoize(async (list: Row[]) => list.slice(1), { cache, name: 'clean' })
    const count = memoize(async (lists: Row[][]) => lists.flat().length, { cache, name: 'count' })
    const cleaned = await clean.ref(await rows.ref())
    return count.withRefs([cleaned, cleaned])
  }
  expect(await run()).toBe(198)
  reads.values = 0
  expect(await run()).toBe(198)
  expect(reads.values).toBe(0)
})

test('a synchronous function takes references too, and its verbs promise', async () => {
  const cache = createCache(testStore())
  const rows = memoizeSync(() => large, { cache, name: 'rows' })
  const count = memoizeSync((list: Row[]) => list.length, { cache, name: 'count' })
  const result: Ref<Row[]> = await rows.ref()
  expect(await count.withRefs(result)).toBe(100)
  expect(count(large)).toBe(100)
})

test('values that hold no reference stay the objects that they are', () => {
  const leaf = ref(digest('x'))
  const untouched = { a: [1, { b: 2 }] }
  const holed = Object.assign(new Array<unknown>(2), { 1: leaf })
  const values = [untouched, holed, new Date(0)]
  const found = findReferences(values)
  if (found === undefined) throw new Error('there is one')
  const replaced = replaceReferences(values, found, new Map([[leaf.digest, 'x']]))
  expect(replaced[0]).toBe(untouched)
  expect(replaced[2]).toBe(values[2])
  expect(replaced[1]).toStrictEqual(Object.assign(new Array(2), { 1: 'x' }))
  expect(holed[1]).toBe(leaf)
  expect(findReferences([untouched, new Date(0), null, 'x'])).toBeUndefined()
})

test('references are found in shared, cyclic and deep values', () => {
  const leaf = ref(digest('x'))
  let shared: unknown[] = [leaf]
  for (let i = 0; i < 40; i += 1) shared = [shared, shared]
  let deep: unknown = [leaf]
  for (let i = 0; i < 100_000; i += 1) deep = [deep]
  const cyclic: unknown[] = [leaf]
  cyclic.push(cyclic)
  for (const value of [shared, deep, cyclic]) {
    const found = findReferences([value])
    expect([...(found?.nested ?? [])]).toEqual([leaf.digest])
    const [copy] = replaceReferences([value], found!, new Map([[leaf.digest, 'x']]))
    expect(findReferences([copy])).toBeUndefined()
  }
})

test('replacing references gives what stood there before they were put in', () => {
  const stored = ['one', { two: 2 }, [3, 3, 3]]
  const known = new Map(stored.map(value => [digest(value), value] as const))
  const parts = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(...stored),
      fc.integer(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4, noNullPrototype: true }),
      fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map(entries => new Map(entries)),
    ),
  })).value
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 3 }), values => {
      const put = (value: unknown): unknown => {
        if (stored.includes(value as string)) return ref(digest(value))
        if (Array.isArray(value)) return value.map(put)
        if (value instanceof Map) return new Map([...value].map(([key, part]) => [key, put(part)]))
        if (typeof value !== 'object' || value === null) return value
        return Object.defineProperties(
          {},
          Object.fromEntries(Object.entries(value).map(([key, part]) => [key, { value: put(part), enumerable: true }])),
        )
      }
      const withRefs = values.map(put)
      const found = findReferences(withRefs)
      const back = found === undefined ? withRefs : replaceReferences(withRefs, found, known)
      expect(back.map(value => digest(value))).toEqual(values.map(value => digest(value)))
    }),
  )
})
