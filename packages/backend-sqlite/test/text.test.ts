import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqliteStore } from '../src/index.ts'
import { blobOfText, textOfBlob } from '../src/text.ts'
import { keyOf } from './samples.ts'

const anyString = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom('a', '\0', '\ud7ff', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\ufffd', '\u{10ffff}'),
    )
    .map(parts => parts.join('')),
)

const codePoints = (text: string) => Array.from(text, character => character.codePointAt(0) ?? 0)

test('every string comes back, and two that differ have different bytes', () => {
  fc.assert(
    fc.property(anyString, anyString, (a, b) => {
      expect(textOfBlob(blobOfText(a))).toBe(a)
      expect(Buffer.compare(blobOfText(a), blobOfText(b)) === 0).toBe(a === b)
    }),
  )
})

test('bytes sort as code points do', () => {
  fc.assert(
    fc.property(anyString, anyString, (a, b) => {
      const [left, right] = [codePoints(a), codePoints(b)]
      const at = left.findIndex((point, i) => point !== right[i])
      const expected = at === -1 ? Math.sign(left.length - right.length) : (left[at] ?? 0) < (right[at] ?? -1) ? -1 : 1
      expect(Buffer.compare(blobOfText(a), blobOfText(b))).toBe(expected)
    }),
  )
})

test('well-formed text is UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), text => {
      expect(Buffer.compare(blobOfText(text), new TextEncoder().encode(text))).toBe(0)
    }),
  )
})

test('refs of any name are kept apart, and listed by code point and prefix', () => {
  const store = sqliteStore(':memory:')
  const names = [
    'a',
    'a\0',
    'ab',
    'a\ud800',
    'a\udfff',
    'a\ue000',
    'a\u{10000}',
    'b',
    'é',
    'e\u0301',
    '__proto__',
    "'; DROP",
  ]
  for (const [i, name] of names.entries()) expect(store.refs.swap(name, undefined, keyOf(i))).toBe(true)
  const found = [...store.refs.list()]
  expect(found.map(({ name }) => name)).toEqual([
    "'; DROP",
    '__proto__',
    'a',
    'a\0',
    'ab',
    'a\ud800',
    'a\udfff',
    'a\ue000',
    'a\u{10000}',
    'b',
    'e\u0301',
    'é',
  ])
  for (const { name, value } of found) expect(value).toBe(keyOf(names.indexOf(name)))
  expect(Array.from(store.refs.list({ prefix: 'a' }), ({ name }) => name).length).toBe(7)
  expect([...store.refs.list({ prefix: 'zz' })]).toEqual([])
  store.close()
})

test('refs by the thousand are listed once each', () => {
  const store = sqliteStore(':memory:')
  const names = Array.from({ length: 1200 }, (_, i) => `ref ${String(i).padStart(5, '0')}`)
  for (const name of names) store.refs.swap(name, undefined, keyOf(name))
  expect(Array.from(store.refs.list({ prefix: 'ref ' }), ({ name }) => name)).toEqual(names)
  store.close()
})
