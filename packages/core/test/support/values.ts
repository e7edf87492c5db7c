import fc from 'fast-check'

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 2 ** 53, 2 ** 53 - 1, -(2 ** 53), 23, 24, 255, 256, 65535, 65536),
)

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '__proto__', 'constructor', '\ud800', 'a\udc00b', 'é', 'é', 'x'.repeat(1100), 'ü'.repeat(30)),
)

const leaves = fc.oneof(
  numbers,
  texts,
  fc.boolean(),
  fc.constantFrom(null, undefined),
  fc.bigInt(),
  fc.constantFrom(Symbol.for('a'), Symbol.for('')),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 40 }),
  fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes)),
  fc.float64Array({ maxLength: 5 }),
  fc.int16Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 6 }).map(bytes => bytes.slice().buffer),
  fc.constantFrom(/a/g, /[\]/]/iu, new URL('http://example.test/?q=1'), Object(1), Object('ab'), Object(-0), new TypeError('t'), new Error('')),
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
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves, tie('container')),
  container: fc.oneof(
    fc.array(tie('value'), { maxLength: 6 }),
    fc.array(numbers, { minLength: 7, maxLength: 14 }),
    fc.array(fc.oneof(tie('value'), fc.constant(HOLE)), { maxLength: 5 }).map(withHoles),
    fc.dictionary(texts, tie('value'), { maxKeys: 6 }),
    fc.dictionary(texts, tie('value'), { maxKeys: 3, noNullPrototype: false }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map(entries => new Map(entries)),
    fc.array(tie('value'), { maxLength: 5 }).map(members => new Set(members)),
    fc.tuple(texts, tie('value')).map(([message, cause]) => new RangeError(message, { cause })),
    fc.tuple(fc.array(tie('value'), { maxLength: 3 }), tie('value')).map(([array, x]) => Object.assign(array, { x })),
    fc.tuple(tie('value'), tie('value')).map(([key, x]) => Object.assign(new Map([[key, x]]), { x })),
    fc.tuple(texts, tie('value')).map(([name, x]) => ({ [name]: x, [Symbol.for('s')]: x })),
  ),
})).value

/** Pairs of values that are often alike: the same, built twice, or with one place changed. */
export const pairs: fc.Arbitrary<readonly [unknown, unknown]> = fc.oneof(
  fc.tuple(values, values),
  values.chain(value => fc.constant([value, structuredCopy(value)] as const)),
)

/** A copy in which objects, Maps and Sets have the opposite order. */
export function structuredCopy(value: unknown): unknown {
  if (Array.isArray(value)) {
    const copy: unknown[] = []
    copy.length = value.length
    for (const key of Reflect.ownKeys(value)) if (key !== 'length') Reflect.set(copy, key, structuredCopy(Reflect.get(value, key)))
    return copy
  }
  if (typeof value !== 'object' || value === null) return value
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Map.prototype && Object.keys(value).length === 0) {
    return new Map([...(value as Map<unknown, unknown>)].reverse().map(([k, v]) => [structuredCopy(k), structuredCopy(v)]))
  }
  if (prototype === Set.prototype) return new Set([...(value as Set<unknown>)].reverse().map(structuredCopy))
  if (prototype !== Object.prototype && prototype !== null) return value
  const copy = Object.create(prototype)
  for (const key of Reflect.ownKeys(value).reverse()) {
    const part = structuredCopy(Reflect.get(value, key))
    Object.defineProperty(copy, key, { value: part, writable: true, enumerable: true, configurable: true })
  }
  return copy
}
