import { createCache, digestOf } from '@riposte/core'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize, memoized, memoizeMethod, memoizer, verbs, withCache } from '../src/index.ts'
import { watched } from './caches.ts'
import { collectGarbage } from './collect-garbage.ts'

class Api {
  readonly base: string
  runs = 0
  constructor(base: string) {
    this.base = base
  }
}

function userOf(cache = createCache(testStore())) {
  return memoizeMethod(
    async function user(this: Api, id: number) {
      this.runs += 1
      return { id, from: this.base }
    },
    { cache, name: 'user', params: ['id'], context: self => self.base },
  )
}

test('receivers of the same context share results, others do not', async () => {
  const user = userOf()
  const [a, again, b] = [new Api('a'), new Api('a'), new Api('b')]
  expect(await user.call(a, 1)).toEqual({ id: 1, from: 'a' })
  expect(await user.call(again, 1)).toEqual({ id: 1, from: 'a' })
  expect(await user.call(b, 1)).toEqual({ id: 1, from: 'b' })
  // Now they are hot, and found without hashing.
  expect([await user.call(a, 1), await user.call(b, 1)]).toEqual([
    { id: 1, from: 'a' },
    { id: 1, from: 'b' },
  ])
  expect([a.runs, again.runs, b.runs]).toEqual([1, 0, 1])
})

test("with context: 'ignore' the receiver is no part of the key, and the body gets it", async () => {
  const f = memoizeMethod(
    async function (this: { x: number }) {
      return this.x
    },
    { cache: createCache(testStore()), name: 'f', context: 'ignore' },
  )
  expect([await f.call({ x: 1 }), await f.call({ x: 2 })]).toEqual([1, 1])
})

test('as a member it is called as a method', async () => {
  const user = userOf()
  class Client extends Api {
    user = user
  }
  expect(await new Client('c').user(3)).toEqual({ id: 3, from: 'c' })
})

test('on(self) has all verbs', async () => {
  const user = userOf()
  const [a, b] = [new Api('a'), new Api('b')]
  expect(await user.on(a).contains(1)).toBe(false)
  expect(await user.on(a)(1)).toEqual({ id: 1, from: 'a' })
  expect(await user.on(new Api('a')).load(1)).toEqual({ id: 1, from: 'a' })
  expect(user.on(a).peek(1)).toEqual({ value: { id: 1, from: 'a' } })
  expect(await user.on(b).contains(1)).toBe(false)
  await user.on(b).seed([1], { id: 1, from: 'seeded' })
  expect(await user.call(b, 1)).toEqual({ id: 1, from: 'seeded' })
  expect(await user.on(b).rerun(1)).toEqual({ id: 1, from: 'b' })
  expect(user.on(a).digest(1)).not.toBe(user.on(b).digest(1))
  expect(await user.on(a).evict(1)).toBe(true)
  expect(await user.on(b).contains(1)).toBe(true)
  expect((await user.on(b).explain(1)).outcome).toBe('hit')
})

test('query gives the calls of all receivers, on(self).query those of its context', async () => {
  const user = userOf()
  await user.call(new Api('a'), 1)
  await user.call(new Api('b'), 1)
  await user.call(new Api('b'), 2)
  expect(await user.query({ id: 1 }).count()).toBe(2)
  expect(await user.on(new Api('b')).query().count()).toBe(2)
  const [call] = await user.on(new Api('b')).query({ id: 1 }).toArray()
  expect(await call?.result()).toEqual({ id: 1, from: 'b' })
})

test('methods of different receivers are different dependencies', () => {
  const user = userOf()
  const of = (base: string) => user.on(new Api(base))[digestOf]()
  expect(of('a')).toBe(of('a'))
  expect(of('a')).not.toBe(of('b'))
  expect(of('a')).not.toBe(user[digestOf]())
})

test('a context without a digest makes calls run uncached, naming this', async () => {
  const { cache, warnings } = watched()
  const f = memoizeMethod(
    async function (this: Api) {
      this.runs += 1
      return 1
    },
    { cache, name: 'f', context: self => ({ self: () => self }) },
  )
  const api = new Api('a')
  await f.call(api)
  await f.call(api)
  expect(api.runs).toBe(2)
  expect(warnings[0]?.message).toMatch(/argument this.*\.self/)
})

test('explain names a receiver that differs', async () => {
  const user = userOf()
  await user.call(new Api('a'), 1)
  const miss = await user.on(new Api('b')).explain(1)
  expect(miss).toMatchObject({ outcome: 'miss', reason: 'arguments', differences: [{ path: 'this' }] })
})

test('no receiver is kept', async () => {
  const user = userOf()
  const calls = async (): Promise<WeakRef<Api>[]> => {
    const apis = [new Api('a'), new Api('b')]
    for (const api of apis) {
      await user.call(api, 1)
      await user.call(api, 1)
      await user.on(api).ref(2)
    }
    return apis.map(api => new WeakRef(api))
  }
  const kept = await calls()
  await collectGarbage(() => kept.every(api => api.deref() === undefined))
  expect(kept.map(api => api.deref())).toEqual([undefined, undefined])
})

test('context is required, and an option of methods only', () => {
  const method = async function (this: Api) {
    return this.base
  }
  expect(() => memoizeMethod(method, { name: 'f' } as never)).toThrow(/context/)
  expect(() => memoizeMethod(method, { name: 'f', context: 'self' } as never)).toThrow(/context/)
  expect(() => memoize(async () => 1, { name: 'f', context: 'ignore' } as never)).toThrow(/context/)
})

const asMethod = (name: string) => ({ kind: 'method', name }) as ClassMethodDecoratorContext

test('the decorator memoizes the method, and verbs finds what its type cannot show', async () => {
  const cache = createCache(testStore())
  const plain = async function (this: Api, id: number) {
    this.runs += 1
    return this.base + id
  }
  const options = { cache, name: 'f', params: ['id'], context: (self: Api) => self.base } as const
  const f = memoized<Api, [id: number], string, readonly ['id']>(options)(plain, asMethod('f') as never)
  const api = new Api('a')
  expect([await f.call(api, 1), await f.call(api, 1), api.runs]).toEqual(['a1', 'a1', 1])
  expect(await verbs(f).query([1]).count()).toBe(1)
  expect(verbs(f).original).toBe(plain)
  expect(await verbs(f, api).load(1)).toBe('a1')
  await expect(verbs(f).load(1)).rejects.toThrow(/receiver/)
  expect(() => verbs(f).digest(1)).toThrow(/receiver/)
  expect(() => verbs(plain)).toThrow(TypeError)
})

test('what is no method is not decorated', () => {
  const decorate = memoized({ name: 'f', context: 'ignore' })
  expect(() => decorate(async () => 1, { kind: 'getter', name: 'x' } as never)).toThrow(/getter/)
  expect(() => decorate(async () => 1, undefined as never)).toThrow(TypeError)
})

test('a memoizer has the other forms too', async () => {
  const cache = createCache(testStore())
  const memo = memoizer({ namespace: 'n', tags: { team: 'a' } })
  const sync = memo.sync((x: number) => x + 1, { name: 'sync' })
  const method = memo.method(
    async function (this: Api, x: number) {
      return this.base + x
    },
    { name: 'method', context: self => self.base },
  )
  const decorated = memo.decorator<Api, [x: number], string>({ name: 'decorated', context: 'ignore' })(async function (
    x,
  ) {
    return this.base + x
  }, asMethod('decorated') as never)
  await withCache(cache, async () => {
    expect([sync(1), await method.call(new Api('a'), 1), await decorated.call(new Api('b'), 2)]).toEqual([
      2,
      'a1',
      'b2',
    ])
  })
  const calls = await cache.calls.query({ namespace: 'n', metadata: { tags: { team: 'a' } } }).toArray()
  expect(calls.map(({ name }) => name).sort()).toEqual(['decorated', 'method', 'sync'])
})
