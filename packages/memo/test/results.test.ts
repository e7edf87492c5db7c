import { createCache } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, watched } from './caches.ts'

const RESULTS: readonly (readonly [string, () => unknown])[] = [
  ['undefined', () => undefined],
  ['null', () => null],
  ['NaN', () => Number.NaN],
  ['-0', () => -0],
  ['0', () => 0],
  ['the empty string', () => ''],
  ['false', () => false],
  ['0n', () => 0n],
  [
    'a Map',
    () =>
      new Map<unknown, unknown>([
        ['b', 1],
        [{ a: 1 }, new Set([1])],
      ]),
  ],
  ['a Set', () => new Set([3, 1, 2])],
  ['a Date', () => new Date(0)],
  ['bytes', () => new Uint8Array([1, 2, 3])],
  ['an Error', () => new RangeError('as data')],
  ['an array with a hole', () => Object.assign(new Array(3), { 0: 1, 2: 3 })],
  ['an object with __proto__ as a key', () => JSON.parse('{"__proto__": {"a": 1}}')],
  ['a large array', () => Array.from({ length: 3000 }, (_, i) => ({ i, text: `row ${i}` }))],
]

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  test.each(RESULTS)('%s is kept by its presence: the body runs once', async (_, make) => {
    const store = openStore()
    let runs = 0
    // A second function object on the same store is what a second process is.
    const run = async (): Promise<unknown[]> => {
      const f = memoize(
        (_x: number) => {
          runs += 1
          return make()
        },
        { cache: createCache(store), name: 'f' },
      )
      return [await f(1), await f(1)]
    }
    expect([...(await run()), ...(await run())]).toStrictEqual([make(), make(), make(), make()])
    expect(runs).toBe(1)
  })

  test('results, errors and order are those of the function itself', async () => {
    const argument = fc.oneof(
      fc.integer({ min: -2, max: 2 }),
      fc.constantFrom('a', -0, undefined, null, 1n),
      fc.array(fc.nat(2), { maxLength: 2 }),
    )
    const calls = fc.array(fc.array(argument, { maxLength: 2 }), { minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(calls, fc.nat(), async (lists, salt) => {
        const plain = async (...args: readonly unknown[]): Promise<unknown> => {
          const text = args.map(arg => `${typeof arg} ${Object.is(arg, -0) ? '-0' : String(arg)}`).join() + salt
          if (text.length % 3 === 0) throw new Error(text)
          return text.length % 3 === 1 ? { text, args: [...args] } : text
        }
        const memoized = memoize(plain, { cache: createCache(openStore()), name: 'f' })
        const expected = await Promise.allSettled(lists.map(list => plain(...list)))
        expect(await Promise.allSettled(lists.map(list => memoized(...list)))).toStrictEqual(expected)
        expect(await Promise.allSettled(lists.map(list => memoized(...list)))).toStrictEqual(expected)
      }),
      { numRuns: 60 },
    )
  })

  test('the caller who computed gets what the body returned, later ones copies of their own', async () => {
    const original = { rows: [1, 2] }
    const f = memoize(async () => original, { cache: createCache(openStore()), name: 'f' })
    expect(await f()).toBe(original)
    const copies = [await f(), await f()]
    expect(copies).toStrictEqual([original, original])
    expect(copies[0]).not.toBe(original)
    expect(copies[0]).not.toBe(copies[1])
    copies[0]?.rows.push(3)
    expect(await f()).toStrictEqual({ rows: [1, 2] })
  })

  test('an error is thrown again each time, and the body tried again', async () => {
    const error = new Error('no')
    let runs = 0
    const f = memoize(
      () => {
        runs += 1
        throw error
      },
      { cache: createCache(openStore()), name: 'f' },
    )
    // A body that throws at once rejects all the same.
    await expect(f()).rejects.toBe(error)
    await expect(f()).rejects.toBe(error)
    expect(runs).toBe(2)
    expect(await f.contains()).toBe(false)
  })

  test('cacheIf says which results are kept', async () => {
    let runs = 0
    const f = memoize(
      (x: number, _y: number): { x: number } => {
        runs += 1
        return { x }
      },
      { cache: createCache(openStore()), name: 'f', cacheIf: ({ x }, first, second) => x > 1 && first + second > 3 },
    )
    const calls: [x: number, y: number][] = [
      [1, 9],
      [1, 9],
      [2, 0],
      [2, 0],
      [2, 9],
      [2, 9],
    ]
    for (const [x, y] of calls) expect(await f(x, y)).toEqual({ x })
    expect(runs).toBe(5)
  })
})

test('a result that cannot be stored reaches its caller, each time', async () => {
  const { cache, warnings } = watched()
  const f = memoize(async () => ({ close: () => 'closed' }), { cache, name: 'f' })
  expect((await f()).close()).toBe('closed')
  expect((await f()).close()).toBe('closed')
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatchObject({ code: 'uncached', message: expect.stringContaining('.close') })
})

test('a cacheIf or metadata function that throws does not take the result away', async () => {
  const { cache, warnings } = watched()
  const fail = (): never => {
    throw new Error('oops')
  }
  expect(await memoize(() => 1, { cache, name: 'f', cacheIf: fail })()).toBe(1)
  expect(await memoize(() => 2, { cache, name: 'g', metadata: fail })()).toBe(2)
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringContaining('oops'),
    expect.stringContaining('oops'),
  ])
})

describe('frozen results', () => {
  test('hits share one deep-frozen value', async () => {
    const f = memoize(async (x: number) => ({ x, rows: [{ a: [x] }] }), {
      cache: createCache(testStore()),
      name: 'f',
      results: 'frozen',
    })
    const computed = await f(1)
    expect(Object.isFrozen(computed)).toBe(false)
    const [first, second] = [await f(1), await f(1)]
    expect(first).toBe(second)
    expect(first).toStrictEqual(computed)
    expect([first, first.rows, first.rows[0], first.rows[0]?.a].every(Object.isFrozen)).toBe(true)
    expect(() => first.rows.push({ a: [] })).toThrow(TypeError)
    expect(Object.isFrozen(f.peek(1)?.value.rows)).toBe(true)
  })

  test('waiters share it too', async () => {
    const f = memoize(async () => ({ rows: [1] }), { cache: createCache(testStore()), name: 'f', results: 'frozen' })
    const [, second, third] = await Promise.all([f(), f(), f()])
    expect(second).toBe(third)
    expect(Object.isFrozen(second.rows)).toBe(true)
  })

  test.each([undefined, false] as const)('equal results of another order are not shared (hot: %s)', async hot => {
    const cache = createCache(testStore(), hot === undefined ? {} : { hot })
    const f = memoize(async (key: number) => (key === 1 ? { a: 1, b: 2 } : { b: 2, a: 1 }), {
      cache,
      name: 'f',
      results: 'frozen',
    })
    await f(1)
    await f(2)
    const held = await f(1)
    expect([Object.keys(held), Object.keys(await f(2))]).toEqual([
      ['a', 'b'],
      ['b', 'a'],
    ])
  })

  test('what cannot be frozen is not shared', async () => {
    const f = memoize(async () => ({ at: new Date(0), all: new Set([[1]]), bytes: new Uint8Array(2) }), {
      cache: createCache(testStore()),
      name: 'f',
      results: 'frozen',
    })
    await f()
    const [first, second] = [await f(), await f()]
    expect(first).not.toBe(second)
    first.at.setTime(1)
    first.bytes[0] = 1
    expect(second).toStrictEqual({ at: new Date(0), all: new Set([[1]]), bytes: new Uint8Array(2) })
    expect(Object.isFrozen([...second.all][0])).toBe(true)
  })
})
