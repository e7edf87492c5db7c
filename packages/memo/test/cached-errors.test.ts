import { createCache, createRegistry, digest } from '@riposte/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { type MemoizeOptions, memoize, memoizeSync } from '../src/index.ts'
import { answeringLater, failingAt, settled, watched } from './caches.ts'

afterEach(() => void vi.useRealTimers())

class HttpError extends Error {
  readonly status: number
  constructor(status: number, options?: { cause?: unknown }) {
    super(`HTTP ${status}`, options)
    this.name = 'HttpError'
    this.status = status
  }
}

type Options = Pick<MemoizeOptions<() => Promise<never>, readonly [], [], unknown>, 'cacheErrors' | 'maxAge' | 'strict'>

/** What two caches on one store reject with, and how often the body ran. */
async function thrownTwice(error: unknown, options: Options = { cacheErrors: true }, openStore = testStore) {
  const store = openStore()
  let runs = 0
  const body = async (): Promise<never> => {
    runs += 1
    throw error
  }
  const call = () => memoize(body, { cache: watched(store).cache, name: 'f', ...options })().catch((e: unknown) => e)
  const [first, second, third] = [await call(), await call(), await call()]
  return { first, second, third, runs }
}

describe.each([
  ['a store that answers now', testStore],
  ['a store that answers later', () => answeringLater(testStore()) as ReturnType<typeof testStore>],
])('on %s', (_, openStore) => {
  test('an error is thrown again without running the body, a fresh one each time', async () => {
    const error = new RangeError('no', { cause: new TypeError('why') })
    const { first, second, third, runs } = await thrownTwice(error, undefined, openStore)
    expect(runs).toBe(1)
    expect(first).toBe(error)
    expect(second).toBeInstanceOf(RangeError)
    expect(second).toEqual(error)
    expect((second as Error).cause).toEqual(new TypeError('why'))
    expect(third).not.toBe(second)
  })

  test('without the option, and for what `if` refuses, the body is tried again', async () => {
    const { runs } = await thrownTwice(
      new HttpError(500),
      { cacheErrors: { if: e => (e as HttpError).status < 500 } },
      openStore,
    )
    expect(runs).toBe(3)
    expect((await thrownTwice(new HttpError(500), {}, openStore)).runs).toBe(3)
    expect((await thrownTwice(new HttpError(500), { cacheErrors: false }, openStore)).runs).toBe(3)
  })

  test('a recorded error is worth nothing to a function that keeps none, and is replaced', async () => {
    const cache = createCache(openStore())
    let fails = true
    const body = async (): Promise<string> => {
      if (fails) throw new Error('no')
      return 'yes'
    }
    const keeps = memoize(body, { cache, name: 'f', cacheErrors: true })
    await keeps().catch(() => {})
    fails = false
    await expect(keeps()).rejects.toThrow('no')
    const keepsNone = memoize(body, { cache, name: 'f' })
    expect(await keepsNone.contains()).toBe(false)
    await expect(keepsNone.load()).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' })
    expect([await keepsNone(), await keeps()]).toEqual(['yes', 'yes'])
  })

  test('it has its own age', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let runs = 0
    const f = memoize(
      async (): Promise<string> => {
        runs += 1
        if (runs === 1) throw new Error('no')
        return 'yes'
      },
      {
        cache: createCache(openStore()),
        name: 'f',
        maxAge: 5000,
        staleWhileRevalidate: 9000,
        cacheErrors: { maxAge: 1000 },
      },
    )
    await expect(f()).rejects.toThrow('no')
    vi.setSystemTime(Date.now() + 999)
    await expect(f()).rejects.toThrow('no')
    vi.setSystemTime(Date.now() + 1)
    expect(await f()).toBe('yes')
    vi.setSystemTime(Date.now() + 4999)
    expect([await f(), runs]).toEqual(['yes', 2])
  })

  test('the verbs say what a call would', async () => {
    const f = memoize(() => Promise.reject(new Error('no')), {
      cache: createCache(openStore()),
      name: 'f',
      cacheErrors: true,
    })
    await expect(f()).rejects.toThrow('no')
    expect(await f.contains()).toBe(true)
    await expect(f.load()).rejects.toThrow('no')
    await expect(f.ref()).rejects.toThrow('no')
    expect(f.peek()).toBeUndefined()
    const record = await f.record()
    expect(record?.threw).toBe(true)
    await expect(record?.result()).rejects.toThrow('no')
    expect((await f.explain()).outcome).toBe('hit')
    expect(record?.metadata.runtime?.durationMs).toBeGreaterThanOrEqual(0)
  })

  test('callers at once share one run, whether it is recorded or replayed', async () => {
    let runs = 0
    const f = memoize(
      async () => {
        runs += 1
        await settled()
        throw new Error('no')
      },
      { cache: createCache(openStore()), name: 'f', cacheErrors: true },
    )
    const outcomes = [...(await Promise.allSettled([f(), f()])), ...(await Promise.allSettled([f(), f()]))]
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    expect(runs).toBe(1)
  })
})

test('an error of a class that is not registered comes back as the nearest that the language has', async () => {
  const inner = Object.assign(new (class Inner extends TypeError {})('inner'), { code: 'EINNER' })
  const { second, runs } = await thrownTwice(new HttpError(404, { cause: inner }))
  expect(runs).toBe(1)
  expect(second).toBeInstanceOf(Error)
  expect(second).not.toBeInstanceOf(HttpError)
  expect(second).toMatchObject({ name: 'HttpError', message: 'HTTP 404', status: 404 })
  expect((second as Error).cause).toBeInstanceOf(TypeError)
  expect((second as Error).cause).toMatchObject({ message: 'inner', code: 'EINNER' })
  expect(Object.keys(second as object)).toEqual(expect.arrayContaining(['status']))
})

test('that it comes back so is told once for each class, with what helps', async () => {
  const { cache, warnings } = watched()
  class Inner extends TypeError {}
  const f = memoize((n: number) => Promise.reject(new HttpError(n, { cause: new Inner('inner') })), {
    cache,
    name: 'f',
    cacheErrors: true,
    strict: true,
  })
  for (const n of [1, 1, 2]) await expect(f(n)).rejects.toThrow(`HTTP ${n}`)
  expect(warnings.map(({ code }) => code)).toEqual(['class', 'class'])
  expect(warnings[0]?.message).toMatch(
    /^"f" threw an error of class HttpError, .*registerClass.*`cacheErrors: \{ if \}`$/,
  )
  expect(warnings[1]?.message).toContain('threw an error of class Inner')
  const g = memoize(() => Promise.reject(new RangeError('no')), { cache, name: 'g', cacheErrors: true })
  await expect(g()).rejects.toThrow('no')
  expect(warnings).toHaveLength(2)
})

test('the stack of one from the store says where it is from, and its digest is that of any', async () => {
  const error = new RangeError('two\nlines')
  const { second } = await thrownTwice(error)
  expect((second as Error).stack).toBe('RangeError: two\nlines\n    at <recorded call of "f">')
  expect(digest(second)).toBe(digest(error))
  const own = Object.defineProperty(new Error('no'), 'stack', { value: 'mine', enumerable: true })
  const { second: kept } = await thrownTwice(own)
  expect((kept as Error).stack).toBe('mine')
})

test.each([
  ['an AggregateError', () => new AggregateError([new HttpError(1), new Error('b')], 'both')],
  ['a DOMException', () => AbortSignal.abort().reason as Error],
  ['a SyntaxError with properties', () => Object.assign(new SyntaxError('x'), { line: 3 })],
])('%s', async (_, make) => {
  const error = make()
  const { second, runs } = await thrownTwice(error)
  expect(runs).toBe(1)
  expect(second).toMatchObject({ ...error, name: error.name, message: error.message })
  const errors = (value: unknown) => (value as { errors?: Error[] }).errors?.map(({ message }) => message)
  expect(errors(second)).toEqual(errors(error))
})

test('what is thrown need not be an error', async () => {
  for (const thrown of ['text', undefined, { code: 1 }, null]) {
    const { first, second, runs } = await thrownTwice(thrown)
    expect([first, second, runs]).toEqual([thrown, thrown, 1])
  }
})

test('one of a registered class comes back as such', async () => {
  const registry = createRegistry()
  registry.register({
    id: 'b2138434',
    type: HttpError,
    takeApart: ({ status }) => ({ status }),
    build: ({ status }: { status: number }) => new HttpError(status),
  })
  const f = memoize(() => Promise.reject(new HttpError(404)), {
    cache: createCache(testStore(), { registry }),
    name: 'f',
    cacheErrors: true,
  })
  await f().catch(() => {})
  const again = await f().catch((error: unknown) => error)
  expect(again).toBeInstanceOf(HttpError)
  expect(again).toMatchObject({ status: 404 })
})

test('what cannot be stored reaches its caller unchanged, with a warning, where it is strict too', async () => {
  for (const strict of [false, true]) {
    const { cache, warnings } = watched()
    const error = Object.assign(new Error('no'), { retry: () => {} })
    const f = memoize(() => Promise.reject(error), { cache, name: 'f', cacheErrors: true, strict })
    await expect(f()).rejects.toBe(error)
    await expect(f()).rejects.toBe(error)
    expect(warnings.map(({ message }) => message)).toEqual(strict ? [] : [expect.stringContaining('.retry')])
  }
})

test.each(['warn', 'throw'] as const)(
  'a store that fails to keep an error takes nothing from its caller, and is told of as that: %s',
  async onStoreError => {
    const { cache, warnings } = watched(failingAt(testStore(), ['commit']))
    const error = new Error('no')
    const f = memoize(() => Promise.reject(error), { cache, name: 'f', cacheErrors: true, onStoreError })
    for (const _ of [1, 2]) await expect(f()).rejects.toBe(error)
    expect(warnings.map(({ code }) => code)).toEqual(onStoreError === 'warn' ? ['store'] : [])
  },
)

test('a policy that throws does not take the error away', async () => {
  const { cache, warnings } = watched()
  const error = new Error('no')
  const bad = (): boolean => {
    throw new Error('oops')
  }
  await expect(memoize(() => Promise.reject(error), { cache, name: 'f', cacheErrors: { if: bad } })()).rejects.toBe(
    error,
  )
  expect(warnings[0]?.message).toContain('oops')
})

test('synchronous functions keep errors too', () => {
  let runs = 0
  const f = memoizeSync(
    () => {
      runs += 1
      throw new RangeError('no')
    },
    { cache: createCache(testStore()), name: 'f', cacheErrors: true },
  )
  expect(() => f()).toThrow(RangeError)
  expect(() => f()).toThrow(new RangeError('no'))
  expect(runs).toBe(1)
})

test.each([3, { age: 1 }, { maxAge: -1 }, { if: true }])('cacheErrors of %j is refused', cacheErrors => {
  expect(() => memoize(async () => 1, { name: 'f', cacheErrors: cacheErrors as never })).toThrow(/cacheErrors/)
})
