import fc from 'fast-check'
import { expect, test } from 'vitest'
import { copyPlain, isPlain } from '../../src/cache/plain-copy.ts'

/** An array with elements at some positions, and properties of its own. */
function arrayOf(length: number, elements: readonly number[], extra: object): unknown[] {
  const array: unknown[] = new Array(length)
  for (const at of elements) if (at < length) array[at] = { at }
  return Object.assign(array, extra)
}

test('what is plain is copied whole, whatever an array lacks or has beside its elements', () => {
  const arrays = fc
    .tuple(
      fc.nat(6),
      fc.array(fc.nat(6)),
      fc.dictionary(fc.constantFrom('x', 'y', '-1', '__proto__', 'length2'), fc.nat(), { noNullPrototype: true }),
    )
    .map(parts => arrayOf(...parts))
  fc.assert(
    fc.property(fc.oneof(arrays, fc.array(arrays), fc.record({ in: arrays })), value => {
      if (isPlain(value)) expect(copyPlain(value)).toStrictEqual(value)
    }),
    { examples: [[arrayOf(3, [0, 2], { x: 1 })], [arrayOf(4, [], { '-1': 1, length2: 2, x: 3, y: 4 })]] },
  )
})

class Stack extends Array<string> {
  readonly #limit: number

  constructor(limit: number) {
    super()
    this.#limit = limit
  }

  get limit(): number {
    return this.#limit
  }
}

test.each([
  ['an array with holes', new Array(2)],
  ['an array with as many properties as holes', arrayOf(3, [0, 2], { x: 1 })],
  ['an array of a class', new Stack(3)],
  ['a part that is one', { parts: [new Stack(3)] }],
  ['an object without a prototype', Object.create(null)],
  ['a key that is a symbol', { [Symbol.for('key')]: 1 }],
  ['a Map', new Map()],
])('is not plain: %s', (_what, value: object) => {
  expect(isPlain(value)).toBe(false)
})

test('is not plain: what is deeper than a copy of it may go, by a stack that is used already', () => {
  let deep: unknown[] = []
  for (let i = 0; i < 100_000; i += 1) deep = i % 2 === 0 ? [deep] : [{ deep }]
  expect(isPlain(deep)).toBe(false)
})

test.each([
  ['an array', [1, [undefined, null, -0, 1n]]],
  ['none', []],
  ['an object', { a: { b: [] } }],
  ['an own property that is called __proto__', JSON.parse('{"__proto__":{"a":1}}')],
])('is plain: %s', (_what, value: object) => {
  if (!isPlain(value)) expect.unreachable()
  expect(copyPlain(value)).toStrictEqual(value)
})
