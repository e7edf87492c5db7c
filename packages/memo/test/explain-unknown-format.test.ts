import { asDigest, createCache, digest, readOnly, type Store } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, watched } from './caches.ts'

const long = 'x'.repeat(10_000)

/** What a later version has written: of what kind of entries, and under what key. */
const PLACES: readonly (readonly [what: string, kind: 'calls' | 'values', keyOf: (call: string) => string])[] = [
  ['the record', 'calls', call => call],
  ['the result', 'values', () => digest(long)],
]

/** Has an entry be of another format; gives its bytes. */
async function reformat(store: Store, kind: 'calls' | 'values', key: string): Promise<Uint8Array> {
  const [bytes] = await store[kind].get([asDigest(key)])
  const other = new Uint8Array(bytes!)
  other[0] = 9
  await store[kind].put([{ key: asDigest(key), bytes: other }], 'replace')
  return other
}

describe.each([
  ['a store that answers now', (): Store => testStore()],
  ['a store that answers later', (): Store => answeringLater(testStore())],
])('on %s', (_, openStore) => {
  const open = (store: Store) =>
    memoize(async (_n: number) => long, {
      cache: createCache(store, { hot: false, onWarning: () => undefined }),
      name: 'f',
    })

  test.each(PLACES)('where %s is of a later version, it is told, and left', async (_what, kind, keyOf) => {
    const store = openStore()
    const f = open(store)
    await f(1)
    const key = keyOf(f.digest(1))
    const written = await reformat(store, kind, key)
    // Of a store that may be written, and of one that may not.
    for (const g of [f, open(readOnly(store))]) {
      const miss = await g.explain(1)
      expect(miss).toEqual({ outcome: 'miss', reason: 'unknown format', nearest: f.digest(1), differences: [] })
      expect(`${miss}`).toMatch(/of another format: .*later version of riposte/)
      expect(`${miss}`).toContain('update riposte')
      expect(`${miss}`).not.toContain('removed')
    }
    expect(await f(1)).toBe(long)
    expect(await store[kind].get([asDigest(key)])).toEqual([written])
  })

  test('what is damaged is told so, though it cannot be removed', async () => {
    const store = openStore()
    const f = open(store)
    await f(1)
    const [bytes] = await store.calls.get([asDigest(f.digest(1))])
    const damaged = new Uint8Array(bytes!)
    damaged[damaged.length - 1]! ^= 1
    await store.calls.put([{ key: asDigest(f.digest(1)), bytes: damaged }], 'replace')
    const { cache, warnings } = watched(readOnly(store))
    const miss = await memoize(async (_n: number) => long, { cache, name: 'f' }).explain(1)
    expect(miss).toMatchObject({ reason: 'corrupt', nearest: f.digest(1) })
    expect(warnings.map(({ code }) => code)).toEqual(['corrupt'])
    expect(`${miss}`).not.toContain('removed')
  })
})
