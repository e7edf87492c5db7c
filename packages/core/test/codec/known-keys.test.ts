import { createRegistry } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { attempt, hex, payloadOf } from '../support/hostile.ts'

const registry = createRegistry()
const decode = (payload: Uint8Array) => decodeValue(payload, { registry })

/** Decodes an object so often that its keys are known, and gives its payload. */
function known(value: object): Uint8Array {
  const payload = payloadOf(value)
  for (let i = 0; i < 8; i += 1) expect(decode(payload)).toEqual(value)
  return payload
}

describe('objects whose keys came before', () => {
  test('are told from those that begin alike', () => {
    known({ a: 1, b: 2, c: 3, d: 4 })
    for (const other of [
      { a: 1, b: 2, c: 3, e: 4 },
      { a: 1, b: 2, d: 3, c: 4 },
      { a: 1, d: 2, b: 3, c: 4 },
      { a: 1, b: 2, c: 3, [Symbol.for('d')]: 4 },
      { a: 1, b: 2, c: 3, ['__proto__']: 4 },
    ]) {
      const loaded = decode(payloadOf(other)) as object
      expect(Reflect.ownKeys(loaded)).toEqual(Reflect.ownKeys(other))
      expect(loaded).toEqual(other)
    }
  })

  test('share nothing with one another', () => {
    const payload = known({ a: 1, b: { x: 1, y: 2, z: 3 }, c: [] })
    const first = decode(payload) as { a: number; b: { x: number }; c: unknown[]; d?: number }
    first.a = 9
    first.b.x = 9
    first.c.push(9)
    first.d = 9
    Object.freeze(first)
    expect(decode(payload)).toEqual({ a: 1, b: { x: 1, y: 2, z: 3 }, c: [] })
  })

  test('are what was stored where several kinds take turns, so that guesses are given up and taken up again', () => {
    const kinds = [
      { kindId: 1, name: 2, left: 3 },
      { kindId: 1, name: 2, right: 3 },
    ]
    const payloads = kinds.map(payloadOf)
    for (const run of [1, 2, 5, 1200, 3]) {
      for (let i = 0; i < 2 * run + 100; i += 1) {
        const at = Math.floor(i / run) % 2
        expect(Object.entries(decode(payloads[at]!) as object)).toEqual(Object.entries(kinds[at]!))
      }
    }
  })

  test('are what was stored where they have many properties, of one kind or of another each time', () => {
    const wide = (name: (n: number) => string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), n]))
    for (const count of [32, 33, 128, 129, 600]) {
      const same = wide(n => `field-${n}`, count)
      const digits = wide(n => `${n * 7}`, count)
      for (let i = 0; i < 30; i += 1) {
        const other = { ...wide(n => `id-${i}-${n}`, count - 1), ['__proto__']: i }
        const hidden = { ...wide(n => `field-${n}`, count - 1), [`last-${i}`]: i }
        for (const value of [same, other, digits, hidden, same]) {
          const loaded = decode(payloadOf(value)) as object
          expect(Object.entries(loaded)).toEqual(Object.entries(value))
          expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype)
        }
      }
    }
  })

  test.each([33, 128, 129])('stand once in an object of %i, whatever came before', count => {
    const value = Object.fromEntries(Array.from({ length: count }, (_, n) => [`twice${String(n).padStart(3, '0')}`, n]))
    const payload = known(value)
    // The last name becomes the first.
    const text = Buffer.from(payload).toString('latin1')
    const last = `twice${String(count - 1).padStart(3, '0')}`
    expect(text).toContain(last)
    const twice = Uint8Array.from(Buffer.from(text.replace(last, 'twice000'), 'latin1'))
    expect(attempt(twice)).toMatchObject({ code: 'ERR_CORRUPT' })
    for (let i = 0; i < 3; i += 1) expect(decode(payload)).toEqual(value)
  })

  test('keep their own values when they stand inside one another', () => {
    const value = { a: { a: { a: 1, b: 2, c: 3 }, b: 4, c: { a: 5, b: 6, c: 7 } }, b: 8, c: 9 }
    expect(decode(known(value))).toEqual(value)
  })

  test('are as all others where something was planted on Object.prototype since', () => {
    const payload = known({ plantedA: 1, plantedB: 2, plantedC: 3 })
    const run: string[] = []
    const plant = {
      configurable: true,
      get: () => void run.push('get'),
      set: () => void run.push('set'),
    }
    let loaded: unknown
    let begunAlike: unknown
    try {
      Object.defineProperty(Object.prototype, 'plantedB', plant)
      loaded = decode(payload)
      begunAlike = decode(hex('a3 68706c616e74656441 01 68706c616e74656442 02 68706c616e74656444 03'))
    } finally {
      Reflect.deleteProperty(Object.prototype, 'plantedB')
    }
    expect(run).toEqual([])
    expect(Object.entries(loaded as object)).toEqual([
      ['plantedA', 1],
      ['plantedB', 2],
      ['plantedC', 3],
    ])
    expect(Object.entries(begunAlike as object)).toEqual([
      ['plantedA', 1],
      ['plantedB', 2],
      ['plantedD', 3],
    ])
  })

  test.each([
    ['a property twice', 'a4 6161 01 6162 02 6163 03 6161 04'],
    ['no last value', 'a4 6161 01 6162 02 6163 03 6164'],
    ['a number for a name', 'a4 6161 01 6162 02 6163 03 04 04'],
    ['an end in the middle of a name', 'a4 6161 01 6162 02 6163 03 61'],
  ])('are still looked at: %s is corrupt', (_name, digits) => {
    known({ a: 1, b: 2, c: 3, d: 4 })
    expect(attempt(hex(digits))).toMatchObject({ code: 'ERR_CORRUPT' })
  })

  test('are what was stored, whatever came before', () => {
    const keys = fc.uniqueArray(
      fc.constantFrom('a', 'b', 'c', 'd', 'é', 'constructor', '__proto__', '7', 'long'.repeat(12)),
    )
    const object = keys.map(names => Object.fromEntries(names.map((name, i) => [name, i])))
    fc.assert(
      fc.property(fc.array(fc.tuple(object, fc.nat({ max: 5 })), { maxLength: 8 }), objects => {
        for (const [value, times] of objects) {
          for (let i = 0; i < times; i += 1) {
            const loaded = decode(payloadOf(value)) as object
            expect(Object.entries(loaded)).toEqual(Object.entries(value))
            expect(Object.getPrototypeOf(loaded)).toBe(Object.prototype)
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
