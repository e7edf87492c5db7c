import { createCache, digest, registerClass, type Store } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { type Miss, memoize } from '../src/index.ts'
import { answeringLater, watched } from './caches.ts'

afterEach(() => void vi.useRealTimers())

function expectMiss(explanation: { readonly outcome: string }): Miss {
  expect(explanation.outcome).toBe('miss')
  return explanation as Miss
}

const fn = async (user: string, options?: object): Promise<unknown> => [user, options]
const params = ['user', 'options'] as const

describe.each([
  ['a store that answers now', (): Store => testStore()],
  ['a store that answers later', (): Store => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  test('a hit names the record', async () => {
    const f = memoize(fn, { cache: createCache(openStore()), name: 'f' })
    await f('ada')
    const hit = await f.explain('ada')
    expect(hit).toEqual({ outcome: 'hit', call: f.digest('ada') })
    expect(`${hit}`).toMatch(/"f" hits/)
  })

  test('of a name that nothing is recorded of', async () => {
    const cache = createCache(openStore())
    await memoize(fn, { cache, name: 'other' })('ada')
    const miss = expectMiss(await memoize(fn, { cache, name: 'f' }).explain('ada'))
    expect(miss).toEqual({ outcome: 'miss', reason: 'never called', differences: [] })
    expect(`${miss}`).toMatch(/"f" misses: nothing/)
  })

  test('an argument that differs is named, by the path to what differs in it', async () => {
    const f = memoize(fn, { cache: createCache(openStore()), name: 'f', params })
    await f('ada', { days: 3, deep: { list: [1, 2, 3], same: 'x' }, 'odd key': 1 })
    await f('bob')
    const miss = expectMiss(await f.explain('ada', { days: 4, deep: { list: [1, 5, 3], same: 'x' }, 'odd key': 2 }))
    expect(miss.reason).toBe('arguments')
    expect(miss.nearest).toBe(f.digest('ada', { days: 3, deep: { list: [1, 2, 3], same: 'x' }, 'odd key': 1 }))
    expect(miss.differences).toEqual([
      { path: 'options.days', recorded: digest(3), asked: digest(4) },
      { path: 'options["odd key"]', recorded: digest(1), asked: digest(2) },
      { path: 'options.deep.list[1]', recorded: digest(2), asked: digest(5) },
    ])
    expect(`${miss}`.split('\n').slice(2)).toEqual([
      '  options.days: 3 → 4',
      '  options["odd key"]: 1 → 2',
      '  options.deep.list[1]: 2 → 5',
    ])
  })

  test('of many records the one that has most in common is nearest', async () => {
    const f = memoize(async (...args: readonly unknown[]) => args.length, {
      cache: createCache(openStore()),
      name: 'f',
    })
    for (let i = 0; i < 20; i += 1) await f(i, i, i)
    await f(7, 8, 'z')
    const miss = expectMiss(await f.explain(7, 8, 9))
    expect(miss.differences).toEqual([{ path: '[2]', recorded: digest('z'), asked: digest(9) }])
  })

  test('what is missing or too much is told', async () => {
    const f = memoize(fn, { cache: createCache(openStore()), name: 'f', params })
    await f('ada', { a: 1 })
    expect(expectMiss(await f.explain('ada', { b: 1 })).differences).toEqual([
      { path: 'options.a', recorded: digest(1), asked: undefined },
      { path: 'options.b', recorded: undefined, asked: digest(1) },
    ])
    expect(expectMiss(await f.explain('ada')).differences).toEqual([
      { path: 'options', recorded: digest({ a: 1 }), asked: undefined },
    ])
  })

  test.each([
    ['version', { version: 1 }, { version: '1' }],
    ['env', { env: ['a'] }, { env: ['b'] }],
    ['deps', { deps: [digest(1)] }, { deps: [digest(2)] }],
    ['code', { code: 'body' as const }, { code: 'body' as const }],
  ])('another %s', async (reason, before, after) => {
    const cache = createCache(openStore(), { duplicates: 'warn', onWarning: () => {} })
    const then = memoize(async (x: number) => x, { cache, name: 'f', ...before })
    await then(1)
    await then(2)
    const now = memoize(async (x: number) => x + 0, { cache, name: 'f', ...after })
    expect(await now.explain(1)).toMatchObject({ reason, nearest: then.digest(1), differences: [] })
  })

  test('a condition that only the record has is taken for one that the function has not', async () => {
    const cache = createCache(openStore())
    const body = async (x: number) => x
    await memoize(body, { cache, name: 'f', env: ['a'] })(1)
    expect(expectMiss(await memoize(body, { cache, name: 'f', code: 'body', env: ['a'] }).explain(1)).reason).toBe(
      'code',
    )
    expect(expectMiss(await memoize(body, { cache, name: 'f' }).explain(1)).reason).toMatch(/code|env|deps/)
  })

  test('a record that has expired', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const f = memoize(fn, { cache: createCache(openStore()), name: 'f', maxAge: 1000 })
    await f('ada')
    const expiresAt = Date.now() + 1000
    vi.setSystemTime(expiresAt + 90_000)
    const miss = expectMiss(await f.explain('ada'))
    expect(miss).toMatchObject({ reason: 'expired', nearest: f.digest('ada') })
    expect(`${miss}`).toContain(`"f" misses: its record expired at ${new Date(expiresAt).toISOString()}, 1 min ago`)
  })

  test('a record whose result is gone', async () => {
    const cache = createCache(openStore(), { hot: false })
    const f = memoize(async () => 'x'.repeat(10_000), { cache, name: 'f' })
    const { digest: result } = await f.ref()
    await cache.values.evict(result)
    // Explaining changes nothing, so that it says the same again.
    for (const _ of [1, 2]) {
      const miss = expectMiss(await f.explain())
      expect(miss).toEqual({ outcome: 'miss', reason: 'evicted', nearest: f.digest(), differences: [] })
      expect(`${miss}`).toContain(`"f" misses: its record stands, but the result is gone: ${result.slice(0, 12)}…`)
    }
    // Who looks for the result removes the record, and that leaves a trace.
    await expect(f.load()).rejects.toThrow()
    const miss = expectMiss(await f.explain())
    expect(miss).toMatchObject({ reason: 'evicted', evictedAt: expect.any(Number) })
    expect(`${miss}`).toContain('because its result was gone')
  })

  test('a record whose result is damaged is corrupt, not evicted', async () => {
    const store = openStore()
    const cache = createCache(store, { hot: false, onWarning: () => {} })
    const f = memoize(async () => 'x'.repeat(10_000), { cache, name: 'f' })
    const { digest: result } = await f.ref()
    const [bytes] = await store.values.get([result])
    const flipped = bytes!.map((byte, i) => (i === bytes!.length - 1 ? byte ^ 1 : byte))
    await store.values.put([{ key: result, bytes: flipped }], 'replace')
    expect(await f.explain()).toMatchObject({ reason: 'corrupt', differences: [] })
  })

  test('with `key`, arguments go by its names', async () => {
    const f = memoize(fn, {
      cache: createCache(openStore()),
      name: 'f',
      key: (user, options) => (options === undefined ? { user } : { user, options }),
    })
    await f('ada', { a: 1 })
    expect(expectMiss(await f.explain('bob', { a: 1 })).differences.map(({ path }) => path)).toEqual(['user'])
    expect(expectMiss(await f.explain('ada')).differences.map(({ path }) => path)).toEqual(['options'])
  })

  test('what a rest takes goes by its place in it', async () => {
    const f = memoize(async (a: string, ...xs: number[]) => [a, xs], {
      cache: createCache(openStore()),
      name: 'f',
      params: ['a', '...xs'],
    })
    await f('a', 1, 2, 3)
    expect(expectMiss(await f.explain('a', 1, 2, 4)).differences.map(({ path }) => path)).toEqual(['xs[2]'])
  })

  test('large arguments are read; those that were not stored are told as a whole', async () => {
    const cache = createCache(openStore())
    const rows = Array.from({ length: 500 }, (_, i) => ({ i }))
    const changed = rows.map(({ i }) => ({ i: i === 400 ? -1 : i }))
    const f = memoize(async (list: unknown[]) => list.length, { cache, name: 'f', params: ['list'] })
    await f(rows)
    expect(expectMiss(await f.explain(changed)).differences.map(({ path }) => path)).toEqual(['list[400].i'])
    const g = memoize(async (list: unknown[]) => list.length, {
      cache: createCache(openStore()),
      name: 'g',
      params: ['list'],
      storeArguments: false,
    })
    await g(rows)
    expect(expectMiss(await g.explain(changed)).differences.map(({ path }) => path)).toEqual(['list'])
  })
})

test('it runs no body, and changes nothing', async () => {
  const { cache } = watched()
  let runs = 0
  const f = memoize(async (_x: number) => ++runs, { cache, name: 'f' })
  await f(1)
  const before = await cache.stats()
  await f.explain(1)
  await f.explain(2)
  expect(runs).toBe(1)
  expect(await cache.stats()).toEqual(before)
})

test('a long list of differences is cut', async () => {
  const f = memoize(async (list: number[]) => list.length, { cache: createCache(testStore()), name: 'f' })
  await f(Array.from({ length: 100 }, (_, i) => i))
  const { differences } = expectMiss(await f.explain(Array.from({ length: 100 }, (_, i) => i + 1)))
  expect(differences.length).toBeLessThanOrEqual(20)
  expect(differences[0]).toEqual({ path: '[0][0]', recorded: digest(0), asked: digest(1) })
})

test('instances of classes and maps are compared as a whole', async () => {
  class Point {
    readonly x: number
    constructor(x: number) {
      this.x = x
    }
  }
  using _ = registerClass({
    id: 'b2138435',
    type: Point,
    takeApart: ({ x }) => ({ x }),
    build: ({ x }: { x: number }) => new Point(x),
  })
  const f = memoize(async (value: unknown) => value, {
    cache: createCache(testStore()),
    name: 'f',
    params: ['value'],
  })
  await f([new Point(1), new Map([['a', 1]])])
  const miss = expectMiss(await f.explain([new Point(2), new Map([['a', 2]])]))
  expect(miss.differences.map(({ path }) => path)).toEqual(['value[0]', 'value[1]'])
})

test('the record with the fewest paths that differ is nearest', async () => {
  const f = memoize(async (params: object) => params, {
    cache: createCache(testStore()),
    name: 'f',
    params: ['params'],
  })
  const asked = { model: 'large', temperature: 1, prompt: 'hi', seed: 7 }
  const near = { ...asked, temperature: 0 }
  for (const seed of [1, 2, 3]) await f({ ...asked, model: 'small', temperature: 0.5, seed })
  await f(near)
  for (const seed of [4, 5]) await f({ ...asked, prompt: 'bye', seed })
  const miss = expectMiss(await f.explain(asked))
  expect(miss.nearest).toBe(f.digest(near))
  expect(`${miss}`).toMatch(/\n {2}params\.temperature: 0 → 1$/)
})

test('a recorded error that the function keeps no more is told as that', async () => {
  const cache = createCache(testStore())
  const body = (_x: number): Promise<number> => Promise.reject(new Error('no'))
  await expect(memoize(body, { cache, name: 'f', cacheErrors: true })(1)).rejects.toThrow('no')
  expect(`${await memoize(body, { cache, name: 'f' }).explain(1)}`).toContain(
    'is an error, and the function keeps none',
  )
})

test.each([[7], ['x'], [null], [[1, 2]], [{}], [{ model: 'm' }], [new Date(0)]])(
  'a value of another kind, or of another shape, is further away than one in which one part differs: %j',
  async other => {
    for (const order of [0, 1]) {
      const f = memoize(async (o: unknown) => o, { cache: createCache(testStore()), name: 'f', params: ['o'] })
      const near = { model: 'm', temp: 1, prompt: 'x' }
      for (const argument of order === 0 ? [other, near] : [near, other]) await f(argument)
      const miss = expectMiss(await f.explain({ model: 'm', temp: 2, prompt: 'x' }))
      expect(`${miss}`).toMatch(/\n {2}o\.temp: 1 → 2$/)
    }
  },
)

test('small values are shown, large ones by their digests', async () => {
  const f = memoize(async (...args: readonly unknown[]) => args.length, {
    cache: createCache(testStore()),
    name: 'f',
  })
  const long = 'x'.repeat(1000)
  await f(1, [long, 'a', new Date(0)])
  const miss = expectMiss(await f.explain(1, ['y', 'b', new Date(1)], { extra: true }))
  expect(`${miss}`.split('\n').slice(2)).toEqual([
    `  [1][0]: ${digest(long).slice(0, 12)}… → "y"`,
    '  [1][1]: "a" → "b"',
    '  [1][2]: 1970-01-01T00:00:00.000Z → 1970-01-01T00:00:00.001Z',
    '  [2]: nothing → { extra: true }',
  ])
})
