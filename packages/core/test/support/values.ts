import fc from 'fast-check'
import { rebuilt } from './copies.ts'
import { withOneChange } from './near-misses.ts'

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(
    0,
    -0,
    Number.NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    2 ** 53 - 1,
    -(2 ** 53),
    23,
    24,
    255,
    256,
    65535,
    65536,
  ),
)

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '__proto__', 'constructor', '\ud800', 'a\udc00b', 'é', 'é', 'x'.repeat(1100), 'ü'.repeat(30)),
)

const bytes = fc.uint8Array({ maxLength: 40 })

const views = fc.oneof(
  bytes,
  bytes.map(content => Buffer.from(content)),
  bytes.map(content => content.slice().buffer),
  bytes.map(content => new DataView(content.slice().buffer)),
  bytes.map(content => Uint8ClampedArray.from(content)),
  fc.float64Array({ maxLength: 5 }),
  fc.float32Array({ maxLength: 5 }),
  fc.int16Array({ maxLength: 5 }),
  fc.uint32Array({ maxLength: 5 }),
  fc.bigInt64Array({ maxLength: 3 }),
)

const leaves = fc.oneof(
  { weight: 3, arbitrary: numbers },
  { weight: 3, arbitrary: texts },
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.constantFrom(Symbol.for('a'), Symbol.for('')),
  fc.date({ noInvalidDate: true }),
  views,
  fc.oneof(numbers, texts, fc.boolean(), fc.bigInt()).map(Object),
  fc
    .constantFrom<() => unknown>(
      () => /a/g,
      () => /[\]/]/iu,
      () => Object.assign(/a/y, { lastIndex: 2 }),
      () => new URL('http://example.test/?q=1'),
      () => new TypeError('t'),
      () => new Error(''),
      () => new Error(),
      () => Object.assign(new Error('a'), { code: 'E_A' }),
      () => new AggregateError([new Error('a'), 1], 'all'),
    )
    .map(make => make()),
)

/** Parts above the link threshold, or that make what holds them so. */
const large = fc.oneof(
  fc.tuple(texts, fc.integer({ min: 300, max: 1200 })).map(([text, times]) => text.slice(0, 4).repeat(times)),
  fc
    .tuple(leaves, fc.integer({ min: 120, max: 500 }))
    .map(([leaf, times]) => Array.from({ length: times }, () => leaf)),
  fc.uint8Array({ minLength: 1000, maxLength: 3000 }),
  fc
    .tuple(numbers, fc.integer({ min: 120, max: 200 }))
    .map(([number, times]) => Array.from({ length: times }, (_, i) => number + i)),
  fc.tuple(leaves, fc.integer({ min: 10, max: 260 })).map(([leaf, levels]) => {
    let value: unknown = leaf
    for (let i = 0; i < levels; i += 1) value = i % 3 === 0 ? { value, i } : [value]
    return value
  }),
)

/** A hole among elements. */
const HOLE = {}

function withHoles(items: readonly unknown[]): unknown[] {
  const array: unknown[] = []
  items.forEach((item, i) => {
    if (item !== HOLE) array[i] = item
  })
  array.length = items.length
  return array
}

/** Values of every kind, nested. */
export const values: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves, { weight: 3, arbitrary: tie('container') }),
  part: fc.oneof({ weight: 12, arbitrary: tie('value') }, { weight: 1, arbitrary: large }),
  container: fc.oneof(
    fc.array(tie('part'), { maxLength: 6 }),
    fc.array(numbers, { minLength: 7, maxLength: 14 }),
    fc.array(fc.oneof(tie('part'), fc.constant(HOLE)), { maxLength: 5 }).map(withHoles),
    fc.dictionary(texts, tie('part'), { maxKeys: 6 }),
    fc.dictionary(texts, tie('part'), { maxKeys: 3, noNullPrototype: false }),
    fc.array(fc.tuple(tie('part'), tie('part')), { maxLength: 5 }).map(entries => new Map(entries)),
    fc.array(tie('part'), { maxLength: 5 }).map(members => new Set(members)),
    // A cause that is undefined is none to us, and another thing to Node from 22 on.
    fc
      .tuple(texts, tie('part'))
      .map(([message, cause]) => new RangeError(message, cause === undefined ? undefined : { cause })),
    fc.tuple(fc.array(tie('part'), { maxLength: 3 }), tie('part')).map(([array, x]) => Object.assign(array, { x })),
    fc.tuple(tie('part'), tie('part')).map(([key, x]) => Object.assign(new Map([[key, x]]), { x })),
    fc.tuple(texts, tie('part')).map(([name, x]) => ({ [name]: x, [Symbol.for('s')]: x })),
  ),
})).value

/** Pairs of values: built twice, alike but for one place, or of nothing in common. */
export const pairs: fc.Arbitrary<readonly [unknown, unknown]> = fc.oneof(
  { weight: 4, arbitrary: values.map(value => [value, rebuilt(value)] as const) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(values, fc.nat(), fc.nat())
      .map(([value, where, how]) => [value, withOneChange(rebuilt(value), where, how)] as const),
  },
  { weight: 1, arbitrary: fc.tuple(values, values) },
)
