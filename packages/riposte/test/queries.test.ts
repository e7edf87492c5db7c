/** Queries go on, whole and in order, while what they read changes, however a store finds calls. */
import {
  createCache,
  digest,
  type OrderField,
  type Query,
  type Store,
  type StoreOperation,
  tracing,
} from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { STORES, withStore } from './laws/stores.ts'

/** More than a page of records, as queries read them. */
const COUNT = 260
const ORDERS: readonly (OrderField | undefined)[] = [undefined, 'startedAt', '/m/k']
/** Those that find calls in different ways. */
const SEARCHED = STORES.filter(([name]) => ['memory', 'files', 'SQLite', 'memory over SQLite'].includes(name))

async function filled(store: Store) {
  const cache = createCache(store)
  const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
  const commit = (n: number) =>
    cache.calls.commit(cache.calls.prepare(identity, { values: [n], names: ['n'] }), `result ${n}`, {
      metadata: { runtime: { startedAt: (n * 7) % COUNT, durationMs: 1 }, m: n % 3 === 0 ? {} : { k: n % 5 } },
    })
  const digests = await Promise.all(Array.from({ length: COUNT }, (_, n) => commit(n)))
  return { cache, digests }
}

const inOrder = <C>(query: Query<C>, order: OrderField | undefined) =>
  order === undefined ? query : query.orderBy(order, 'desc')

describe.each(SEARCHED)('%s', (_name, open) => {
  test('what is evicted while a query is read costs no other call, in any order', () =>
    withStore(open, async store => {
      const { cache, digests } = await filled(store)
      for (const [at, order] of ORDERS.entries()) {
        const gone = digests.slice(at * 20, at * 20 + 20)
        const all = (await inOrder(cache.calls.query(), order).toArray()).map(({ digest }) => digest)
        expect(new Set(all)).toEqual(new Set(digests.slice(at * 20)))
        const seen: string[] = []
        for await (const { digest } of inOrder(cache.calls.query(), order)) {
          seen.push(digest)
          if (seen.length === 3) await Promise.all(gone.map(key => cache.calls.evict(key)))
        }
        const left = all.filter(digest => seen.includes(digest) || !gone.includes(digest))
        expect(seen).toEqual(left)
      }
    }))

  test('pages go on behind calls that are gone, and give each other one once', () =>
    withStore(open, async store => {
      const { cache, digests } = await filled(store)
      for (const order of ORDERS) {
        const query = inOrder(cache.calls.query(), order)
        const whole = (await query.toArray()).map(({ digest }) => digest)
        const first = await query.page({ size: 20 })
        for (const { digest } of first.calls) await cache.calls.evict(digest)
        const paged: string[] = []
        for (let after = first.next; after !== undefined; ) {
          const page = await query.page({ size: 130, after })
          paged.push(...page.calls.map(({ digest }) => digest))
          after = page.next
        }
        expect(paged).toEqual(whole.slice(20))
      }
      expect(await cache.calls.query().count()).toBe(digests.length - 20 * ORDERS.length)
    }))

  test('many calls are listed, ordered and shown without reading a value', () =>
    withStore(open, async inner => {
      const reads: string[] = []
      const onOperation = ({ target, name }: StoreOperation) => target === 'values' && reads.push(name)
      const cache = createCache(tracing(inner, { onOperation }))
      const identity = { namespace: '', name: 'f', version: undefined, conditions: [] }
      const count = /^(memory|sqlite:)/.test(inner.label) ? 2000 : 300
      const large = 'x'.repeat(5000)
      const calls = Array.from({ length: count }, (_, n) =>
        cache.calls.prepare(identity, { values: [n], names: ['n'] }),
      )
      await Promise.all(calls.map(call => cache.calls.commit(call, large)))
      reads.length = 0
      const listed = await cache.calls.query().toArray()
      expect(new Set(listed.map(({ resultRef }) => resultRef.digest))).toEqual(new Set([digest(large)]))
      expect(listed).toHaveLength(count)
      expect(await cache.calls.query().orderBy('digest').take(50).toTable()).toHaveLength(50)
      expect(await cache.calls.query({ args: { n: 7 } }).count()).toBe(1)
      expect(reads).toEqual([])
      expect(await listed[0]?.result()).toBe(large)
      expect(reads).toEqual(['get'])
    }))
})
