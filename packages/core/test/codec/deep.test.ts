import { createRegistry, digest } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { addressOf, type Link } from '../../src/codec/types.ts'
import { attempt, corpus, type Outcome, payloadOf } from '../support/hostile.ts'

/** More levels than the decoder recurses. */
const LEVELS = 230

const registry = createRegistry()

/** The payload of an array in an array and so on, with a payload inmost. */
function deep(payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(LEVELS + payload.length).fill(0x81)
  bytes.set(payload, LEVELS)
  return bytes
}

/** The digest of what lies inmost, or the code of the error that came instead. */
function inmost(outcome: Outcome): string {
  if (!('value' in outcome)) return outcome.code
  let { value } = outcome
  for (let level = 0; level < LEVELS; level += 1) [value] = value as readonly unknown[]
  return digest(value)
}

const shallow = (outcome: Outcome): string => ('value' in outcome ? digest(outcome.value) : outcome.code)

describe('what lies deep is read as what does not', () => {
  test.each(corpus.map((value, i) => [i, value] as const))('value %d', (_i, value) => {
    const payload = payloadOf(value)
    expect(inmost(attempt(deep(payload)))).toBe(shallow(attempt(payload)))
  })

  test('damaged in any bit', () => {
    for (const value of corpus) {
      const payload = payloadOf(value)
      for (let bit = 0; bit < payload.length * 8; bit += 3) {
        const damaged = payload.slice()
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        expect(inmost(attempt(deep(damaged)))).toBe(shallow(attempt(damaged)))
      }
    }
  })

  test('in parts of their own', () => {
    const { nodes } = encodeValue(corpus, { registry, inlineBelow: 0 })
    const payloads = new Map(nodes.map(node => [addressOf(node), node.payload]))
    const part = (link: Link) => payloads.get(addressOf(link))!
    const root = nodes.at(-1)!.payload
    const value = decodeValue(deep(root), { registry, part })
    expect(inmost({ value })).toBe(digest(corpus))
  })
})
