import { asDigest, type CallCondition, type CallTerms, matchesTerms, type Scalar, type ScalarTest } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareCodePoints } from '../../src/matching/code-points.ts'

const [A, B, C] = ['a', 'b', 'c'].map(digit => asDigest(digit.repeat(64))) as [
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
  ReturnType<typeof asDigest>,
]

const TERMS: CallTerms = {
  namespace: 'llm',
  name: 'slow',
  version: '2',
  args: [
    { position: 0, name: 'user', path: '', digest: A },
    { position: 1, name: undefined, path: '', digest: B },
    { position: 1, name: undefined, path: '/limit', digest: A },
    { position: 2, name: '0', path: '', digest: C },
  ],
  result: C,
  resultParts: [
    { path: '/text', digest: A },
    { path: '/usage', digest: B },
  ],
  metadata: [
    { path: '/runtime', value: undefined },
    { path: '/runtime/durationMs', value: 100 },
  ],
}

const argument = (at: number | string, path: string, equals: typeof A | undefined): CallCondition => ({
  field: 'argument',
  at,
  path,
  equals,
})

describe('matchesTerms', () => {
  test.each<[holds: boolean, what: string, condition: CallCondition]>([
    [true, 'namespace', { field: 'namespace', equals: 'llm' }],
    [false, 'another namespace', { field: 'namespace', equals: '' }],
    [true, 'name', { field: 'name', equals: 'slow' }],
    [false, 'a name in another case', { field: 'name', equals: 'Slow' }],
    [true, 'version', { field: 'version', equals: '2' }],
    [false, 'a version of another type', { field: 'version', equals: '"2"' }],
    [false, 'no version', { field: 'version', equals: undefined }],
    [true, 'result', { field: 'result', equals: C }],
    [false, 'another result', { field: 'result', equals: A }],
    [true, 'a part of the result', { field: 'resultPart', path: '/text', equals: A }],
    [false, 'a part of the result of another digest', { field: 'resultPart', path: '/text', equals: B }],
    [true, 'the presence of a part of the result', { field: 'resultPart', path: '/usage', equals: undefined }],
    [false, 'the presence of a part that the result lacks', { field: 'resultPart', path: '/limit', equals: undefined }],
    [false, 'a part of an argument', { field: 'resultPart', path: '/limit', equals: A }],
    [true, 'an argument by position', argument(0, '', A)],
    [true, 'an argument by name', argument('user', '', A)],
    [false, 'an argument of another digest', argument('user', '', B)],
    [true, 'the presence of an argument', argument(2, '', undefined)],
    [false, 'the presence of an argument beyond the last', argument(3, '', undefined)],
    [false, 'a position given as a name', argument('1', '', B)],
    [true, 'a name that looks like a position', argument('0', '', C)],
    [true, 'a property', argument(1, '/limit', A)],
    [true, 'the presence of a property', argument(1, '/limit', undefined)],
    [false, 'a property of another argument', argument(0, '/limit', A)],
    [false, 'a whole argument that is as a property', argument(1, '', A)],
    [true, 'the presence of metadata', { field: 'metadata', path: '/runtime', test: undefined }],
    [false, 'the presence of other metadata', { field: 'metadata', path: '/tags', test: undefined }],
    [false, 'metadata that is no scalar, tested', { field: 'metadata', path: '/runtime', test: {} }],
    [
      true,
      'metadata that is a scalar, tested for nothing',
      { field: 'metadata', path: '/runtime/durationMs', test: {} },
    ],
  ])('%s for %s', (holds, _what, condition) => {
    expect(matchesTerms(TERMS, [condition])).toBe(holds)
  })

  test('all conditions must hold, and none always holds', () => {
    const [yes, no] = [argument(0, '', A), argument(0, '', B)]
    expect(matchesTerms(TERMS, [])).toBe(true)
    expect(matchesTerms(TERMS, [yes, { field: 'name', equals: 'slow' }])).toBe(true)
    expect(matchesTerms(TERMS, [yes, no])).toBe(false)
    expect(matchesTerms(TERMS, [no, yes])).toBe(false)
  })

  const against = (value: Scalar, scalarTest: ScalarTest): boolean =>
    matchesTerms({ ...TERMS, metadata: [{ path: '/x', value }] }, [{ field: 'metadata', path: '/x', test: scalarTest }])

  test.each<[holds: boolean, value: Scalar, scalarTest: ScalarTest]>([
    [true, 5, { equals: 5 }],
    [false, 5, { equals: '5' as Scalar }],
    [false, true, { equals: 1 }],
    [true, null, { equals: null }],
    [false, 0, { equals: null }],
    [false, '', { equals: null }],
    [true, 'x', { in: [1, 'x'] }],
    [false, 'x', { in: [] }],
    [true, 5, { lt: 6 }],
    [false, 5, { lt: 5 }],
    [true, 5, { lte: 5 }],
    [false, 5, { lte: 4 }],
    [true, 5, { gt: 4 }],
    [false, 5, { gt: 5 }],
    [true, 5, { gte: 5 }],
    [false, 5, { gte: 6 }],
    [false, 5, { lt: '6' }],
    [false, '5', { lt: 6 }],
    [false, true, { gte: 0 }],
    [false, null, { gte: 0 }],
    [false, null, { gte: '' }],
    [true, '10', { lt: '9' }],
    [true, '\u{ffff}', { lt: '😀' }],
    [true, Number.POSITIVE_INFINITY, { lte: Number.POSITIVE_INFINITY, gte: Number.POSITIVE_INFINITY }],
    [true, 5, { gt: 4, lt: 6, in: [5], equals: 5 }],
    [false, 5, { gt: 4, lt: 5 }],
  ])('%s for %j against %j', (holds, value, scalarTest) => {
    expect(against(value, scalarTest)).toBe(holds)
  })
})

describe('compareCodePoints', () => {
  test('orders well-formed strings as their UTF-8 bytes are ordered', () => {
    const strings = fc.string({
      unit: fc.constantFrom('a', 'b', '\0', 'é', '\u{d7ff}', '\u{e000}', '\u{ffff}', '😀', '\u{10ffff}'),
    })
    fc.assert(
      fc.property(strings, strings, (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
  })

  test('a lone surrogate counts as itself', () => {
    expect(compareCodePoints('\ud800', '\ue000')).toBeLessThan(0)
    expect(compareCodePoints('\ud83d', '😀')).toBeLessThan(0)
    expect(compareCodePoints('\udc00', '\ud800')).toBeGreaterThan(0)
  })
})
