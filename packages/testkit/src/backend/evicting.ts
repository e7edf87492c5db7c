import type { EvictingBackend, Eviction } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith, isTrue } from '../expect.ts'
import { entry, keyFrom, keysFrom, listedKeys, touchedOf } from '../samples.ts'

const A = keyFrom('aa')
const B = keyFrom('ab')
const C = keyFrom('b0')
const MISSING = keyFrom('ff')

/** Clocks of stores and of processes may differ by so many milliseconds. */
const ABOUT = 60_000

function causesOf(evictions: readonly (Eviction | undefined)[]): readonly (string | undefined)[] {
  return evictions.map(eviction => eviction?.cause)
}

/** What an `EvictingBackend` adds to a backend. */
export const evicting: Rules<EvictingBackend> = {
  'an eviction removes what is there, and says how many went': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b'), entry(C, 'c')], 'keep')
    equal(await backend.evict([{ key: C }, { key: MISSING }, { key: A }], 'evict'), 2, 'evict')
    equal(await listedKeys(backend), [B], 'what stays')
    equal(await backend.evict([{ key: A }], 'evict'), 0, 'a second evict')
    equal(await backend.evict([], 'evict'), 0, 'evict of nothing')
  },

  'an eviction with a time removes only what was not touched since': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    const [a, b] = [await touchedOf(backend, A), await touchedOf(backend, B)]
    const removals = [
      { key: A, touched: a - 1000 },
      { key: B, touched: b },
    ]
    equal(await backend.evict(removals, 'limit'), 1, 'evict')
    equal(await listedKeys(backend), [A], 'what stays')
    equal(causesOf(await backend.evictions([A, B])), [undefined, 'limit'], 'evictions')
  },

  'a key twice in one batch of evictions counts once, with a time or without': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    const guarded = { key: B, touched: await touchedOf(backend, B) }
    equal(await backend.evict([{ key: A }, { key: A }], 'evict'), 1, 'evict')
    equal(await backend.evict([guarded, guarded], 'limit'), 1, 'evict with a time')
    equal(causesOf(await backend.evictions([A, B])), ['evict', 'limit'], 'evictions')
  },

  'what was evicted is remembered, with its cause and about when': async backend => {
    const keys = keysFrom('e', 3)
    await backend.put(
      keys.map(key => entry(key, 'x')),
      'keep',
    )
    const before = await backend.now()
    for (const [i, cause] of (['evict', 'limit', 'result'] as const).entries()) {
      equal(await backend.evict([{ key: keys[i]! }], cause), 1, 'evict')
    }
    const found = await backend.evictions(keys)
    equal(causesOf(found), ['evict', 'limit', 'result'], 'causes')
    for (const eviction of found) {
      const isNear = eviction !== undefined && Math.abs(eviction.at - before) < ABOUT
      isTrue(isNear, `expected a time about ${before}, got ${eviction?.at}`)
    }
  },

  'what was not there leaves no trace': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    await backend.evict([{ key: MISSING }, { key: A }], 'evict')
    equal(causesOf(await backend.evictions([MISSING, A])), [undefined, 'evict'], 'evictions')
  },

  'a removal that is no eviction leaves no trace': async backend => {
    await backend.put([entry(A, 'a')], 'keep')
    await backend.delete([{ key: A }])
    equal(await backend.evictions([A]), [undefined], 'evictions')
  },

  'what stands, and was never evicted, has no trace': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    await backend.evict([{ key: B }], 'evict')
    equal(await backend.evictions([A]), [undefined], 'evictions')
  },

  'of several evictions of a key the last counts': async backend => {
    for (const cause of ['limit', 'result', 'evict'] as const) {
      await backend.put([entry(A, 'a'), entry(B, 'b')], 'absent')
      await backend.evict([{ key: A }], cause)
      equal(causesOf(await backend.evictions([A])), [cause], 'evictions')
    }
  },

  'evictions answers in the order of its keys, repetitions included': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    await backend.evict([{ key: A }], 'evict')
    await backend.evict([{ key: B }], 'limit')
    const asked = [B, MISSING, A, B]
    equal(causesOf(await backend.evictions(asked)), ['limit', undefined, 'evict', 'limit'], 'evictions')
    equal(await backend.evictions([]), [], 'evictions of nothing')
  },

  'a batch of 1,100 evictions is remembered whole': async backend => {
    const keys = keysFrom('e', 1100)
    await backend.put(
      keys.map(key => entry(key, 'x')),
      'keep',
    )
    const removals = keys.map(key => ({ key }))
    equal(await backend.evict(removals, 'limit'), 1100, 'evict')
    const causes = causesOf(await backend.evictions(keys))
    equal(causes.filter(cause => cause === 'limit').length, 1100, 'evictions that are remembered')
  },

  'evictions at once are all remembered': async backend => {
    const keys = keysFrom('e', 40)
    await backend.put(
      keys.map(key => entry(key, 'x')),
      'keep',
    )
    const counts = await Promise.all(keys.map(async key => backend.evict([{ key }], 'evict')))
    equal(counts.filter(count => count === 1).length, 40, 'evictions')
    const causes = causesOf(await backend.evictions(keys))
    equal(causes.filter(cause => cause === 'evict').length, 40, 'evictions that are remembered')
  },

  'the arrays of evictions are neither kept nor changed': async backend => {
    await backend.put([entry(A, 'a'), entry(B, 'b')], 'keep')
    const removals = [{ key: B }, { key: A }]
    const evicted = backend.evict(Object.freeze(removals.slice()), 'evict')
    equal(await evicted, 2, 'evict')
    const keys = Object.freeze([B, A])
    equal(causesOf(await backend.evictions(keys)), ['evict', 'evict'], 'evictions')
  },

  'a closed backend neither evicts nor tells': async backend => {
    await backend.close()
    await failsWith('ERR_CLOSED', 'evict after close', () => backend.evict([{ key: A }], 'evict'))
    await failsWith('ERR_CLOSED', 'evictions after close', () => backend.evictions([A]))
  },
}
