import { createCache, digest, exact, isRiposteError, ref } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, settled, watched } from './caches.ts'

const open = () => createCache(testStore())

describe('with params', () => {
  test('map hits: surplus arguments are dropped', async () => {
    const seen: unknown[][] = []
    const f = memoize(
      async (...args: [text: string]) => {
        seen.push(args)
        return args[0].length
      },
      { cache: open(), name: 'f', params: ['text'] },
    )
    expect(await Promise.all(['a', 'bb', 'a'].map(f))).toEqual([1, 2, 1])
    expect(await f('a')).toBe(1)
    expect(seen).toEqual([['a'], ['bb']])
  })

  test('trailing undefined is dropped, and the body gets exactly what was keyed', async () => {
    const seen: unknown[][] = []
    const f = memoize((...args: [a: unknown, b?: unknown, c?: unknown]) => void seen.push(args), {
      cache: open(),
      name: 'f',
      params: ['a', 'b', 'c'],
    })
    await f(1, undefined, undefined)
    await f(1)
    await f(1, undefined, 2)
    await f(undefined)
    expect(seen).toEqual([[1], [1, undefined, 2], []])
  })

  test('a rest is never trimmed', async () => {
    const seen: unknown[][] = []
    const f = memoize((a: unknown, ...xs: unknown[]) => void seen.push([a, ...xs]), {
      cache: open(),
      name: 'f',
      params: ['a', '...xs'],
    })
    await f(1)
    await f(1, undefined)
    await f(1, undefined, undefined)
    await f(1, 2, 3, 4)
    await f(1, undefined)
    expect(seen).toEqual([[1], [1, undefined], [1, undefined, undefined], [1, 2, 3, 4]])
  })

  test('names are no part of the key', () => {
    const cache = open()
    const g = (a: number) => a
    expect(memoize(g, { cache, name: 'f', params: ['a'] }).digest(1)).toBe(
      memoize(g, { cache, name: 'f', params: ['b'] }).digest(1),
    )
    expect(memoize(g, { cache, name: 'f' }).digest(1)).toBe(memoize(g, { cache, name: 'f', params: ['b'] }).digest(1))
  })
})

test('without params the arguments are keyed as passed', async () => {
  let runs = 0
  const f = memoize((_a?: unknown, _b?: unknown) => ++runs, { cache: open(), name: 'f' })
  expect(await f(1)).toBe(1)
  expect(await f(1, undefined)).toBe(2)
  expect(await f(1)).toBe(1)
})

test.each([
  [0, -0],
  [1, 1n],
  [1, '1'],
  [undefined, null],
  [Number.NaN, 0],
  [true, 1],
  [[], {}],
  [new Date(0), 0],
])('%o and %o are different arguments, hot and cold', async (a, b) => {
  const f = memoize((x: unknown) => [x], { cache: open(), name: 'f' })
  for (const _ of [1, 2, 3]) {
    expect((await f(a))[0]).toStrictEqual(a)
    expect((await f(b))[0]).toStrictEqual(b)
  }
})

test('deep-equal arguments are the same', async () => {
  let runs = 0
  const f = memoize((_x: unknown) => ++runs, { cache: open(), name: 'f' })
  await f({ a: 1, b: new Map([[1, Number.NaN]]) })
  await f({ b: new Map([[1, Number.NaN]]), a: 1 })
  expect(runs).toBe(1)
})

describe('ignore', () => {
  test('ignored arguments reach the body, and neither key nor record', async () => {
    const seen: unknown[][] = []
    const f = memoize(
      (...args: [url: string, secret: string, depth: number, log?: () => void]) => void seen.push(args),
      {
        cache: open(),
        name: 'f',
        params: ['url', 'secret', 'depth', 'log'],
        ignore: ['secret', 3],
      },
    )
    const log = (): void => {}
    await f('a', 's1', 1, log)
    await f('a', 's2', 1)
    await f('a', 's2', 2)
    expect(seen).toEqual([
      ['a', 's1', 1, log],
      ['a', 's2', 2],
    ])
    const record = await f.record('a', 'anything', 1)
    expect(record?.args).toEqual(['a', undefined, 1])
    expect(
      JSON.stringify(
        await f
          .query()
          .map(call => call.loadArgs())
          .toArray(),
      ),
    ).not.toContain('s1')
  })

  test('an argument left out before an ignored one is the same as undefined', () => {
    const f = memoize((_a: number, _b?: number, _signal?: AbortSignal) => 1, {
      cache: open(),
      name: 'f',
      params: ['a', 'b', 'signal'],
      ignore: ['signal'],
    })
    expect(f.digest(1, undefined, new AbortController().signal)).toBe(f.digest(1))
  })

  test('a rest is ignored whole', async () => {
    const f = memoize((a: number, ..._xs: unknown[]) => a, {
      cache: open(),
      name: 'f',
      params: ['a', '...xs'],
      ignore: ['...xs'],
    })
    expect(f.digest(1, 2, 3)).toBe(f.digest(1))
    expect(f.digest(2)).not.toBe(f.digest(1))
  })
})

describe('key', () => {
  test('an object keys by name, in whatever order it was written', async () => {
    let runs = 0
    const f = memoize((_user: { id: number; name: string; last?: boolean }) => ++runs, {
      cache: open(),
      name: 'f',
      key: ({ id, name, last }) => (last ? { name, id } : { id, name }),
    })
    await f({ id: 1, name: 'ada' })
    await f({ id: 1, name: 'ada', last: true })
    expect(runs).toBe(1)
    await f({ id: 2, name: 'ada' })
    expect(runs).toBe(2)
    expect(await f.query({ id: 1 }).count()).toBe(1)
    const record = await f.query({ id: 2 }).only()
    expect(record.args).toEqual({ id: 2, name: 'ada' })
    expect(await record.loadArgs()).toEqual({ id: 2, name: 'ada' })
    expect((await f.record({ id: 1, name: 'ada' }))?.args).toEqual({ id: 1, name: 'ada' })
  })

  test('objects with other names, and arrays, are other keys', () => {
    const f = memoize((key: object) => key, { cache: open(), name: 'f', key: key => key })
    const keys = [{ a: 1 }, { b: 1 }, [1], { 0: 1 }, { a: 1, b: undefined }, {}, [], JSON.parse('{"__proto__":1}')]
    expect(new Set(keys.map(key => f.digest(key))).size).toBe(keys.length)
  })

  test.each([
    ['a Map', new Map([['a', 1]])],
    ['a string', 'a'],
    ['null', null],
    ['a class instance', new Error('a')],
  ])('a key that is %s is refused', async (_, key) => {
    const f = memoize((x: number) => x, { cache: open(), name: 'f', key: () => key as unknown as object })
    await expect(f(1)).rejects.toThrow(TypeError)
  })
})

test('version, namespace, env and deps are parts of the key; version with its type', () => {
  const cache = open()
  const fn = (x: number): number => x
  const other = memoize(fn, { cache, name: 'other' })
  const functions = [
    memoize(fn, { cache, name: 'f' }),
    memoize(fn, { cache, name: 'g' }),
    memoize(fn, { cache, name: 'f', namespace: 'n' }),
    memoize(fn, { cache, name: 'f', version: 1 }),
    memoize(fn, { cache, name: 'f', version: '1' }),
    memoize(fn, { cache, name: 'f', env: [1] }),
    memoize(fn, { cache, name: 'f', env: ['1'] }),
    memoize(fn, { cache, name: 'f', deps: [other] }),
    memoize(fn, { cache, name: 'f', deps: [memoize(fn, { cache, name: 'other', version: 2 })] }),
    memoize(fn, { cache, name: 'f', deps: [other.digest(1)] }),
  ]
  expect(new Set(functions.map(f => f.digest(1))).size).toBe(functions.length)
})

test('a memoized function can be an argument, by its identity', async () => {
  const cache = open()
  const one = memoize((x: number) => x, { cache, name: 'one' })
  const f = memoize((g: unknown) => g, { cache, name: 'f' })
  expect(f.digest(one)).toBe(f.digest(memoize((x: number) => x + 1, { cache, name: 'one' })))
  expect(f.digest(one)).not.toBe(f.digest(memoize((x: number) => x, { cache, name: 'one', version: 2 })))
  let runs = 0
  const counted = memoize((_g: unknown) => ++runs, { cache, name: 'counted' })
  expect([await counted(one), await counted(one)]).toEqual([1, 1])
  expect(await counted.query([one]).count()).toBe(1)
})

describe('arguments without a digest', () => {
  test('run uncached, with one warning that names the path and the remedies', async () => {
    const { cache, warnings } = watched()
    let runs = 0
    const f = memoize(
      ({ onEnd }: { onEnd: () => string }) => {
        runs += 1
        return onEnd()
      },
      { cache, name: 'f' },
    )
    expect(await f({ onEnd: () => 'a' })).toBe('a')
    expect(await f({ onEnd: () => 'b' })).toBe('b')
    expect(runs).toBe(2)
    expect(warnings).toHaveLength(1)
    expect(warnings[0]?.code).toBe('uncached')
    for (const part of ['"f"', '.onEnd', 'ignore', 'key']) expect(warnings[0]?.message).toContain(part)
  })

  test('so do cyclic ones', async () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    const { cache, warnings } = watched()
    expect(await memoize((x: unknown) => typeof x, { cache, name: 'f' })(cyclic)).toBe('object')
    expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
  })

  test('are refused where the function is strict, and the body does not run', async () => {
    let runs = 0
    const f = memoize((_x: unknown) => ++runs, { cache: open(), name: 'f', strict: true })
    const error = await f(() => 1).catch((reason: unknown) => reason)
    expect(isRiposteError(error, 'ERR_UNDIGESTIBLE')).toBe(true)
    expect(runs).toBe(0)
  })
})

describe('arguments that change', () => {
  test('inside the body do not change the key', async () => {
    const f = memoize(
      (list: number[]) => {
        list.sort()
        return [...list]
      },
      { cache: open(), name: 'f' },
    )
    expect(await f([3, 1, 2])).toEqual([1, 2, 3])
    expect(await f.contains([3, 1, 2])).toBe(true)
    expect(await f.contains([1, 2, 3])).toBe(false)
  })

  test('after the call, when the body has started, do not change the key', async () => {
    const f = memoize(async (list: number[]) => list.length, { cache: open(), name: 'f' })
    const list = [1]
    const pending = f(list)
    list.push(2)
    expect(await pending).toBe(1)
    expect(await f.contains([1])).toBe(true)
    expect(await f.contains([1, 2])).toBe(false)
  })

  test('before a body that had to wait are not recorded under the key of either', async () => {
    const { cache, warnings } = watched(answeringLater(testStore()))
    const f = memoize(async (list: number[]) => list.length, { cache, name: 'f' })
    const list = [1]
    const pending = f(list)
    list.push(2)
    expect(await pending).toBe(2)
    expect(await f.contains([1])).toBe(false)
    expect(await f.contains([1, 2])).toBe(false)
    expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
  })

  test('do not give their result, or error, to those who wait with unchanged ones', async () => {
    const f = memoize(
      async (list: number[]) => {
        if (list.includes(9)) throw new Error('nine')
        return list.length
      },
      { cache: createCache(answeringLater(testStore()), { onWarning: () => {} }), name: 'f' },
    )
    const list = [1]
    const first = f(list)
    const second = f([1])
    list.push(9)
    await expect(first).rejects.toThrow('nine')
    expect(await second).toBe(1)
  })

  test('are no matter where they are ignored', async () => {
    const { cache, warnings } = watched(answeringLater(testStore()))
    const f = memoize(async (_x: number, log: string[]) => log.length, { cache, name: 'f', ignore: [1] })
    const log: string[] = []
    const pending = f(1, log)
    log.push('late')
    expect(await pending).toBe(1)
    expect(await f.contains(1, [])).toBe(true)
    expect(warnings).toEqual([])
  })

  test('while queued behind other bodies run uncached', async () => {
    const { cache, warnings } = watched()
    const f = memoize(
      async (list: number[]) => {
        await settled()
        return list.length
      },
      { cache, name: 'f', concurrency: 1 },
    )
    const list = [1]
    const pending = [f([0, 0, 0]), f(list)]
    list.push(2)
    expect(await Promise.all(pending)).toEqual([3, 2])
    expect(await f.contains([1])).toBe(false)
    expect(warnings.map(({ code }) => code)).toEqual(['uncached'])
  })
})

test('storeArguments: false records digests only, and finds calls all the same', async () => {
  const cache = open()
  const f = memoize((x: { secret: string }) => x.secret.length, {
    cache,
    name: 'f',
    params: ['x'],
    storeArguments: false,
  })
  await f({ secret: 'hush' })
  expect(await f.contains({ secret: 'hush' })).toBe(true)
  const record = await f.record({ secret: 'hush' })
  await expect(record?.loadArgs()).rejects.toThrow()
})

test('storeArguments: false writes no argument anywhere, large or small, nor what stands in one', async () => {
  const cache = open()
  const f = memoize((_token: string, _options: object) => 'a result', {
    cache,
    name: 'f',
    params: ['token', 'options'],
    storeArguments: false,
    collect: ['environment'],
  })
  const secrets = ['hush-hush', 'hidden', 'tucked away', 'namesToo'] as const
  const [token, small, deep] = secrets
  const options = { small, list: [{ deep }], large: deep.repeat(1000), namesToo: 1 }
  await f(token, options)
  expect(await f.query({ token }).count()).toBe(1)
  expect(await f.query({ options: exact(options) }).count()).toBe(1)
  // Whoever could ask for a part of one could try what stands in it.
  expect(await f.query({ options: { small } }).count()).toBe(0)
  for (const backend of [cache.store.values, cache.store.calls]) {
    for (const { key } of backend.list()) {
      const text = Buffer.from(backend.get([key])[0] ?? []).toString('latin1')
      expect(secrets.filter(secret => text.includes(secret))).toEqual([])
    }
  }
})

describe('references', () => {
  test('what they claim is checked before the body runs', async () => {
    let runs = 0
    const f = memoize((_x: unknown) => ++runs, { cache: open(), name: 'f' })
    const error = await f([ref(digest('not stored'))]).catch((reason: unknown) => reason)
    expect(isRiposteError(error, 'ERR_FALSE_REFERENCE')).toBe(true)
    expect(runs).toBe(0)
  })

  test('stand for their values in the key', async () => {
    const cache = open()
    const rows = Array.from({ length: 500 }, (_, i) => `row ${i}`)
    const f = memoize((x: unknown) => typeof x, { cache, name: 'f' })
    expect(f.digest([ref(await cache.values.save(rows))])).toBe(f.digest([rows]))
    expect(await f([ref(digest(rows))])).toBe('object')
    expect(await f.contains([rows])).toBe(true)
  })
})
