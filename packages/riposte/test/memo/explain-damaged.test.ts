/** Why a call whose record, or whose result, was damaged would miss, over every store. */

import { describe, expect, test } from 'vitest'
import { asDigest, createCache, type Digest, memoize, type Store } from '../../src/index.ts'
import { STORES, withStore } from '../laws/stores.ts'

const long = 'x'.repeat(10_000)

/** What is damaged, among entries of what kind and under what key. */
const DAMAGES: readonly (readonly [
  what: string,
  kind: 'calls' | 'values',
  keyOf: (call: string, result: Digest) => Digest,
])[] = [
  ['the record', 'calls', call => asDigest(call)],
  ['the result', 'values', (_call, result) => result],
]

async function damage(store: Store, kind: 'calls' | 'values', key: Digest): Promise<void> {
  const [bytes] = await store[kind].get([key])
  const damaged = new Uint8Array(bytes!)
  damaged[damaged.length - 1]! ^= 1
  await store[kind].put([{ key, bytes: damaged }], 'replace')
}

describe.each(STORES)('on %s', (_name, open) => {
  test.each(DAMAGES)('where %s was damaged, the call itself is the nearest', (_what, kind, keyOf) =>
    withStore(open, async store => {
      const cache = createCache(store, { hot: false, onWarning: () => undefined })
      const f = memoize(async (x: number) => `${x}${long}`, { cache, name: 'f' })
      await f(2)
      const { digest } = await f.ref(1)
      await damage(store, kind, keyOf(f.digest(1), digest))
      const explanation = await f.explain(1)
      expect(explanation).toMatchObject({ reason: 'corrupt', nearest: f.digest(1), differences: [] })
      expect(`${explanation}`).toContain(f.digest(1).slice(0, 12))
      // Explaining has read it, and so removed it.
      expect(await f.contains(1)).toBe(false)
      expect(await f.explain(1)).not.toMatchObject({ reason: 'corrupt' })
    }),
  )
})
