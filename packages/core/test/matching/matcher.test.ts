import { expect, test } from 'vitest'
import { ANY, digest, exact, ref } from '../../src/index.ts'
import { pointerTo } from '../../src/matching/json-pointer.ts'
import { compilePattern, leavesOf, matchesValue } from '../../src/matching/matcher.ts'

const matches = (pattern: unknown, value: unknown): boolean =>
  matchesValue(compilePattern(pattern, digest), value, digest)

class Point {
  readonly x = 1
}

test.each<readonly [string, unknown, unknown, boolean]>([
  ['ANY matches a value', ANY, 3, true],
  ['ANY matches null', ANY, null, true],
  ['ANY matches undefined', ANY, undefined, true],
  ['a number matches itself', 3, 3, true],
  ['a number does not match its text', 3, '3', false],
  ['zero does not match minus zero', 0, -0, false],
  ['NaN matches itself', Number.NaN, Number.NaN, true],
  ['null is not undefined', null, undefined, false],
  ['an array is matched whole', [1, 2], [1, 2], true],
  ['an array is no prefix', [1], [1, 2], false],
  ['a Map is matched whole', new Map([['a', 1]]), new Map([['a', 1]]), true],
  ['a Map is no plain object', { a: 1 }, new Map([['a', 1]]), false],
  ['a plain object is partial', { a: 1 }, { a: 1, b: 2 }, true],
  ['a plain object needs its properties', { a: 1, c: 3 }, { a: 1, b: 2 }, false],
  ['a nested plain object is partial', { a: { b: 1 } }, { a: { b: 1, c: 2 }, d: 3 }, true],
  ['a property that is ANY must be there', { a: ANY }, { b: 1 }, false],
  ['a property that is ANY may be undefined', { a: ANY }, { a: undefined }, true],
  ['a property that is undefined must be there', { a: undefined }, {}, false],
  ['an inherited property is not there', { toString: ANY }, {}, false],
  ['an empty object matches any plain object', {}, { a: 1 }, true],
  ['an empty object matches an object without prototype', {}, Object.create(null), true],
  ['an empty object matches no array', {}, [], false],
  ['an empty object matches no instance', {}, new Point(), false],
  ['an empty object matches no null', {}, null, false],
  ['exact is whole', exact({ a: 1 }), { a: 1, b: 2 }, false],
  ['exact ignores the order of keys', exact({ a: 1, b: 2 }), { b: 2, a: 1 }, true],
  ['exact inside a partial object', { o: exact({}) }, { o: { a: 1 } }, false],
  ['a ref matches what it stands for', ref(digest('x')), 'x', true],
  ['a ref matches no text of its digits', ref(digest('x')), digest('x'), false],
  [
    '__proto__ is a property like any other',
    JSON.parse('{"__proto__": 1}'),
    JSON.parse('{"__proto__": 1, "a": 2}'),
    true,
  ],
  ['__proto__ that is not there does not match', JSON.parse('{"__proto__": {}}'), {}, false],
])('%s', (_rule, pattern, value, expected) => {
  expect(matches(pattern, value)).toBe(expected)
})

test('a template is read once: what is changed later does not count', () => {
  const pattern = { a: [1] }
  const matcher = compilePattern(pattern, digest)
  pattern.a.push(2)
  expect(matchesValue(matcher, { a: [1] }, digest)).toBe(true)
})

test('a pattern with symbols for keys is refused, since templates name properties by strings', () => {
  expect(() => compilePattern({ [Symbol.for('a')]: 1 }, digest)).toThrow(TypeError)
})

test('a pattern without a digest is refused by its path', () => {
  expect(() => compilePattern({ a: () => 1 }, digest)).toThrow(/function/)
})

test('the leaves of a pattern name each place by its pointer', () => {
  const matcher = compilePattern({ a: 1, 'b/c': { '~': ANY, d: {} } }, digest)
  expect(leavesOf(matcher)).toEqual([
    { path: '/a', asks: { kind: 'equals', digest: digest(1) } },
    { path: '/b~1c/~0', asks: { kind: 'present' } },
    { path: '/b~1c/d', asks: { kind: 'plain' } },
  ])
})

test('pointers escape as RFC 6901 says', () => {
  expect(pointerTo(pointerTo('', 'a/b'), 'm~n')).toBe('/a~1b/m~0n')
  expect(pointerTo('', '')).toBe('/')
  expect(pointerTo('', '~1')).toBe('/~01')
})
