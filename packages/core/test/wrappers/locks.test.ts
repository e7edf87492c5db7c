import {
  asDigest,
  intercept,
  type MaybePromise,
  type Operation,
  perKeyLock,
  type Store,
  serializing,
} from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { NO_TERMS } from '../support/no-terms.ts'
import { testStore } from '../support/test-store.ts'

const [A, B, C] = ['a', 'b', 'c'].map(digit => asDigest(digit.repeat(64))) as [
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
]
const entry = (key: typeof A, byte = 1) => ({ key, bytes: Uint8Array.of(byte) })
const record = (key: typeof A) => ({
  ...entry(key),
  terms: NO_TERMS,
})

/** A memory store each of whose operations takes some turns of the event loop, and notes with whom it ran. */
function watched() {
  const running = new Set<Operation>()
  const overlaps: string[] = []
  const begun: string[] = []
  const store = intercept(testStore() as Store, async <T>(operation: Operation, next: () => MaybePromise<T>) => {
    for (const other of running) overlaps.push(`${other.name}+${operation.name}`)
    begun.push(operation.name)
    running.add(operation)
    for (let i = 0; i < 3; i++) await new Promise(resolve => setImmediate(resolve))
    running.delete(operation)
    return next()
  })
  return { store, overlaps, begun }
}

describe('perKeyLock', () => {
  test('operations on one key do not overlap, in either backend, in a commit neither', async () => {
    const { store: inner, overlaps, begun } = watched()
    const store = perKeyLock(inner)
    await Promise.all([
      store.values.put([entry(A)], 'keep'),
      store.values.get([A, B]),
      store.values.touch([B]),
      store.calls.has([B]),
      store.commit({ values: [entry(C)], calls: [record(B)], mode: 'absent' }),
      store.values.delete([{ key: C }]),
    ])
    expect(overlaps).toEqual([])
    expect(begun).toEqual(['put', 'get', 'touch', 'has', 'commit', 'delete'])
  })

  test('operations on different keys, and those without, overlap', async () => {
    const { store: inner, overlaps } = watched()
    const store = perKeyLock(inner)
    await Promise.all([store.values.get([A]), store.values.put([entry(B)], 'keep'), store.values.now()])
    // Each with each of the others; which begins first is nobody's business.
    expect(overlaps).toHaveLength(3)
  })

  test('two wrappers of one backend do not know each other', async () => {
    const { store, overlaps } = watched()
    await Promise.all([perKeyLock(store.values).has([A]), perKeyLock(store.values).get([A])])
    expect(overlaps).toEqual(['has+get'])
  })
})

describe('serializing', () => {
  test('one operation runs at a time, in call order, over the whole store; close comes last', async () => {
    const { store: inner, overlaps, begun } = watched()
    const store = serializing(inner)
    await Promise.all([
      store.values.put([entry(A)], 'keep'),
      store.calls.get([B]),
      store.values.now(),
      store.refs?.swap('name', undefined, A),
      store.commit({ values: [entry(C)], calls: [record(B)], mode: 'absent' }),
      store.refs?.read('name'),
      store.close(),
    ])
    expect(overlaps).toEqual([])
    expect(begun).toEqual(['put', 'get', 'now', 'swap', 'commit', 'read', 'close'])
  })

  test('a failed operation does not fail the next', async () => {
    const store = serializing(testStore())
    const results = await Promise.allSettled([
      store.refs?.read(''),
      store.values.put([entry(B)], 'keep'),
      store.values.has([B]),
    ])
    expect(results.map(result => result.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  test('a listing may write: streams do not hold the lock', async () => {
    const backend = serializing(testStore().values)
    await backend.put([entry(A), entry(B)], 'keep')
    for await (const { key } of backend.list()) expect(await backend.delete([{ key }])).toBe(1)
    expect(await backend.has([A, B])).toEqual([false, false])
  })
})
