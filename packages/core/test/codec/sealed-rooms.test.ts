import { createRegistry } from '@riposte/core'
import { expect, test } from 'vitest'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { openEntry } from '../../src/codec/entry.ts'
import { sealNode, sealValue } from '../../src/values/sealed-value.ts'
import { corpus } from '../support/hostile.ts'

const registry = createRegistry()
const bytes = (length: number, from: number) => Uint8Array.from({ length }, (_, i) => (i * 7 + from) & 255)

/** Of few parts and many, with forms of other orders, and content that is large enough to lie where it is until it is cut off. */
const values: readonly unknown[] = [
  ...corpus,
  corpus.map(value => [value, value]),
  { long: 'x'.repeat(3000), [`${'key'.repeat(50)}`]: bytes(500, 0), bytes: bytes(20_000, 1) },
  [bytes(20_000, 1), bytes(20_000, 2), bytes(20_000, 1), Buffer.from(bytes(17_000, 3)), bytes(5, 4)],
  [[{ a: 1, b: [2, 3, 4] }], [{ b: [2, 3, 4], a: 1 }], new Float64Array(200_000).fill(1.5)],
  [Array.from({ length: 20 }, (_, i) => i), Array.from({ length: 20 }, (_, i) => i + 0.5)],
]

test.each([0, 1, 16, 100, 4096, Number.POSITIVE_INFINITY])(
  'a node is sealed where it was written as its copy would be, with parts above %d apart',
  inlineBelow => {
    for (const value of values) {
      const { nodes } = encodeValue(value, { registry, inlineBelow })
      for (const node of nodes) {
        const { digest, form, links, linkable, payload } = node
        const copy = sealNode({ digest, form, links, linkable, payload: payload.slice() }, form)
        const { key, bytes: entry } = sealNode(node, form)
        expect(key).toBe(copy.key)
        expect(Buffer.compare(entry, copy.bytes)).toBe(0)
        expect(() => openEntry(key, entry)).not.toThrow()
      }
    }
  },
)

test('a node that is sealed twice, or under another form, is not written over', () => {
  const [node] = encodeValue({ a: 1 }, { registry, inlineBelow: 100 }).nodes
  const first = sealNode(node!, undefined)
  const kept = first.bytes.slice()
  const form = node!.digest
  expect(sealNode(node!, undefined).bytes).toBe(first.bytes)
  expect(openEntry(form, sealNode(node!, form).bytes).formOf).toBe(form)
  expect(first.bytes).toEqual(kept)
})

test('what is sealed is what the value was when it was encoded', () => {
  const content = bytes(20_000, 1)
  const encoded = encodeValue([content], { registry, inlineBelow: 100 })
  content.fill(0)
  const again = encodeValue([bytes(20_000, 1)], { registry, inlineBelow: 100 })
  expect(sealValue(encoded).entries).toEqual(sealValue(again).entries)
})
