import { createRegistry, digest } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { ascendingOrder } from '../../src/digest/ascending-order.ts'

const registry = createRegistry()

/** Ends a piece, so that none is the beginning of another. */
const END = 9

/** Bytes of few kinds, so that many pieces begin alike, with a beginning that all may share. */
const pieceLists = fc
  .tuple(
    fc.uint8Array({ maxLength: 70, max: 2 }),
    fc.array(fc.uint8Array({ maxLength: 12, max: 3 }), { minLength: 1, maxLength: 100 }),
  )
  .map(([beginning, pieces]) => pieces.map(piece => Buffer.concat([beginning, piece, Buffer.of(END)])))

function orderOf(pieces: readonly Uint8Array[]): readonly number[] | undefined {
  const before = 5
  const bytes = new Uint8Array(Buffer.concat([Buffer.alloc(before, 9), ...pieces, Buffer.alloc(3, 200)]))
  let end = before
  const ends = pieces.map(piece => {
    end += piece.length
    return end
  })
  return ascendingOrder({ bytes, view: new DataView(bytes.buffer) }, before, ends)
}

describe('the order of pieces', () => {
  test('is that of their bytes, whatever they begin with', () => {
    fc.assert(
      fc.property(pieceLists, pieces => {
        const order = orderOf(pieces)
        const sorted = pieces.toSorted(Buffer.compare)
        const found = order === undefined ? pieces : order.map(index => pieces[index]!)
        expect(found.map(piece => piece.toString('hex'))).toEqual(sorted.map(piece => piece.toString('hex')))
      }),
    )
  })

  test('names each piece once', () => {
    fc.assert(
      fc.property(pieceLists, pieces => {
        const order = orderOf(pieces)
        if (order !== undefined) expect(order.toSorted((a, b) => a - b)).toEqual([...pieces.keys()])
      }),
    )
  })

  test.each([
    ['nothing', []],
    ['one piece', ['b']],
    ['pieces that ascend', ['aa', 'ab', 'b']],
    ['equal pieces', Array<string>(50).fill('a')],
  ])('is not said of %s', (_what, texts) => {
    expect(orderOf(texts.map(text => Buffer.from(text)))).toBeUndefined()
  })

  test('is found also where thousands begin with the same kilobyte', () => {
    const beginning = 'x'.repeat(1000)
    const pieces = Array.from({ length: 5000 }, (_, i) => Buffer.from(`${beginning}${((i * 7919) % 5003) + 1000}`))
    const found = orderOf(pieces)!.map(index => pieces[index]!.toString())
    expect(found).toEqual(pieces.map(String).toSorted())
  })
})

describe('the order of keys', () => {
  const keys = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.integer({ min: 0, max: 300 }).map(n => `key-${n}`),
    fc.constantFrom('a'.repeat(23), 'a'.repeat(24), 'a'.repeat(256), '\ud800', '\ud800a', 'ä', '__proto__', '0', '10'),
  )
  const dictionaries = fc
    .uniqueArray(keys, { minLength: 1, maxLength: 150 })
    .chain(list =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length })),
    )
  const objectOf = (list: readonly string[]): object => Object.fromEntries(list.map(key => [key, [key]]))

  test('changes no digest: of objects with few keys and with many, seen for the first time and again', () => {
    fc.assert(
      fc.property(dictionaries, ([list, shuffled]) => {
        const first = digest(objectOf(list))
        expect(digest(objectOf(shuffled))).toBe(first)
        expect(digest(objectOf(list))).toBe(first)
        expect(digest(objectOf(shuffled))).toBe(first)
        expect(encodeValue(objectOf(shuffled), { inlineBelow: 4096, registry }).digest).toBe(first)
      }),
    )
  })
})
