import { asDigest, defaultRegistry, digest } from '@riposte/core'
import { expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { openEntry, sealEntry } from '../../src/codec/entry.ts'

const registry = defaultRegistry

test('entries and payloads may come as Buffers: they are not written into, and what is built shares nothing with them', () => {
  const value = { bytes: new Uint8Array([1, 2, 3]), text: 'x' }
  const { nodes } = encodeValue(value, { inlineBelow: 4096, registry })
  const [node] = nodes
  const entry = sealEntry(asDigest(digest(value)), {
    linkable: false,
    formOf: undefined,
    links: [],
    payload: node!.payload,
  })
  const buffer = Buffer.from(entry.bytes)
  const { payload } = openEntry(entry.key, buffer)
  expect(buffer.equals(entry.bytes)).toBe(true)
  const back = decodeValue(payload, { registry }) as typeof value
  expect(Object.getPrototypeOf(back.bytes)).toBe(Uint8Array.prototype)
  buffer.fill(0)
  expect(back).toEqual(value)
})
