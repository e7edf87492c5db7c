// What queries of a memoized function may ask, and what its records hold, as the compiler sees it.
import { ANY, type Cache, digest, exact, type Pattern, type Ref } from '@riposte/core'
import { expectTypeOf, test } from 'vitest'
import { memoize } from '../src/index.ts'

declare const cache: Cache

test('templates go by position or by declared name', async () => {
  const slow = memoize(async (user: string, day: number) => ({ user, day, rows: [1] }), {
    cache,
    name: 'slow',
    params: ['user', 'day'],
  })
  slow.query({ user: 'ada' })
  slow.query({ user: ANY, day: 3 })
  slow.query(['ada', ANY])
  slow.query(['ada'])
  slow.query([ANY])
  // @ts-expect-error wrong name
  slow.query({ usr: 'ada' })
  // @ts-expect-error wrong type
  slow.query({ user: 3 })
  // @ts-expect-error a digest of another value cannot stand for a number
  slow.query({ day: digest(3) })
  for await (const call of slow.query({ user: 'ada' }).take(10)) {
    expectTypeOf(call.args[0]).toEqualTypeOf<string | Ref<string>>()
    expectTypeOf((await call.result()).rows).toEqualTypeOf<number[]>()
    expectTypeOf(call.metadata.runtime?.durationMs).toEqualTypeOf<number | undefined>()
  }
})

test('optional and rest parameters', () => {
  const optional = memoize(async (a: string, b?: number) => [a, b], { cache, name: 'o', params: ['a', 'b'] })
  optional.query({ b: 3 })
  optional.query({ b: undefined })
  const rest = memoize(async (a: string, ...xs: number[]) => [a, xs], { cache, name: 'r', params: ['a', '...xs'] })
  rest.query({ a: 'x' })
  rest.query({ xs: [1, 2] })
  rest.query({ xs: exact([1, 2]) })
  // @ts-expect-error not numbers
  rest.query({ xs: ['1'] })
  memoize(async (...xs: number[]) => xs, { cache, name: 'r', params: ['...xs'] }).query({ xs: [1] })
  memoize(async (a: string, b?: number, ...xs: boolean[]) => [a, b, xs], {
    cache,
    name: 'r',
    params: ['a', 'b', '...xs'],
  }).query({ b: 2, xs: [true] })
  memoize(async (a?: number, ...xs: number[]) => [a, xs], { cache, name: 'r', params: ['a', '...xs'] }).query({
    a: 1,
    xs: [1],
  })
})

test('plain objects are matched in part, at any depth', () => {
  interface Options {
    model: string
    temperature?: number
    tools: { name: string; args: number[] }[]
    deep: { a: { b: number; c: string } }
  }
  const llm = memoize(async (prompt: string, options: Options) => [prompt, options], {
    cache,
    name: 'llm',
    params: ['prompt', 'options'],
  })
  llm.query({ options: { deep: { a: { b: 1 } } } })
  llm.query({ options: exact({ model: 'x', tools: [], deep: { a: { b: 1, c: '' } } }) })
  // @ts-expect-error nested typo
  llm.query({ options: { deep: { a: { bb: 1 } } } })
})

test('recursive types, unions, unknown and any', () => {
  type Tree = { v: number; kids: Tree[]; parent?: Tree | null }
  type Data = string | number | boolean | null | Data[] | { [k: string]: Data }
  type Union = { kind: 'a'; x: number } | { kind: 'b'; y: string; z: { q: number } }
  const f = memoize(
    async (tree: Tree, data: Data, u: unknown, m: Map<string, Tree>, s: 'x' | 'y', o: Union) => [
      tree,
      data,
      u,
      m,
      s,
      o,
    ],
    {
      cache,
      name: 't',
      params: ['tree', 'data', 'u', 'm', 's', 'o'],
    },
  )
  f.query({ tree: { parent: { parent: { v: 3 } } }, data: { a: 1 }, u: { x: ANY }, s: 'x' })
  f.query({ o: { kind: 'b', z: { q: ANY } } })
  // @ts-expect-error not one of the two
  f.query({ s: 'z' })
  // @ts-expect-error v is a number
  f.query({ tree: { parent: { parent: { v: 'x' } } } })
  expectTypeOf<Pattern<Data>>().not.toBeNever()
})

test('branded strings, class instances, null and undefined', () => {
  class Money {
    readonly amount: number
    #paid = false
    constructor(amount: number) {
      this.amount = amount
    }
    pay(): boolean {
      this.#paid = true
      return this.#paid
    }
  }
  type UserId = string & { readonly __brand: 'UserId' }
  const id = 'u' as UserId
  const f = memoize(
    async (id: UserId, money: Money, o: { a?: string | null; b: string | undefined }) => [id, money, o],
    {
      cache,
      name: 'b',
      params: ['id', 'money', 'o'],
    },
  )
  f.query({ id, money: new Money(1) })
  f.query({ money: { amount: 3 } })
  f.query({ o: { a: null } })
  f.query({ o: { b: undefined } })
})

test('key names what is asked for and what records hold', async () => {
  const user = memoize(async (u: { id: number; name: string }, _signal?: AbortSignal) => u.name, {
    cache,
    name: 'user',
    key: u => ({ id: u.id }),
  })
  user.query({ id: 3 })
  // @ts-expect-error id is a number
  user.query({ id: 'x' })
  for await (const call of user.query()) expectTypeOf(await call.loadArgs()).toEqualTypeOf<{ id: number }>()
})

test('metadata is typed by the function that gives it', async () => {
  const m = memoize(async (prompt: string) => ({ text: prompt, usage: { tokens: 3 } }), {
    cache,
    name: 'm',
    params: ['prompt'],
    metadata: ({ result, args: [prompt] }) => ({ llm: { tokens: result.usage.tokens, usd: prompt.length } }),
  })
  m.query({ prompt: 'x' }, { metadata: { llm: { usd: { gt: 0.1 } }, runtime: { durationMs: { gt: 3 } } } })
  m.query({}, { result: { usage: { tokens: 3 } } })
  // @ts-expect-error no such value
  m.query({}, { metadata: { llm: { us: 1 } } })
  for await (const call of m.query()) expectTypeOf(call.metadata.llm?.usd).toEqualTypeOf<number | undefined>()
})

test('a query is not a promise', () => {
  const f = memoize(async (a: string) => a, { cache, name: 'f' })
  expectTypeOf(f.query()).not.toHaveProperty('then')
  void f
    .query()
    .take(1)
    .filter(call => call.name === 'f')
    .evict()
})
