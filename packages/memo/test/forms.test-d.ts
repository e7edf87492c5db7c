// Types of the other forms: memoizeSync, memoizeMethod, the decorator, references.
import {
  type Cache,
  createCache,
  intercept,
  memoryStore,
  perKeyLock,
  type Ref,
  readOnly,
  type Store,
} from '@riposte/core'
import { expectTypeOf, test } from 'vitest'
import {
  type Explanation,
  type MemoizedMethod,
  type MemoizedSync,
  memoize,
  memoized,
  memoizeMethod,
  memoizer,
  memoizeSync,
  verbs,
  withTags,
} from '../src/index.ts'

declare const cache: Cache
declare const later: Store

test('memoizeSync returns what the function returns, and its verbs promise', async () => {
  const parse = memoizeSync((text: string) => text.split(','), { name: 'parse', params: ['text'], code: 'body' })
  expectTypeOf(parse('a')).toEqualTypeOf<string[]>()
  expectTypeOf(parse.load('a')).toEqualTypeOf<Promise<string[]>>()
  expectTypeOf(parse.ref('a')).toEqualTypeOf<Promise<Ref<string[]>>>()
  parse.query({ text: 'a' })
  const first = memoizeSync(<T>(list: T[]): T | undefined => list[0], { name: 'first' })
  expectTypeOf(first([1])).toEqualTypeOf<number | undefined>()
  const f = memoizeSync((text: string, options: { jsx?: boolean } = {}, depth = 3) => [text, options, depth], {
    name: 's',
    params: ['text', 'options', 'depth'],
  })
  // @ts-expect-error depth is a number
  f('x', {}, 'y')
  const annotated: MemoizedSync<(a: string) => number, readonly ['a']> = memoizeSync((a: string) => a.length, {
    name: 'annotated',
    params: ['a'],
  })
  expectTypeOf(annotated('a')).toEqualTypeOf<number>()
})

test('memoizeSync refuses a function that promises, and says so', () => {
  const promised = memoizeSync(async (x: number) => x, { name: 'p' })
  // @ts-expect-error it promises
  void promised(1)
  expectTypeOf<
    keyof typeof promised
  >().toEqualTypeOf<'the function promises its result, which memoizeSync does not wait for: use memoize'>()
  const sometimes = memoizeSync((x: number): string | PromiseLike<string> => String(x), { name: 's' })
  // @ts-expect-error it may promise
  void sometimes(1)
  // @ts-expect-error so does that of a memoizer
  void memoizer({}).sync(async <T>(x: T) => x, { name: 'm' })(1)
  // What may be anything, or is never there, is no promise.
  expectTypeOf(memoizeSync((text: string) => JSON.parse(text), { name: 'any' })('1')).toBeAny()
  expectTypeOf(memoizeSync((x: unknown): unknown => x, { name: 'unknown' })(1)).toBeUnknown()
  expectTypeOf(memoizeSync(<T>(x: T): T => x, { name: 'generic' })('a' as const)).toEqualTypeOf<'a'>()
  const never = memoizeSync(
    (): never => {
      throw new Error('no')
    },
    { name: 'never' },
  )
  expectTypeOf(never).returns.toBeNever()
})

test('memoizeSync takes a cache whose store answers now, and no other', () => {
  const fn = (x: number) => x
  memoizeSync(fn, { name: 's', cache: createCache(memoryStore()) })
  memoizeSync(fn, { name: 's', cache: () => createCache(memoryStore()) })
  memoizeSync(fn, { name: 's', cache: createCache(readOnly(memoryStore())) })
  memoizeSync(fn, { name: 's', cache: createCache(intercept(memoryStore(), (_operation, next) => next())) })
  // @ts-expect-error its store answers later
  memoizeSync(fn, { name: 's', cache: createCache(later) })
  // @ts-expect-error its store answers later
  memoizeSync(fn, { name: 's', cache: () => createCache(later) })
  // @ts-expect-error a lock promises
  memoizeSync(fn, { name: 's', cache: createCache(perKeyLock(memoryStore())) })
  // @ts-expect-error what intercepts promises
  memoizeSync(fn, { name: 's', cache: createCache(intercept(memoryStore(), async (_operation, next) => next())) })
  // @ts-expect-error too few names
  memoizeSync((a: string, b: number) => [a, b], { name: 's', params: ['a'] })('a', 1)
})

class Api {
  readonly base: string
  constructor(base: string) {
    this.base = base
  }
}

test('a memoized method needs its receiver, and on(self) has the verbs', async () => {
  const post = memoizeMethod(
    async function (this: Api, id: number) {
      return this.base + id
    },
    { cache, name: 'post', params: ['id'], context: self => self.base },
  )
  class Client extends Api {
    post = post
  }
  const client = new Client('a')
  expectTypeOf(await client.post(3)).toEqualTypeOf<string>()
  client.post.query({ id: 3 })
  expectTypeOf(await client.post.on(client).load(3)).toEqualTypeOf<string>()
  expectTypeOf(await client.post.on(client)(3)).toEqualTypeOf<string>()
  client.post.on(client).query({ id: 3 })
  // @ts-expect-error no receiver
  await client.post.load(3)
  const { post: detached } = client
  // @ts-expect-error detached: the receiver is lost
  await detached(3)
  // @ts-expect-error id is a number
  client.post.query({ id: 'x' })
  const annotated: MemoizedMethod<(this: Api, id: number) => Promise<string>, readonly ['id']> = post
  void annotated
  // @ts-expect-error context is mandatory
  memoizeMethod(async (id: number) => id, { cache, name: 'm' })
  memoizeMethod(
    async function (this: Api) {
      return this.base
    },
    // @ts-expect-error the receiver has no such property
    { cache, name: 'm', context: self => self.bse },
  )
})

test('the decorator keeps the type of the method; verbs shows the rest', async () => {
  class Decorated extends Api {
    @memoized({ cache, name: 'user', params: ['id'], context: (self: Decorated) => self.base })
    async user(id: number) {
      return { id, from: this.base }
    }
  }
  const api = new Decorated('a')
  expectTypeOf(await api.user(3)).toEqualTypeOf<{ id: number; from: string }>()
  // @ts-expect-error a standard decorator cannot change the member's type
  api.user.query({ id: 3 })
  verbs(api.user).query([3])
  expectTypeOf(await verbs(api.user, api).load(3)).toEqualTypeOf<{ id: number; from: string }>()
})

interface Row {
  id: number
  name: string
}

test('references stand for values of their type, at any depth', async () => {
  const load = memoize(async (_file: string): Promise<Row[]> => [], { cache, name: 'load', params: ['file'] })
  const clean = memoize(async (rows: Row[], _options: { min: number }) => rows, { cache, name: 'clean' })
  const join = memoize(async (parts: Row[][]) => parts.flat(), { cache, name: 'join' })
  const rows = await load.ref('a.csv')
  expectTypeOf(rows).toEqualTypeOf<Ref<Row[]>>()
  const cleaned = await clean.ref(rows, { min: 3 })
  expectTypeOf(await join.withRefs([cleaned, cleaned])).toEqualTypeOf<Row[]>()
  expectTypeOf(await join.withRefs([cleaned, []])).toEqualTypeOf<Row[]>()
  const wrong = rows as unknown as Ref<string>
  // @ts-expect-error a reference to a value of another type
  await clean.ref(wrong, { min: 3 })
  // @ts-expect-error also inside
  await join.withRefs([wrong])
  const merge = memoize(async (all: { maps: Map<string, number>[]; pair: [Row[], number] }) => all, {
    cache,
    name: 'm',
  })
  const map = await memoize(async () => new Map([['a', 1]]), { cache, name: 'map' }).ref()
  const three = await memoize(async () => 3, { cache, name: 'three' }).ref()
  await merge.withRefs({ maps: [map, new Map([['b', three]])], pair: [cleaned, three] })
  // @ts-expect-error the pair is of rows and a number
  await merge.withRefs({ maps: [], pair: [three, cleaned] })
  // @ts-expect-error a plain call takes values
  await clean(rows, { min: 3 })
})

test('options about age, errors, signals and circumstances', async () => {
  const page = memoize(
    async (_url: string, _init?: { headers?: Record<string, string>; signal?: AbortSignal }) => ({
      body: '',
      maxAge: 60,
    }),
    {
      cache,
      name: 'page',
      key: (url, init) => ({ url, headers: init?.headers }),
      maxAge: result => result.maxAge * 1000,
      staleWhileRevalidate: 10_000,
      cacheErrors: { maxAge: 60_000, if: error => error instanceof TypeError },
      collect: ['git'],
    },
  )
  page.query({ url: 'x' }, { metadata: { git: { dirty: true } } })
  for await (const call of page.query()) {
    expectTypeOf((await call.loadArgs()).url).toEqualTypeOf<string>()
    expectTypeOf(call.metadata.git?.commit).toEqualTypeOf<string | undefined>()
    expectTypeOf(call.threw).toEqualTypeOf<boolean>()
  }
  const aborted = memoize(async (u: string, _s?: AbortSignal) => u, {
    cache,
    name: 'sig',
    params: ['u', 's'],
    signal: 's',
    require: ['u'],
  })
  await aborted('a')
  // @ts-expect-error no such parameter
  memoize(async (u: string) => u, { cache, name: 'x', params: ['u'], signal: 's' })
  // @ts-expect-error no such parameter
  memoize(async (u: string) => u, { cache, name: 'x', params: ['u'], require: ['s'] })
  // @ts-expect-error nothing of the kind is collected
  memoize(async (u: string) => u, { cache, name: 'x', collect: ['weather'] })
  const explanation: Explanation = await aborted.explain('x')
  if (explanation.outcome === 'miss') expectTypeOf(explanation.differences[0]?.path).toEqualTypeOf<string | undefined>()
  expectTypeOf(withTags({ a: 1 }, async () => 3)).toEqualTypeOf<Promise<number>>()
})

test('a memoizer has all forms', () => {
  const memo = memoizer({ namespace: 'n', maxAge: 1000 })
  expectTypeOf(memo.sync((x: number) => [x], { name: 's' })(1)).toEqualTypeOf<number[]>()
  const method = memo.method(
    async function (this: Api, x: number) {
      return this.base + x
    },
    { name: 'm', context: 'ignore' },
  )
  expectTypeOf(method.on(new Api('a'))(1)).toEqualTypeOf<Promise<string>>()
})
