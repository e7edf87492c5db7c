import {
  asDigest,
  type Backend,
  type CallDigest,
  createCache,
  type Digest,
  type EvictingBackend,
  filtered,
  isEvicting,
  isRiposteError,
  limited,
  memoryStore,
  pool,
  readOnly,
  type Store,
  tiered,
  tracing,
  voidStore,
} from '@riposte/core'
import { expect, test } from 'vitest'

// That a wrapper passes evictions on is checked by the conformance suite; here is what it makes of them.

const KEY = asDigest('ab'.padEnd(64, '0'))
const entry = { key: KEY, bytes: Uint8Array.of(1) }

function callsOf(store: Store): EvictingBackend {
  const calls: Backend = store.calls
  if (!isEvicting(calls)) throw new Error(`expected calls of ${store.label} that remember evictions`)
  return calls
}

async function evicted(store: Store, cause: 'evict' | 'limit'): Promise<void> {
  await store.calls.put([entry], 'keep')
  await callsOf(store).evict([{ key: KEY }], cause)
}

const codeOf = async (attempt: () => unknown): Promise<string | undefined> => {
  try {
    await attempt()
  } catch (error) {
    return isRiposteError(error) ? error.code : undefined
  }
  return undefined
}

test('a read-only store tells what was evicted, and evicts nothing', async () => {
  const inner = memoryStore()
  await evicted(inner, 'evict')
  const calls = callsOf(readOnly(inner))
  expect(await calls.evictions([KEY])).toMatchObject([{ cause: 'evict' }])
  expect(await codeOf(() => calls.evict([{ key: KEY }], 'evict'))).toBe('ERR_REJECTED')
})

test('of a pool the last eviction in any store is told; the pool evicts nothing', async () => {
  const [first, second, third] = [memoryStore(), memoryStore(), voidStore()]
  await evicted(first, 'evict')
  const after = first.calls.now()
  while (second.calls.now() <= after);
  await evicted(second, 'limit')
  for (const stores of [
    [first, second, third],
    [third, second, first],
  ]) {
    const calls = callsOf(pool(stores))
    expect(await calls.evictions([KEY])).toMatchObject([{ cause: 'limit' }])
    expect(await codeOf(() => calls.evict([{ key: KEY }], 'evict'))).toBe('ERR_REJECTED')
  }
  expect(isEvicting(pool([third]).calls)).toBe(false)
})

test('of tiers the last remembers, not what a near one let go of', async () => {
  const last = memoryStore()
  const near = memoryStore()
  const store = tiered([near, last])
  await evicted(near, 'limit')
  expect(await callsOf(store).evictions([KEY])).toEqual([undefined])
  await evicted(store, 'evict')
  expect(await callsOf(last).evictions([KEY])).toMatchObject([{ cause: 'evict' }])
  expect([near.calls.has([KEY]), last.calls.has([KEY])]).toEqual([[false], [false]])
  expect(isEvicting(tiered([last, voidStore()]).calls)).toBe(false)
})

test('what a bound takes away is remembered as that, and what somebody evicts as that', async () => {
  const inner = memoryStore()
  const cache = createCache(limited(inner, { items: 4 }), { hot: false })
  const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
  const digests: CallDigest[] = []
  for (const n of [1, 2, 3, 4, 5]) {
    digests.push(await cache.calls.commit(cache.calls.prepare(identity, { values: [n], names: undefined }), n))
  }
  const isThere = async (digest: CallDigest) => cache.calls.contains(digest)
  const gone: CallDigest[] = []
  for (const digest of digests) if (!(await isThere(digest))) gone.push(digest)
  expect(gone.length).toBeGreaterThan(0)
  // The key of an entry of a call is the call's.
  const causes = async (all: readonly CallDigest[]) =>
    (await callsOf(inner).evictions(all as readonly string[] as Digest[])).map(eviction => eviction?.cause)
  expect(new Set(await causes(gone))).toEqual(new Set(['limit']))
  const last = digests.at(-1)!
  await cache.calls.evict(last)
  expect(await causes([last])).toEqual(['evict'])
})

test('a filtered view, which cannot tell what it would have shown, remembers nothing', () => {
  expect(isEvicting(filtered(memoryStore(), {}).calls)).toBe(false)
})

test('an eviction is an operation of its own to who traces', async () => {
  const seen: unknown[] = []
  const store = tracing(memoryStore(), {
    onOperation: ({ name, target, keys, found }) => seen.push([name, target, keys, found]),
  })
  await evicted(store, 'evict')
  await callsOf(store).evictions([KEY, KEY])
  expect(seen.slice(1)).toEqual([
    ['evict', 'calls', 1, 1],
    ['evictions', 'calls', 2, 2],
  ])
})
