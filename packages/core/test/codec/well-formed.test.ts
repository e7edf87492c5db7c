import { createRegistry } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { KeyOffsets } from '../../src/codec/key-offsets.ts'
import { DEFAULT_LIMITS } from '../../src/codec/limits.ts'
import { isUtf8At } from '../../src/codec/utf8-at.ts'
import { checkWellFormed, WALK_ABOVE } from '../../src/codec/well-formed.ts'
import { attempt, corpus, hex, payloadOf } from '../support/hostile.ts'

const registry = createRegistry()
const corrupt = expect.objectContaining({ code: 'ERR_CORRUPT' })
const join = (...pieces: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(pieces))
const link = hex(`d952505820 ${'00'.repeat(32)}`)

/** An array of a link and so much that it is looked through, and then these bytes, which should be one item. */
function behindMuch(last: Uint8Array): Uint8Array {
  const count = WALK_ABOVE + 2
  return join(
    Uint8Array.from([0x9a, 0, count >> 16, (count >> 8) & 255, count & 255]),
    link,
    new Uint8Array(WALK_ABOVE),
    last,
  )
}

/** How often a link was followed until the bytes were refused. */
function followed(payload: Uint8Array): number {
  let times = 0
  const part = () => {
    times += 1
    return hex('01')
  }
  expect(() => decodeValue(payload, { registry, part })).toThrow(corrupt)
  return times
}

/** An object of `count` short names, the last of which may be given. */
function objectOf(count: number, last?: string): Uint8Array {
  const names = Array.from({ length: count }, (_, i) => (i === count - 1 && last) || `k${String(i).padStart(5, '0')}`)
  return join(
    Uint8Array.from([0xb9, count >> 8, count & 255]),
    ...names.map(name => join(Uint8Array.from([0x60 + name.length]), Buffer.from(name, 'latin1'), Uint8Array.of(0))),
  )
}

describe('before anything is built', () => {
  test('a sound payload is looked through and then built', () => {
    const value = decodeValue(behindMuch(hex('01')), { registry, part: () => hex('02') })
    expect(value).toHaveLength(WALK_ABOVE + 2)
  })

  test.each([
    ['nothing more', ''],
    ['a count beyond the end', '9a ffffffff 00'],
    ['counts that are only too many together', '82 82 82 82 01 02 03 04'],
    ['a length beyond the end', '7a ffffffff 61'],
    ['a short length beyond the end', '63 6161'],
    ['half a number', '19 01'],
    ['half a float', 'fb 3ff0'],
    ['bytes of indefinite length', '5f 4161 ff'],
    ['an array of indefinite length', '9f 01 ff'],
    ['a break', 'ff'],
    ['a simple value of two bytes', 'f8 20'],
    ['a 32-bit float', 'fa 3f800000'],
    ['a number beyond the safe range', '1b 0020000000000000'],
    ['an unknown tag', 'd9ffff 01'],
    ['a digest of its own', `d95261 5820 ${'00'.repeat(32)}`],
    ['something that follows', '01 02'],
  ])('%s is refused', (_name, digits) => {
    expect(followed(behindMuch(hex(digits)))).toBe(0)
  })

  test('a name that stands twice in a large object is refused, however it is nested', () => {
    const twice = objectOf(2000, 'k00007')
    const values = [
      twice,
      join(hex('81'), twice),
      join(hex('83 01'), twice, hex('02')),
      // In the last value of another, after which nothing comes.
      join(objectOf(2000).subarray(0, -1), twice),
      join(hex('82'), join(objectOf(2000).subarray(0, -1), objectOf(2000)), twice),
      // Around another.
      join(objectOf(2000, 'k00007').subarray(0, -1), objectOf(2000)),
    ]
    for (const value of values) expect(followed(behindMuch(value))).toBe(0)
  })

  test('a name of a large object that is not UTF-8 is refused', () => {
    expect(followed(behindMuch(objectOf(2000, '\xff')))).toBe(0)
  })

  test('the same name in two large objects, one inside the other, is a value', () => {
    const inner = objectOf(2000)
    const outer = join(objectOf(2000).subarray(0, -1), inner)
    for (const value of [outer, join(hex('82'), outer, inner)]) {
      expect(attempt(behindMuch(value))).toHaveProperty('value')
    }
  })

  test('a name that stands twice under another head is found when it is built', () => {
    const head = Uint8Array.from([0x78, 6])
    const object = objectOf(2000)
    const again = join(
      Uint8Array.from([0xb9, 0x07, 0xd1]),
      object.subarray(3),
      head,
      Buffer.from('k00007'),
      Uint8Array.of(0),
    )
    expect(followed(behindMuch(again))).toBe(1)
  })

  test('keys that find no slot soon are let pass, each in as many steps at most', () => {
    const names = Buffer.from(Array.from({ length: 500 }, (_, i) => String(i).padStart(4, '0')).join(''))
    const full = new KeyOffsets(names, 2)
    for (let at = 0; at < names.length; at += 4) expect(full.add(at, at + 4)).toBe(true)
    // The first has its slot, and is found again.
    expect(full.add(0, 4)).toBe(false)
  })

  test('more levels and items than the bounds allow are refused', () => {
    const deep = new Uint8Array(WALK_ABOVE + 2).fill(0x81)
    deep[deep.length - 1] = 0
    const wide = behindMuch(hex('01'))
    const limits = { ...DEFAULT_LIMITS, depth: 1000, items: 1000 }
    expect(() => checkWellFormed(deep, limits)).toThrow(
      expect.objectContaining({ details: { limit: 'depth', bound: 1000 } }),
    )
    expect(() => checkWellFormed(wide, limits)).toThrow(
      expect.objectContaining({ details: { limit: 'items', bound: 1000 } }),
    )
  })
})

describe('what building takes', () => {
  test('is never refused for its depth', () => {
    // Numbers over a list of chunks, one of which stands elsewhere: one level where they are built.
    const numbers = join(hex('d856 d95260 82 08'), link)
    const limits = { ...DEFAULT_LIMITS, depth: 1 }
    const part = () => hex('48 000000000000f03f')
    expect(decodeValue(numbers, { registry, part, limits })).toEqual(new Float64Array([1]))
    expect(checkWellFormed(numbers, limits)).toBeGreaterThan(0)
  })

  const passes = (bytes: Uint8Array) => {
    try {
      checkWellFormed(bytes, DEFAULT_LIMITS)
      return true
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_(CORRUPT|LIMIT)$/) })
      return false
    }
  }

  test('is never refused before, whatever bit is flipped', () => {
    let refused = 0
    for (const payload of corpus.map(payloadOf)) {
      expect(passes(payload)).toBe(true)
      for (let bit = 0; bit < payload.length * 8; bit += 1) {
        const damaged = payload.slice()
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        if (passes(damaged)) continue
        refused += 1
        expect(attempt(damaged)).toHaveProperty('code')
      }
    }
    expect(refused).toBeGreaterThan(1000)
  })

  test('and what is cut short is refused before', () => {
    for (const payload of corpus.map(payloadOf)) {
      for (let length = 0; length < payload.length; length += 1) expect(passes(payload.subarray(0, length))).toBe(false)
    }
  })
})

describe('UTF-8', () => {
  const decodes = (bytes: Uint8Array) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes)
      return true
    } catch {
      // A fatal decoder throws at the first bad byte: that is the answer.
      return false
    }
  }

  test('is what a decoder takes, at every boundary of a character', () => {
    const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee]
    const last = [0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff]
    const byte = fc.constantFrom(...edges, ...last)
    const text = fc.string({ unit: 'binary' }).map(each => [...new TextEncoder().encode(each)])
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            byte.map(each => [each]),
            text,
          ),
          { maxLength: 12 },
        ),
        pieces => {
          const bytes = Uint8Array.from(pieces.flat())
          expect(isUtf8At(bytes, 0, bytes.length)).toBe(decodes(bytes))
        },
      ),
      { numRuns: 3000 },
    )
    for (const a of [...edges, ...last]) {
      for (const b of [...edges, ...last]) {
        for (const rest of [[], [0x80], [0x80, 0x80], [0xbf, 0x41]]) {
          const bytes = Uint8Array.from([a, b, ...rest])
          expect(isUtf8At(bytes, 0, bytes.length)).toBe(decodes(bytes))
        }
      }
    }
  })
})
