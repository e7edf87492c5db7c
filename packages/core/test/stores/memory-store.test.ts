import { asDigest, type Digest, memoryStore, thisHolder } from '@riposte/core'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'

const KEY = asDigest('a'.repeat(64))
const digests = fc.stringMatching(/^[0-3]{2}$/).map(start => asDigest(start.padEnd(64, '0')))

afterEach(() => {
  vi.useRealTimers()
})

/** The ages of all values, ascending by key. */
function ages(store: ReturnType<typeof memoryStore>): number[] {
  return [...store.values.list()].map(info => info.touched)
}

// What every store promises is checked by the conformance suite; here is what is the memory store's own.
describe('memoryStore', () => {
  test('a Buffer that the caller reuses does not change what is stored', () => {
    const store = memoryStore()
    const buffer = Buffer.from('first')
    store.values.put([{ key: KEY, bytes: buffer }], 'replace')
    buffer.write('other')
    expect(new TextDecoder().decode(store.values.get([KEY])[0])).toBe('first')
  })

  test('it does not keep the memory behind a view', () => {
    const store = memoryStore()
    store.values.put([{ key: KEY, bytes: new Uint8Array(1_000_000).subarray(0, 10) }], 'replace')
    expect(store.values.get([KEY])[0]?.buffer.byteLength).toBe(10)
  })

  test('no two times are the same, however fast they are asked for', () => {
    const store = memoryStore()
    const times = Array.from({ length: 10_000 }, () => store.values.now())
    for (let i = 1; i < times.length; i++) expect(times[i]).toBeGreaterThan(times[i - 1] as number)
  })

  test('ages go on when the system clock is set back', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 })
    const store = memoryStore()
    store.values.put([{ key: KEY, bytes: new Uint8Array() }], 'keep')
    const [before] = ages(store)
    vi.setSystemTime(1_600_000_000_000)
    store.values.touch([KEY])
    const [after] = ages(store)
    expect(before).toBe(1_700_000_000_000)
    expect(after).toBeGreaterThan(1_700_000_000_000)
    expect(after).toBeLessThan(1_700_000_000_001)
  })

  test('values and calls go by one clock', () => {
    const store = memoryStore()
    const value = store.values.now()
    const call = store.calls.now()
    expect(call).toBeGreaterThan(value)
    expect(store.values.now()).toBeGreaterThan(call)
  })

  test('two stores share nothing', () => {
    const [one, two] = [memoryStore(), memoryStore()]
    one.values.put([{ key: KEY, bytes: new Uint8Array() }], 'keep')
    one.refs?.swap('name', undefined, KEY)
    one.leases?.take('name', { ttlMs: 1000, holder: thisHolder() })
    expect(two.values.has([KEY])).toEqual([false])
    expect(two.refs?.read('name')).toBe(undefined)
    expect(two.leases?.look('name')).toEqual({ state: 'free' })
  })

  test('a listing that close interrupts fails, since it would seem complete', () => {
    const store = memoryStore()
    const keys = ['1', '2', '3'].map(start => asDigest(start.padEnd(64, '0')))
    store.values.put(
      keys.map(key => ({ key, bytes: new Uint8Array() })),
      'keep',
    )
    expect(() => {
      for (const _ of store.values.list()) store.close()
    }).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  test('listings between writes and removals give what a sorted set gives', () => {
    const step = fc.record({
      key: digests,
      remove: fc.boolean(),
      prefix: fc.stringMatching(/^[0-3]{0,2}$/),
      after: digests,
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), steps => {
        const { values } = memoryStore()
        const model = new Set<Digest>()
        for (const { key, remove, prefix, after } of steps) {
          if (remove) expect(values.delete([{ key }])).toBe(model.delete(key) ? 1 : 0)
          else {
            values.put([{ key, bytes: new Uint8Array() }], 'keep')
            model.add(key)
          }
          const expected = [...model].filter(one => one.startsWith(prefix) && one > after).sort()
          expect([...values.list({ prefix, after })].map(info => info.key)).toEqual(expected)
        }
      }),
    )
  })
})
