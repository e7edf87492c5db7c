import { asDigest, voidStore } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { NO_TERMS } from '../support/no-terms.ts'

const KEY = asDigest('a'.repeat(64))
const ENTRY = { key: KEY, bytes: Uint8Array.of(1) }

describe('voidStore', () => {
  test('puts succeed and are gone', () => {
    const { values, calls } = voidStore()
    for (const backend of [values, calls]) {
      for (const mode of ['keep', 'absent', 'replace'] as const) {
        expect(backend.put([ENTRY, ENTRY], mode)).toEqual([undefined, undefined])
      }
      expect(backend.get([KEY, KEY])).toEqual([undefined, undefined])
      expect(backend.has([KEY])).toEqual([false])
      expect(backend.touch([KEY])).toEqual([false])
      expect(backend.delete([{ key: KEY }])).toBe(0)
      expect([...backend.list()]).toEqual([])
    }
  })

  test('a commit succeeds and is gone', () => {
    const store = voidStore()
    const result = store.commit({ values: [ENTRY], calls: [{ ...ENTRY, terms: NO_TERMS }], mode: 'absent' })
    expect(result).toEqual({ values: [undefined], calls: [undefined] })
    expect(store.calls.has([KEY])).toEqual([false])
  })

  test('it offers neither refs nor leases', () => {
    expect([voidStore().refs, voidStore().leases]).toEqual([undefined, undefined])
  })

  test('its clock is that of the process', () => {
    const before = Date.now()
    const now = voidStore().values.now()
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  test('use after close is ERR_CLOSED, and a second close does nothing', () => {
    const store = voidStore()
    store.close()
    store.close()
    const closed = expect.objectContaining({ code: 'ERR_CLOSED' })
    expect(() => store.commit({ values: [], calls: [], mode: 'absent' })).toThrow(closed)
    for (const backend of [store.values, store.calls]) {
      expect(() => backend.get([KEY])).toThrow(closed)
      expect(() => backend.put([ENTRY], 'keep')).toThrow(closed)
      expect(() => backend.touch([KEY])).toThrow(closed)
      expect(() => backend.has([KEY])).toThrow(closed)
      expect(() => backend.delete([{ key: KEY }])).toThrow(closed)
      expect(() => backend.list()).toThrow(closed)
      expect(() => backend.now()).toThrow(closed)
    }
  })

  test('closing one backend leaves the other', () => {
    const store = voidStore()
    store.values.close()
    expect(store.calls.has([KEY])).toEqual([false])
  })
})
