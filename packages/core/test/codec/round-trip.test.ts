import { isDeepStrictEqual } from 'node:util'
import { defaultRegistry, digest } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeValue, linksOf } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { addressOf } from '../../src/codec/types.ts'
import { values } from '../support/values.ts'

const registry = defaultRegistry

function roundTrip(value: unknown, inlineBelow: number): unknown {
  const { nodes } = encodeValue(value, { inlineBelow, registry })
  const payloads = new Map(nodes.map(node => [node.form ?? node.digest, node.payload]))
  return decodeValue(nodes.at(-1)!.payload, { registry, part: link => payloads.get(addressOf(link))! })
}

test('a DataView has no elements, so that any number names a property of it', () => {
  const view = Object.assign(new DataView(new ArrayBuffer(2)), { 0: 'a', 9: 'b', 1.5: 'c', '-0': 'd' })
  expect(isDeepStrictEqual(roundTrip(view, Infinity), view)).toBe(true)
})

test('errors have properties of names that an engine gives its errors by itself', () => {
  const error = Object.assign(new SyntaxError('a'), { line: 7, stack: 'b' })
  const Engines = globalThis.Error
  // As that of Safari, which tells so where an error was made.
  globalThis.Error = new Proxy(Engines, {
    construct: (...construction) =>
      Object.defineProperty(Reflect.construct(...construction), 'line', {
        value: 1,
        configurable: true,
        writable: true,
      }),
  })
  try {
    expect(isDeepStrictEqual(roundTrip(error, Infinity), error)).toBe(true)
  } finally {
    globalThis.Error = Engines
  }
})

function keyOrder(value: unknown): unknown {
  return JSON.stringify(value, (_key, part) => {
    if (['bigint', 'symbol'].includes(typeof part) || part instanceof BigInt) return String(part)
    if (part instanceof Map) return [...part]
    if (part instanceof Set) return [...part]
    return part
  })
}

test('what was encoded decodes to a deep-equal value, in its own order, for every inlineBelow', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0, 1, 16, 100, 4096, Infinity), (value, inlineBelow) => {
      const back = roundTrip(value, inlineBelow)
      expect(isDeepStrictEqual(back, value)).toBe(true)
      expect(keyOrder(back)).toBe(keyOrder(value))
    }),
    { numRuns: 3000 },
  )
})

test('the digest of an encoded value is that of the value, and each node has the digest of its part', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(0, 16, 4096), (value, inlineBelow) => {
      const encoded = encodeValue(value, { inlineBelow, registry })
      expect(encoded.digest).toBe(digest(value))
      const payloads = new Map(encoded.nodes.map(node => [node.form ?? node.digest, node.payload]))
      for (const node of encoded.nodes) {
        const part = decodeValue(node.payload, { registry, part: link => payloads.get(addressOf(link))! })
        expect(digest(part)).toBe(node.digest)
        expect(linksOf(node.payload)).toEqual(node.links)
      }
    }),
    { numRuns: 2000 },
  )
})
