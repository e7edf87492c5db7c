// What a memoized function's type says of a call, and which mistakes in options the compiler refuses.
import { type Cache, type Digest, digest } from '@riposte/core'
import { expectTypeOf, test } from 'vitest'
import { type Memoized, memoize, memoizer, overrideCache, setDefaultCache, withCache } from '../src/index.ts'

declare const cache: Cache

test('a function that promises keeps its type', async () => {
  const slow = memoize(async (user: string, day: number) => ({ user, day, rows: [1] }), {
    cache,
    name: 'slow',
    version: 2,
    params: ['user', 'day'],
    ignore: ['day'],
    tags: { project: 'x' },
  })
  expectTypeOf(await slow('ada', 3)).toEqualTypeOf<{ user: string; day: number; rows: number[] }>()
  expectTypeOf(slow.peek('ada', 3)?.value.rows).toEqualTypeOf<number[] | undefined>()
  const callback: (user: string, day: number) => Promise<unknown> = slow
  void [callback, slow.bind(null, 'x'), slow.call(null, 'x', 1)]
})

test('generics and overloads survive', async () => {
  const same = memoize(async <T>(x: T): Promise<T> => x, { cache, name: 'same' })
  expectTypeOf(await same(3 as const)).toEqualTypeOf<3>()
  function over(a: string): Promise<string>
  function over(a: number): Promise<number>
  async function over(a: unknown): Promise<unknown> {
    return a
  }
  const both = memoize(over, { cache, name: 'over' })
  expectTypeOf(await both('x')).toEqualTypeOf<string>()
  expectTypeOf(await both(3)).toEqualTypeOf<number>()
  const memo = memoizer({ cache, namespace: 'n' })
  expectTypeOf(await memo(async <T>(x: T): Promise<T> => x, { name: 'g' })('a' as const)).toEqualTypeOf<'a'>()
})

test('a function that uses its receiver is for memoizeMethod; one that says that it has none is not', async () => {
  function bare(this: void, x: number): number {
    return x
  }
  function unused(this: unknown, x: number): number {
    return x
  }
  expectTypeOf(await memoize(bare, { cache, name: 'bare' })(1)).toEqualTypeOf<number>()
  expectTypeOf(await memoize(unused, { cache, name: 'unused' })(1)).toEqualTypeOf<number>()
  class Api {
    readonly base = 'a'
    get(this: Api, x: number): string {
      return this.base + x
    }
  }
  const get = memoize(new Api().get, { cache, name: 'get' })
  // @ts-expect-error it uses its receiver
  void get(1)
  expectTypeOf<
    keyof typeof get
  >().toEqualTypeOf<'the function uses its receiver, which a memoized function does not have: use memoizeMethod'>()
})

test('a function that returns a value becomes one that promises it', () => {
  const next = memoize((x: number) => x + 1, { cache, name: 'next' })
  expectTypeOf(next).parameters.toEqualTypeOf<[x: number]>()
  expectTypeOf(next(1)).toEqualTypeOf<Promise<number>>()
})

test('params names each parameter', () => {
  const one = async (user: string) => user
  const rest = async (a: string, ...xs: number[]) => [a, xs]
  // @ts-expect-error too many names
  memoize(one, { cache, name: 'f', params: ['user', 'x'] })('a')
  // @ts-expect-error too few names
  memoize(async (user: string, b: number) => [user, b], { cache, name: 'f', params: ['user'] })('a', 1)
  // @ts-expect-error a rest parameter's name needs its dots
  memoize(rest, { cache, name: 'f', params: ['a', 'xs'] })('a')
  void memoize(rest, { cache, name: 'f', params: ['a', '...xs'] })('a', 1, 2)
  void memoize(async (a: string, b?: number, ...xs: boolean[]) => [a, b, xs], {
    cache,
    name: 'f',
    params: ['a', 'b', '...xs'],
  })('a')
  // Where a rest is of the same type as what stands before it.
  void memoize(async (a: number, ...xs: number[]) => [a, xs], { cache, name: 'f', params: ['a', '...xs'] })(1, 2)
  void memoize(async (a?: number, ...xs: number[]) => [a, xs], { cache, name: 'f', params: ['a', '...xs'] })(1, 2)
  void memoize(async (...xs: number[]) => xs, { cache, name: 'f', params: ['...xs'] })(1, 2)
})

test('options that cannot be right are refused', () => {
  // @ts-expect-error ignore names an unknown parameter
  memoize(async (user: string) => user, { cache, name: 'i', params: ['user'], ignore: ['usr'] })
  // @ts-expect-error a name is required
  memoize(async (x: number) => x, { cache })
  // @ts-expect-error a dependency is a digest or a memoized function
  memoize(async (x: number) => x, { cache, name: 'x', deps: ['text'] })
  memoize(async (x: number) => x, { cache, name: 'x', deps: [digest(process.version), memoize(String, { name: 's' })] })
  // @ts-expect-error no such way to give results
  memoize(async (x: number) => x, { cache, name: 'x', results: 'shared' })
})

test('a method through memoize gives nothing to call', () => {
  class Repository {
    base = ''
  }
  async function read(this: Repository, id: string): Promise<string> {
    return this.base + id
  }
  // @ts-expect-error it uses its receiver
  memoize(read, { cache, name: 'm' })('x')
})

test('a default parameter without annotation is typed by its default', async () => {
  const f = memoize(async (user: string, day = 0) => [user, day], {
    cache,
    name: 'f',
    params: ['user', 'day'],
    ignore: ['day'],
  })
  expectTypeOf(f).parameter(1).toEqualTypeOf<number | undefined>()
  // @ts-expect-error day is a number
  await f('a', 'x')
})

test('map passes index and array, which only fewer parameters allow', () => {
  const f = memoize(async (user: string) => user.length, { cache: () => cache, name: 'f' })
  expectTypeOf(['a', 'b'].map(f)).toEqualTypeOf<Promise<number>[]>()
  // @ts-expect-error the results are numbers
  const texts: Promise<string>[] = ['a'].map(f)
  void texts
})

test('the type can be written down', () => {
  const annotated: Memoized<(a: string) => Promise<number>, readonly ['a']> = memoize(async (a: string) => a.length, {
    cache,
    name: 'annotated',
    params: ['a'],
  })
  expectTypeOf(annotated.seed).parameters.toEqualTypeOf<[args: [a: string], result: number]>()
  expectTypeOf(annotated.load('a')).toEqualTypeOf<Promise<number>>()
})

test("a call's digest is not a value's", () => {
  const f = memoize(async (a: string) => a.length, { cache, name: 'f' })
  // @ts-expect-error it addresses a record
  const value: Digest = f.digest('a')
  void value
})

test('caches are given for a scope, a test or a process', () => {
  expectTypeOf(withCache(cache, async () => 3)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(overrideCache(cache)).toEqualTypeOf<Disposable>()
  expectTypeOf(setDefaultCache(() => cache)).toEqualTypeOf<Disposable>()
  expectTypeOf(setDefaultCache(undefined)).toEqualTypeOf<Disposable>()
})
