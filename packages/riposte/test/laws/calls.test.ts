import { readdir } from 'node:fs/promises'
import { createCache, intercept, type Store } from '@riposte/core'
import { memoize } from '@riposte/memo'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contents, STORES, withStore } from './stores.ts'

/** Lets the first `writes` writes through and fails all others, as a disk that is full does. */
function failingAfter(inner: Store, writes: number): Store {
  let left = writes
  return intercept(inner, (operation, next) => {
    if (operation.intent === 'write') {
      if (left === 0) throw new Error('no space left')
      left -= 1
    }
    return next()
  })
}

const rows = Array.from({ length: 300 }, (_, i) => ({ id: i, name: `row ${i}` }))

describe.each(STORES)('calls in %s', (_name, open) => {
  test('law 8: wherever writing stops, what can be read is whole', () =>
    withStore(open, async store => {
      for (let writes = 0; writes < 8; writes += 1) {
        const failing = createCache(failingAfter(store, writes), { onWarning: () => {} })
        const body = async (input: typeof rows, n: number) => ({ n, rows: input })
        const f = memoize(body, { cache: failing, name: `stops after ${writes}` })
        expect(await f(rows, writes)).toEqual({ n: writes, rows })
        const reader = createCache(store)
        for await (const call of reader.calls.query()) {
          await call.loadArgs()
          await call.result()
        }
        for await (const { key } of reader.values.list()) await reader.values.load(key)
      }
    }))

  test('law 8: a record whose result is gone is a miss that removes itself', () =>
    withStore(open, async store => {
      let runs = 0
      const make = () => {
        const cache = createCache(store, { hot: false, onWarning: () => {} })
        const body = async (n: number) => {
          runs += 1
          return rows.concat({ id: n, name: 'more' })
        }
        return { cache, f: memoize(body, { cache, name: 'f', version: 1 }) }
      }
      await make().f(1)
      const { cache, f } = make()
      const record = await f.record(1)
      expect(await cache.values.evict(record!.resultRef.digest)).toBe(true)
      expect(await f(1)).toHaveLength(301)
      expect(runs).toBe(2)
      expect(await make().f(1)).toHaveLength(301)
      expect(runs).toBe(2)
    }))

  test('law 10: odd names are data', () =>
    withStore(open, async (store, folder) => {
      const cache = createCache(store)
      const before = await readdir(folder)
      const names = fc.oneof(
        fc.string({ minLength: 1, unit: 'binary' }),
        fc.constantFrom(
          '__proto__',
          'constructor',
          '../../escape',
          "'; DROP TABLE calls_v3; --",
          '%',
          '_',
          '\0',
          'a/b',
          '\ud800',
          '"',
          '/',
          '~0',
          'nul',
        ),
      )
      let defined = 0
      await fc.assert(
        fc.asyncProperty(names, names, names, names, async (namespace, name, parameter, tag) => {
          defined += 1
          const f = memoize(async (value: unknown) => ({ value }), {
            cache,
            namespace,
            name,
            version: defined,
            params: [parameter.replace(/^\.+/, '') || 'p'],
            tags: { [tag]: true },
          })
          const argument = { [parameter]: tag, ['__proto__x']: name }
          expect(await f(argument)).toEqual({ value: argument })
          expect(await f.contains(argument)).toBe(true)
          const found = await cache.calls
            .query({ namespace, name, version: defined, metadata: { tags: { [tag]: true } } })
            .toArray()
          expect(found.map(call => call.digest)).toEqual([f.digest(argument)])
          expect(await f.query([{ [parameter]: tag }]).count()).toBeGreaterThanOrEqual(1)
        }),
        { numRuns: 40 },
      )
      expect(({} as Record<string, unknown>)['__proto__x']).toBeUndefined()
      const after = new Set([...before, 'files', 'riposte.db', 'riposte.db-wal', 'riposte.db-shm'])
      for (const entry of await readdir(folder)) expect(after).toContain(entry)
      expect((await contents(store)).size).toBeGreaterThan(0)
    }))
})
