/** Random templates: each asks for parts of a call of the table, some of them changed so that they are another's, or nobody's. */
import { ANY, type CallTemplate, digest, exact, ref } from '@riposte/core'
import fc from 'fast-check'
import { CALLS } from './templates.ts'

/** By name, the arbitrary that a template takes what it asks for from. */
type Fields = { readonly [name: string]: fc.Arbitrary<unknown> }

const other = fc.constantFrom<unknown>('ada', 'eve', 'x', 0, -0, 1, 3, 150, null, undefined, [1], {}, { user: 'ada' })
const range = fc.oneof(
  fc.record({ gte: fc.constantFrom<string | number>(1, 50, ''), lt: fc.constantFrom<string | number>(150, 'y') }),
  fc.record({ gt: fc.constantFrom<string | number>(0, 50, '150') }),
  fc.record({ in: fc.subarray<string | number | boolean | null>(['x', '150', 0, true, null, 50]) }),
  fc.constant({ between: [1, 150.5] }),
)

/** Asks for no more than a value has, or for something else. */
function lessThan(value: unknown): fc.Arbitrary<unknown> {
  const whole = [
    { weight: 3, arbitrary: fc.constantFrom(value, exact(value), ref(digest(value))) },
    { weight: 2, arbitrary: fc.constant(ANY) },
    { weight: 1, arbitrary: other },
  ]
  if (!isPlain(value)) return fc.oneof(...whole)
  return fc.oneof(...whole, { weight: 8, arbitrary: some(mapped(value, lessThan), 2) })
}

function lessThanMetadata(value: unknown): fc.Arbitrary<unknown> {
  const whole = [
    { weight: 2, arbitrary: fc.constantFrom<unknown>(isPlain(value) ? exact(value) : value, ANY) },
    { weight: 1, arbitrary: fc.oneof(range, other) },
  ]
  if (!isPlain(value)) return fc.oneof(...whole)
  // What is asked of a key named like a bound would be a range.
  const { lt: _, ...rest } = value
  return fc.oneof(...whole, { weight: 6, arbitrary: some(mapped(rest, lessThanMetadata), 2) })
}

/** One of the fields, or up to so many; none if there are none. */
function some(fields: Fields, most: number): fc.Arbitrary<object> {
  const names = Object.keys(fields)
  const lengths = { minLength: Math.min(1, names.length), maxLength: Math.min(most, names.length) }
  return fc
    .subarray(names, lengths)
    .chain(asked => fc.record(Object.fromEntries(asked.map(name => [name, fields[name]!]))))
}

function mapped(values: object, arbitrary: (value: unknown) => fc.Arbitrary<unknown>): Fields {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, arbitrary(value)]))
}

function isPlain(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** By position, where a hole leaves one out, or by name. */
function argumentsOf(args: readonly unknown[], names: readonly string[] | undefined): fc.Arbitrary<unknown> {
  const byPosition = some(mapped({ ...args }, lessThan), args.length).map(asked => Object.assign([], asked))
  if (names === undefined) return byPosition
  const byName = Object.fromEntries(names.map((name, at) => [name, lessThan(args[at])]))
  return fc.oneof(byPosition, some(byName, names.length))
}

export const anyTemplate: fc.Arbitrary<CallTemplate> = fc
  .constantFrom(...Object.values(CALLS))
  .chain(({ namespace = '', name = 'f', version, args = [], names, result, metadata = {} }) => {
    const identity = mapped({ namespace, name, version }, value => fc.constantFrom(value, value, ANY, 'n'))
    const inside = {
      ...(args.length === 0 ? {} : { args: argumentsOf(args, names) }),
      ...(result === undefined ? {} : { result: lessThan(result) }),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata: some(mapped(metadata, lessThanMetadata), 2) }),
    }
    return fc.oneof(
      { weight: 1, arbitrary: some({ ...identity, ...inside }, 6) },
      { weight: 3, arbitrary: some(inside, 3) },
    )
  })
