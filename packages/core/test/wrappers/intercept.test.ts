import {
  asDigest,
  type Backend,
  type CallIndex,
  intercept,
  isCallIndex,
  type MaybePromise,
  memoryStore,
  type Operation,
  type Store,
  thisHolder,
} from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { NO_TERMS } from '../support/no-terms.ts'
import { testStore } from '../support/test-store.ts'

const [A, B] = ['a', 'b'].map(digit => asDigest(digit.repeat(64))) as [
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
]
const ENTRY = { key: A, bytes: Uint8Array.of(1) }
const RECORD = {
  key: B,
  bytes: Uint8Array.of(2),
  terms: NO_TERMS,
}

/** Notes what it is told and goes on. */
function noting() {
  const told: Operation[] = []
  const around = <T>(operation: Operation, next: () => T): T => {
    told.push(operation)
    return next()
  }
  return { told, around }
}

describe('intercept', () => {
  test('around is told of each operation of a backend: its name, intent and keys as given', () => {
    const { told, around } = noting()
    const backend = intercept(testStore().values, around)
    backend.put([ENTRY, { ...ENTRY, key: B }], 'keep')
    backend.get([B, A, B])
    backend.touch([A])
    backend.has([])
    backend.delete([{ key: B, touched: 1 }, { key: A }])
    backend.now()
    backend.close()
    expect(told).toEqual([
      { name: 'put', intent: 'write', keys: [A, B] },
      { name: 'get', intent: 'read', keys: [B, A, B] },
      { name: 'touch', intent: 'write', keys: [A] },
      { name: 'has', intent: 'read', keys: [] },
      { name: 'delete', intent: 'write', keys: [B, A] },
      { name: 'now', intent: 'read', keys: [] },
      { name: 'close', intent: 'read', keys: [] },
    ])
  })

  test('of a store, both backends, commit, refs, leases and close are operations', () => {
    const { told, around } = noting()
    const store = intercept(testStore(), around)
    store.values.has([A])
    store.calls.has([B])
    store.commit({ values: [ENTRY], calls: [RECORD], mode: 'absent' })
    store.refs?.read('name')
    store.refs?.swap('name', undefined, A)
    const { held } = store.leases!.take('name', { ttlMs: 1000, holder: thisHolder() })
    store.leases?.look('name')
    expect([store.leases?.renew(held!), store.leases?.release(held!, 'done')]).toEqual([true, true])
    store.close()
    expect(told).toEqual([
      { name: 'has', intent: 'read', keys: [A] },
      { name: 'has', intent: 'read', keys: [B] },
      { name: 'commit', intent: 'write', keys: [A, B] },
      { name: 'read', intent: 'read', keys: [] },
      { name: 'swap', intent: 'write', keys: [] },
      { name: 'take', intent: 'write', keys: [] },
      { name: 'look', intent: 'read', keys: [] },
      { name: 'renew', intent: 'write', keys: [] },
      { name: 'release', intent: 'write', keys: [] },
      { name: 'close', intent: 'read', keys: [] },
    ])
  })

  test('listings are forwarded as they are, and around is not told', () => {
    const { told, around } = noting()
    const inner = testStore()
    inner.values.put([ENTRY, { ...ENTRY, key: B }], 'keep')
    inner.refs?.swap('name', undefined, A)
    const store = intercept(inner, around)
    expect([...store.values.list({ after: A })].map(info => info.key)).toEqual([B])
    expect([...(store.refs?.list({ prefix: 'n' }) ?? [])]).toEqual([{ name: 'name', value: A }])
    expect(told).toEqual([])
  })

  test('options and answers pass', () => {
    const asked: unknown[] = []
    const inner: Backend = {
      ...testStore().values,
      get: (_keys, options) => {
        asked.push(options)
        return [Uint8Array.of(7)]
      },
      put: (_entries, mode) => {
        asked.push(mode)
        return [undefined, Uint8Array.of(8)]
      },
      delete: removals => {
        asked.push(removals)
        return 5
      },
    }
    const backend = intercept(inner, (_operation, next) => next())
    expect(backend.get([A], { upTo: 40 })).toEqual([Uint8Array.of(7)])
    expect(backend.put([ENTRY], 'replace')).toEqual([undefined, Uint8Array.of(8)])
    expect(backend.delete([{ key: A, touched: 3 }])).toBe(5)
    expect(asked).toEqual([{ upTo: 40 }, 'replace', [{ key: A, touched: 3 }]])
  })

  test('an operation runs only when around goes on, and once for each time it does', () => {
    const inner = testStore().values
    const refused = intercept(inner, () => {
      throw new Error('not today')
    })
    expect(() => refused.put([ENTRY], 'keep')).toThrow('not today')
    expect(inner.has([A])).toEqual([false])
    const later: (() => unknown)[] = []
    const backend = intercept(inner as Backend, <T>(_operation: Operation, next: () => MaybePromise<T>) => {
      return new Promise<T>((resolve, reject) => later.push(() => Promise.resolve(next()).then(resolve, reject)))
    })
    const answer = backend.put([ENTRY], 'keep')
    expect(inner.has([A])).toEqual([false])
    for (const go of later) go()
    expect(inner.has([A])).toEqual([true])
    return expect(answer).resolves.toEqual([undefined])
  })

  test('an index stays an index, a plain backend plain, in a store too', async () => {
    const index: CallIndex = { ...memoryStore().calls, find: ({ where }) => (where.length === 0 ? [ENTRY] : []) }
    const goOn = <T>(_operation: Operation, next: () => T): T => next()
    const wrapped = intercept(index, goOn)
    expect(isCallIndex(wrapped)).toBe(true)
    const found = []
    for await (const entry of wrapped.find({ where: [] })) found.push(entry)
    expect(found).toEqual([ENTRY])
    expect(isCallIndex(intercept(memoryStore().calls, goOn))).toBe(false)
    const store: Store = { ...testStore(), calls: index }
    expect(isCallIndex(intercept(store, goOn).calls)).toBe(true)
    expect(isCallIndex(intercept(store, goOn).values)).toBe(false)
  })

  test('members of a class instance are forwarded, private state and all', () => {
    class Counted {
      readonly #inner = testStore().values
      readonly label = 'counted'
      get(keys: readonly (typeof A)[]) {
        return this.#inner.get(keys)
      }
      put = this.#inner.put
      touch = this.#inner.touch
      has(keys: readonly (typeof A)[]) {
        return this.#inner.has(keys)
      }
      delete = this.#inner.delete
      list = this.#inner.list
      now() {
        return this.#inner.now()
      }
      close() {
        this.#inner.close()
      }
    }
    const backend = intercept(new Counted(), (_operation, next) => next())
    backend.put([ENTRY], 'keep')
    expect(backend.get([A])).toEqual([ENTRY.bytes])
    expect(backend.has([A])).toEqual([true])
    expect(backend.now()).toBeGreaterThan(0)
  })

  test('a store without refs and leases stays one, and the label passes', () => {
    const inner = testStore()
    const store = intercept({ ...inner, refs: undefined, leases: undefined }, (_operation, next) => next())
    expect([store.refs, store.leases]).toEqual([undefined, undefined])
    expect(store.label).toBe(inner.label)
  })

  test('layers run from the outside in', () => {
    const order: string[] = []
    const layer = (name: string) => {
      return <T>(_operation: Operation, next: () => T): T => {
        order.push(`${name} begins`)
        const answer = next()
        order.push(`${name} ends`)
        return answer
      }
    }
    intercept(intercept(testStore().values, layer('inner')), layer('outer')).has([A])
    expect(order).toEqual(['outer begins', 'inner begins', 'inner ends', 'outer ends'])
  })
})
