import { asDigest, type Digest, type Entry, isRiposteError } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { headerLength, openEntry, readHeader, sameSeal, sealEntry } from '../../src/codec/entry.ts'
import { corpus, payloadOf } from '../support/hostile.ts'

const digestAt = (byte: number): Digest => asDigest(byte.toString(16).padStart(2, '0').repeat(32))
const key = digestAt(1)

const entries: readonly Entry[] = corpus.map((value, i) =>
  sealEntry(key, {
    linkable: i % 2 === 0,
    formOf: i % 3 === 0 ? digestAt(2) : undefined,
    links: Array.from({ length: i % 4 }, (_, at) => digestAt(3 + at)),
    payload: payloadOf(value),
  }),
)

/** The code of the error with which an entry is refused; `undefined` when it is accepted. */
function refusal(bytes: Uint8Array, under: Digest = key): string | undefined {
  try {
    openEntry(under, bytes)
    return undefined
  } catch (error) {
    if (!isRiposteError(error)) throw error
    return error.code
  }
}

test('what was sealed is opened again, with all that was sealed', () => {
  for (const [i, { bytes }] of entries.entries()) {
    const opened = openEntry(key, bytes)
    expect(opened.linkable).toBe(i % 2 === 0)
    expect(opened.formOf).toBe(i % 3 === 0 ? digestAt(2) : undefined)
    expect(opened.links).toEqual(Array.from({ length: i % 4 }, (_, at) => digestAt(3 + at)))
    expect(Buffer.compare(opened.payload, payloadOf(corpus[i]))).toBe(0)
  }
})

describe('an entry is never accepted', () => {
  test('with any one bit flipped', () => {
    let flipped = 0
    for (const { bytes } of entries) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const damaged = bytes.slice()
        damaged[bit >> 3]! ^= 1 << (bit & 7)
        expect(refusal(damaged)).toBe(bit < 8 ? 'ERR_UNKNOWN_FORMAT' : 'ERR_CORRUPT')
        flipped += 1
      }
    }
    expect(flipped).toBeGreaterThan(10_000)
  })

  test('cut at any byte, or with a byte more', () => {
    for (const { bytes } of entries) {
      for (let length = 0; length < bytes.length; length += 1)
        expect(refusal(bytes.subarray(0, length))).toBe('ERR_CORRUPT')
      expect(refusal(Uint8Array.from([...bytes, 0]))).toBe('ERR_CORRUPT')
    }
  })

  test('under another key, or with the payload of another', () => {
    for (const [i, { bytes }] of entries.entries()) {
      expect(refusal(bytes, digestAt(2))).toBe('ERR_CORRUPT')
      const other = entries[(i + 12) % entries.length]!.bytes
      const start = headerLength(bytes)!
      const mixed = Uint8Array.from([...bytes.subarray(0, start), ...other.subarray(headerLength(other))])
      expect(refusal(mixed)).toBe('ERR_CORRUPT')
    }
  })

  test('with two bytes, links or the halves of the seal exchanged', () => {
    const { bytes } = entries[3]!
    for (const [a, b, length] of [
      [8, 24, 16],
      [72, 104, 32],
      [40, 72, 32],
      [bytes.length - 2, bytes.length - 1, 1],
    ] as const) {
      const exchanged = bytes.slice()
      exchanged.set(bytes.subarray(a, a + length), b)
      exchanged.set(bytes.subarray(b, b + length), a)
      expect(refusal(exchanged)).toBe('ERR_CORRUPT')
    }
  })

  test('of zeros, ones or a header that promises more links than there are bytes', () => {
    for (const length of [0, 1, 39, 40, 41, 1000]) {
      expect(refusal(new Uint8Array(length))).toBe(length === 0 ? 'ERR_CORRUPT' : 'ERR_UNKNOWN_FORMAT')
      expect(refusal(new Uint8Array(length).fill(1))).toBe('ERR_CORRUPT')
    }
  })
})

test('headers are read from bytes that hold them, and from no fewer', () => {
  for (const { bytes } of entries) {
    const length = headerLength(bytes)!
    expect(readHeader(bytes.subarray(0, length))).toEqual(readHeader(bytes))
    expect(readHeader(bytes.subarray(0, length - 1))).toBeUndefined()
    expect(headerLength(bytes.subarray(0, 39))).toBeUndefined()
  }
})

test('two entries have the same seal if their keys and bytes are the same', () => {
  for (const [i, { bytes }] of entries.entries()) {
    expect(sameSeal(bytes, bytes.slice())).toBe(true)
    for (const other of entries.slice(i + 1)) expect(sameSeal(bytes, other.bytes)).toBe(false)
    const parts = { ...openEntry(key, bytes) }
    expect(sameSeal(bytes, sealEntry(digestAt(9), parts).bytes)).toBe(false)
    expect(sameSeal(bytes, sealEntry(key, { ...parts, linkable: !parts.linkable }).bytes)).toBe(false)
  }
})

test('entries of any size are sealed alike', () => {
  for (const size of [16_300, 16_384, 16_385, 100_000]) {
    const { bytes } = sealEntry(key, {
      linkable: true,
      formOf: undefined,
      links: [],
      payload: new Uint8Array(size).fill(7),
    })
    expect(refusal(bytes)).toBeUndefined()
    const damaged = bytes.slice()
    damaged[size]! ^= 1
    expect(refusal(damaged)).toBe('ERR_CORRUPT')
  }
})
