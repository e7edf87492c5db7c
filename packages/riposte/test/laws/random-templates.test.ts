import { isDeepStrictEqual } from 'node:util'
import { ANY, type Cache, type CallTemplate, createCache, digest, type Exact, exact } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { STORES, withStore } from './stores.ts'

type Plain = { readonly [key: string]: unknown }

interface Sketch {
  readonly argument: unknown
  readonly result: unknown
  readonly metadata: Plain
}

// Few of each, so that templates meet them.
const KEYS = ['a', 'b', '*', 'a/b', '~1', '', 'toString']
const LEAVES: readonly unknown[] = [
  0,
  -0,
  1,
  2.5,
  '1',
  'x',
  '',
  null,
  undefined,
  true,
  [1],
  [{ a: 1 }],
  new Date(0),
  10n,
]
const LARGE = 'x'.repeat(6000)

/** More than any record lists. */
const WIDE = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`k${i}`, i % 3]))

const leaf = fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...LEAVES) }, fc.constantFrom(LARGE, WIDE))
const { value, object } = fc.letrec<{ value: unknown; object: Plain }>(tie => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('object')),
  object: fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 4, noNullPrototype: true }),
}))

const sketch: fc.Arbitrary<Sketch> = fc.record({
  argument: value,
  result: value,
  metadata: fc.dictionary(fc.constantFrom('own', 'tags'), object, { maxKeys: 2, noNullPrototype: true }),
})

function isPlain(item: unknown): item is Plain {
  return typeof item === 'object' && item !== null && Object.getPrototypeOf(item) === Object.prototype
}

function isExact(item: unknown): item is Exact<unknown> {
  return typeof item === 'object' && item?.constructor === exact(0).constructor
}

/** The documents' words on templates, taken literally. */
function matches(pattern: unknown, item: unknown): boolean {
  if (pattern === ANY) return true
  if (isExact(pattern)) return isDeepStrictEqual(item, pattern.exact)
  if (!isPlain(pattern)) return isDeepStrictEqual(item, pattern)
  return (
    isPlain(item) && Object.keys(pattern).every(key => Object.hasOwn(item, key) && matches(pattern[key], item[key]))
  )
}

function matchesMetadata(pattern: unknown, item: unknown): boolean {
  if (!isPlain(pattern)) return matches(pattern, item)
  const [[first, bound] = []] = Object.entries(pattern)
  if (first === undefined) return true
  if (first === 'gte') return typeof item === typeof bound && (item as number) >= (bound as number)
  if (first === 'in') return (bound as readonly unknown[]).some(one => one === item)
  return (
    isPlain(item) &&
    Object.keys(pattern).every(key => Object.hasOwn(item, key) && matchesMetadata(pattern[key], item[key]))
  )
}

/** Chooses by numbers that were given, again and again the same. */
type Choose = (count: number) => number

/** A pattern that is likely to match a value. */
function patternOf(item: unknown, choose: Choose, inMetadata = false): unknown {
  if (!isPlain(item)) {
    if (inMetadata && choose(3) === 0)
      return choose(2) === 0 ? { gte: choose(2) === 0 ? 1 : 'a' } : { in: [1, 'x', true] }
    const other = LEAVES[choose(LEAVES.length)]
    return [item, item, item, ANY, other][choose(5)]
  }
  if (choose(8) === 0) return [ANY, {}, exact(item), exact({ ...item, more: 1 })][choose(4)]
  const keys = Object.keys(item).filter((_, i) => choose(2 + (i >> 2)) === 0)
  const odd = choose(10) === 0 ? { [KEYS[choose(KEYS.length)]!]: LEAVES[choose(LEAVES.length)] } : {}
  return { ...odd, ...Object.fromEntries(keys.map(key => [key, patternOf(item[key], choose, inMetadata)])) }
}

function templateOf({ argument, result, metadata }: Sketch, choose: Choose): CallTemplate {
  const which = 1 + choose(7)
  return {
    ...(which & 1 ? { result: patternOf(result, choose) } : {}),
    ...(which & 2
      ? {
          // A namespace is named, or left out.
          metadata: Object.fromEntries(
            Object.entries(metadata).map(([name, item]): [string, unknown] => [
              name,
              Object.fromEntries(
                Object.entries(item as Plain).map(([key, one]) => [key, patternOf(one, choose, true)]),
              ),
            ]),
          ),
        }
      : {}),
    ...(which & 4 ? { args: { value: patternOf(argument, choose) } } : {}),
  }
}

function isMatch(asked: CallTemplate, call: Sketch): boolean {
  const { args, metadata = {} } = asked
  return (
    (!('result' in asked) || matches(asked.result, call.result)) &&
    (args === undefined || matches((args as Plain)['value'], call.argument)) &&
    Object.entries(metadata as Plain).every(
      ([name, pattern]) => Object.hasOwn(call.metadata, name) && matchesMetadata(pattern, call.metadata[name]),
    )
  )
}

async function fill({ calls }: Cache, sketches: readonly Sketch[]): Promise<ReadonlyMap<string, number>> {
  const places = new Map<string, number>()
  for (const [i, { argument, result, metadata }] of sketches.entries()) {
    const identity = { namespace: '', name: 'f', version: undefined, conditions: [digest(i)] }
    const call = calls.prepare(identity, { values: [argument], names: ['value'] })
    await calls.commit<unknown>(call, result, { metadata })
    places.set(call.digest, i)
  }
  return places
}

describe.each(STORES)('random templates in %s', (_name, open) => {
  test('a template matches what it says, place by place: arguments, results and metadata at any depth', () =>
    withStore(open, async store => {
      const cache = createCache(store, { inlineBelow: 2000, onWarning: () => {} })
      const sketches = fc.sample(sketch, 50)
      const places = await fill(cache, sketches)
      let found = 0
      await fc.assert(
        fc.asyncProperty(
          fc.nat(sketches.length - 1),
          fc.array(fc.nat(1000), { minLength: 30, maxLength: 30 }),
          async (at, numbers) => {
            let next = 0
            const asked = templateOf(sketches[at]!, count => numbers[next++ % numbers.length]! % count)
            const expected = sketches.flatMap((call, i) => (isMatch(asked, call) ? [i] : []))
            const matched = (await cache.calls.query(asked).toArray()).map(call => places.get(call.digest)!)
            expect(matched.sort((a, b) => a - b)).toEqual(expected)
            found += matched.length
          },
        ),
        { numRuns: 30 },
      )
      expect(found).toBeGreaterThan(10)
    }))
})
