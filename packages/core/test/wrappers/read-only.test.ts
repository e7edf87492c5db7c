import { asDigest, type CallIndex, isCallIndex, readOnly, thisHolder } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { testStore } from '../support/test-store.ts'

const KEY = asDigest('a'.repeat(64))
const ENTRY = { key: KEY, bytes: Uint8Array.of(1) }

function rejected(operation: string): unknown {
  return expect.objectContaining({ code: 'ERR_REJECTED', details: { operation } })
}

function filled() {
  const store = testStore()
  store.values.put([ENTRY], 'keep')
  store.calls.put([ENTRY], 'absent')
  store.refs?.swap('name', undefined, KEY)
  return store
}

describe('readOnly', () => {
  test('every write of a backend is refused, an empty one too, and changes nothing', () => {
    const inner = filled()
    const before = [...inner.values.list()]
    const { values } = readOnly(inner)
    for (const mode of ['keep', 'absent', 'replace'] as const) {
      expect(() => values.put([ENTRY], mode)).toThrow(rejected('put'))
      expect(() => values.put([], mode)).toThrow(rejected('put'))
    }
    expect(() => values.touch([KEY])).toThrow(rejected('touch'))
    expect(() => values.delete([{ key: KEY }])).toThrow(rejected('delete'))
    expect([...inner.values.list()]).toEqual(before)
  })

  test('commit and swap are refused', () => {
    const inner = filled()
    const store = readOnly(inner)
    expect(() => store.commit({ values: [], calls: [], mode: 'absent' })).toThrow(rejected('commit'))
    expect(() => store.refs?.swap('name', KEY, undefined)).toThrow(rejected('swap'))
    expect(inner.refs?.read('name')).toBe(KEY)
  })

  test('leases are looked at, not taken, renewed or released', () => {
    const inner = filled()
    const options = { ttlMs: 1000, holder: thisHolder() }
    const held = inner.leases!.take('name', options).held!
    const { leases } = readOnly(inner)
    expect(() => leases?.take('other', options)).toThrow(rejected('take'))
    expect(() => leases?.renew(held)).toThrow(rejected('renew'))
    expect(() => leases?.release(held, 'done')).toThrow(rejected('release'))
    expect(leases?.look('name')).toMatchObject({ state: 'held', lease: held })
  })

  test('reads pass', () => {
    const store = readOnly(filled())
    expect(store.values.get([KEY])).toEqual([ENTRY.bytes])
    expect(store.calls.has([KEY])).toEqual([true])
    expect([...store.values.list()].map(info => info.key)).toEqual([KEY])
    expect(store.values.now()).toBeGreaterThan(0)
    expect(store.refs?.read('name')).toBe(KEY)
    expect([...(store.refs?.list() ?? [])]).toEqual([{ name: 'name', value: KEY }])
  })

  test('close closes what is inside', () => {
    const inner = filled()
    readOnly(inner).close()
    expect(() => inner.values.has([KEY])).toThrow(expect.objectContaining({ code: 'ERR_CLOSED' }))
  })

  test('an index stays an index', () => {
    const index: CallIndex = { ...testStore().calls, find: () => [ENTRY] }
    expect(isCallIndex(readOnly(index))).toBe(true)
    expect([...(readOnly(index).find({ where: [] }) as Iterable<unknown>)]).toEqual([ENTRY])
    expect(() => readOnly(index).put([ENTRY], 'absent')).toThrow(rejected('put'))
  })

  test('the message says what was refused', () => {
    expect(() => readOnly(filled()).values.touch([KEY])).toThrow('touch was refused: this store is read-only')
  })
})
