import { createCache, isRiposteError, readOnly } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { memoize } from '../src/index.ts'
import { answeringLater, failingAt, watched } from './caches.ts'

const FAULTS: readonly { readonly faults: readonly string[] }[] = [
  { faults: ['get'] },
  { faults: ['commit'] },
  { faults: ['put', 'commit'] },
  { faults: ['get', 'put', 'touch', 'has', 'delete', 'commit', 'now'] },
]

describe.each([
  ['now', testStore],
  ['later', () => answeringLater(testStore())],
])('a store that fails, answering %s,', (_, openStore) => {
  test.each(FAULTS)('at $faults costs one warning, not the answer', async ({ faults }) => {
    const { cache, warnings } = watched(failingAt(openStore(), faults))
    let runs = 0
    const f = memoize(
      async (x: number) => {
        runs += 1
        return { x }
      },
      { cache, name: 'f' },
    )
    expect([await f(1), await f(1), await f(2)]).toEqual([{ x: 1 }, { x: 1 }, { x: 2 }])
    expect(runs).toBeGreaterThanOrEqual(2)
    expect(warnings.filter(({ code }) => code === 'store')).toHaveLength(1)
    expect(warnings[0]?.message).toContain('"f"')
    expect(warnings[0]?.cause).toBeInstanceOf(Error)
  })

  test.each(FAULTS)('at $faults rejects the call where that is asked for', async ({ faults }) => {
    const { cache } = watched(failingAt(openStore(), faults))
    const f = memoize(async (x: number) => ({ x }), { cache, name: 'f', onStoreError: 'throw' })
    await expect(f(1)).rejects.toThrow(/today/)
  })

  test('rejects load, contains and record: a failure is no miss', async () => {
    const { cache } = watched(failingAt(openStore(), ['get', 'has']))
    const f = memoize((x: number) => x, { cache, name: 'f' })
    await expect(f.load(1)).rejects.toThrow(/today/)
    await expect(f.contains(1)).rejects.toThrow(/today/)
    await expect(f.record(1)).rejects.toThrow(/today/)
  })

  test('is used again when it works again', async () => {
    const failing = { on: true }
    const { cache } = watched(failingAt(openStore(), ['get', 'commit'], failing))
    let runs = 0
    const f = memoize(() => ++runs, { cache, name: 'f' })
    await f()
    failing.on = false
    expect([await f(), await f()]).toEqual([2, 2])
  })
})

test('a read-only store answers what it holds, and lets the rest run', async () => {
  const store = testStore()
  const fn = (x: number): { x: number } => ({ x })
  await memoize(fn, { cache: createCache(store), name: 'f' })(1)
  const { cache, warnings } = watched(readOnly(store))
  let runs = 0
  const f = memoize(
    (x: number) => {
      runs += 1
      return fn(x)
    },
    { cache, name: 'f', code: 'ignore' },
  )
  expect([await f(1), await f(2), await f(2)]).toEqual([{ x: 1 }, { x: 2 }, { x: 2 }])
  expect(runs).toBe(2)
  expect(warnings).toHaveLength(1)
  expect(isRiposteError(warnings[0]?.cause, 'ERR_REJECTED')).toBe(true)
})

test('a closed cache costs the memo, not the answer', async () => {
  const { cache, warnings } = watched()
  const f = memoize((x: number) => x, { cache, name: 'f' })
  await cache.close()
  expect(await f(1)).toBe(1)
  expect(warnings.map(({ code }) => code)).toEqual(['store'])
})
