import { createRegistry } from '@riposte/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { openEntry } from '../../src/codec/entry.ts'
import type { ValueNode } from '../../src/codec/types.ts'
import { sealNode } from '../../src/values/sealed-value.ts'

const registry = createRegistry()
const whole = { registry, inlineBelow: Number.POSITIVE_INFINITY }

/** What stands for a value, as text to compare. */
const textOf = (nodes: readonly ValueNode[]): readonly string[] =>
  nodes.map(({ digest, form, payload }) => `${digest} ${form} ${Buffer.from(payload).toString('hex')}`)

/** Of a few bytes and of some kilobytes, with keys in their canonical order and in another. */
const values = fc.oneof(
  fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.integer(), fc.string({ maxLength: 50 })), { maxKeys: 20 }),
  fc.record({ zeta: fc.string({ maxLength: 3000 }), b: fc.array(fc.string(), { maxLength: 30 }), a: fc.boolean() }),
  fc.array(fc.double(), { maxLength: 8 }),
)

describe('what was encoded', () => {
  test('stays as it was, however much is encoded and sealed after it', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 20, maxLength: 60 }), list => {
        const written = list.map(value => {
          const { nodes } = encodeValue(value, whole)
          return { value, nodes, text: textOf(nodes) }
        })
        const sealed = written.toReversed().map(({ nodes }) => sealNode(nodes[0]!, undefined))
        for (const { value, nodes, text } of written) {
          expect(textOf(nodes)).toEqual(text)
          expect(textOf(encodeValue(value, whole).nodes)).toEqual(text)
        }
        for (const { key, bytes } of sealed) expect(() => openEntry(key, bytes)).not.toThrow()
      }),
      { numRuns: 30 },
    )
  })

  test.each([0, 50, 4096, Number.POSITIVE_INFINITY])(
    'does not depend on what its getters encode meanwhile, with parts above %d apart',
    inlineBelow => {
      const plain = { z: 'first', y: [1, 'x'.repeat(100)], b: { c: 'made', a: 2 }, a: 'last' }
      const busy = {
        z: 'first',
        y: [1, 'x'.repeat(100)],
        b: {
          c: 'made',
          get a() {
            expect(
              encodeValue({ q: 'other', p: [plain, plain] }, { registry, inlineBelow }).nodes.length,
            ).toBeGreaterThan(0)
            return 2
          },
        },
        get a() {
          expect(() => encodeValue(['begun', () => 1], { registry, inlineBelow })).toThrow()
          return 'last'
        },
      }
      const text = textOf(encodeValue(plain, { registry, inlineBelow }).nodes)
      expect(textOf(encodeValue(busy, { registry, inlineBelow }).nodes)).toEqual(text)
      expect(textOf(encodeValue(plain, { registry, inlineBelow }).nodes)).toEqual(text)
    },
  )

  test('is encoded as before after a store has handed the memory of an entry to another thread', () => {
    const value = { text: 'x'.repeat(200), a: 1 }
    const text = textOf(encodeValue(value, whole).nodes)
    const { bytes } = sealNode(encodeValue(value, whole).nodes[0]!, undefined)
    // A view of bytes made by the encoder is over an ArrayBuffer.
    structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] })
    expect(bytes.length).toBe(0)
    expect(textOf(encodeValue(value, whole).nodes)).toEqual(text)
  })

  test('keeps the order of its keys, at every level, where the digest has another', () => {
    const value = { zz: { y: 1, x: [{ bb: 1, a: 2 }] }, b: 'text', a: new Map([[{ d: 1, c: 2 }, 'm']]) }
    for (let i = 0; i < 3; i += 1) {
      const back = decodeValue(encodeValue(value, whole).nodes[0]!.payload, { registry })
      expect(JSON.stringify(back)).toBe(JSON.stringify(value))
      expect(Object.keys([...(back as typeof value).a.keys()][0]!)).toEqual(['d', 'c'])
    }
  })
})

test('a string stands on its own where it is longer than parts may be, wherever it stands', () => {
  const text = 'a text of 20 letters'
  const options = { registry, inlineBelow: 12 }
  const around = [[text], { key: text }, { key: text, a: 1 }, new Map([[1, text]]), new Set([text])]
  // Objects are written in one way when their keys come for the first time, and in another after that.
  for (const value of [...around, ...around]) {
    expect(encodeValue(value, options).nodes.map(({ payload }) => payload.length)).toContain(text.length + 1)
  }
})
