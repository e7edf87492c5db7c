import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { createRegistry, digest, digestOf, ref } from '@riposte/core'
import { describe, expect, test } from 'vitest'
import { type Notation, realize, type Vector, vectorsOf } from '../../../../spec/vectors.mjs'
import { callDigest } from '../../src/calls/call-digest.ts'
import { decodeValue } from '../../src/codec/decode-value.ts'
import { encodeValue } from '../../src/codec/encode-value.ts'
import { addressOf } from '../../src/codec/types.ts'
import { canonicalEncoding } from '../../src/digest/canonical-encoding.ts'
import * as noble from '../../src/hash/noble.ts'
import * as node from '../../src/hash/node.ts'
import { CanonicalReader, parseCanonical, unsortedMaps, writeAgain } from '../support/read-canonical.ts'

const core = { createRegistry, digest, digestOf, ref, canonicalEncoding }
const folder = join(import.meta.dirname, '../../../../spec/vectors')
const groups = readdirSync(folder).map(file => {
  const text = readFileSync(join(folder, file), 'utf8')
  const { vectors } = JSON.parse(text) as { readonly vectors: readonly Vector[] }
  return { group: file.replace(/\.json$/, ''), text, vectors }
})

test('there are vectors of every group, and none besides', () => {
  const made = vectorsOf(core).map(([group]) => group)
  expect(groups.map(({ group }) => group)).toEqual(made.toSorted())
  expect(groups.flatMap(({ vectors }) => vectors).length).toBeGreaterThan(300)
})

test('vectors are for ever: making them again changes none', () => {
  const texts = new Map(groups.map(({ group, text }) => [group, text]))
  for (const [group, text] of vectorsOf(core)) expect(texts.get(group)).toBe(text)
})

describe.each(groups)('$group', ({ vectors }) => {
  const cases = vectors.map(vector => ({ ...vector, notation: vector.value, ...realize(vector.value, core) }))

  test('have their digest and encoding', () => {
    for (const { value, registry, ...vector } of cases) {
      const made = canonicalEncoding(value, registry)
      expect(digest(value, { registry })).toBe(vector.digest)
      expect(made.digest).toBe(vector.digest)
      if (vector.encoding === undefined) expect(made.bytes.length).toBe(vector.length)
      else expect(Buffer.from(made.bytes).toString('hex')).toBe(vector.encoding)
    }
  })

  test('have it under both implementations of SHA-256', () => {
    for (const { value, registry, ...vector } of cases) {
      const { hashed } = canonicalEncoding(value, registry)
      // A `ref` alone is not hashed: it has the digest it holds.
      expect(hashed.has(vector.digest)).toBe(vector.notation.t !== 'ref')
      for (const [key, encoding] of hashed) {
        const half = encoding.length >> 1
        const pieces = [encoding.subarray(0, half), encoding.subarray(half)]
        expect(node.sha256Hex(encoding)).toBe(key)
        expect(noble.sha256Hex(encoding)).toBe(key)
        expect(node.sha256HexOf(pieces)).toBe(key)
        expect(noble.sha256HexOf(pieces)).toBe(key)
      }
    }
  })

  test('are deterministic CBOR to another decoder and encoder', () => {
    for (const { value, registry } of cases) {
      const { bytes, hashed } = canonicalEncoding(value, registry)
      for (const encoding of [bytes, ...hashed.values()]) {
        const item = parseCanonical(encoding)
        expect(Buffer.compare(writeAgain(item), encoding)).toBe(0)
        expect(unsortedMaps(item)).toEqual([])
      }
    }
  })

  const whole = cases.filter(({ notation }) => !mentions(notation, 'own-digest') && !mentions(notation, 'ref'))

  test.runIf(whole.length > 0)('are built again from their encodings alone', () => {
    for (const { value, registry } of whole) {
      const { bytes, hashed } = canonicalEncoding(value, registry)
      const reader = new CanonicalReader(hashed, (id, version, state) => registry.ofId(id)!.build(state, version))
      expect(same(reader.read(bytes), value)).toBe(true)
    }
  })

  test.runIf(whole.length > 0)('are stored and loaded again', () => {
    for (const { value, registry } of whole) {
      const { nodes } = encodeValue(value, { inlineBelow: 100, registry })
      const payloads = new Map(nodes.map(one => [addressOf(one), one.payload]))
      const back = decodeValue(nodes.at(-1)!.payload, { registry, part: link => payloads.get(addressOf(link)) })
      expect(same(back, value)).toBe(true)
    }
  })
})

test('the vectors of calls are what calls are stored under', () => {
  const { vectors } = groups.find(({ group }) => group === 'calls')!
  const registry = createRegistry()
  const digests = (notations: unknown) =>
    // The notation of a call holds lists of notations.
    (notations as readonly Notation[]).map(notation => digest(realize(notation, core).value, { registry }))
  for (const { value: notation, digest: key } of vectors) {
    const { namespace, name, version, conditions, args } = notation
    const identity = {
      namespace: String(namespace),
      name: String(name),
      version: realize(version as Notation, core).value as string | number | undefined,
      conditions: digests(conditions),
    }
    expect(callDigest(identity, digests(args))).toBe(key)
  }
})

/** Node 20 and 22 tell invalid Dates apart, and those from 22 on an undefined cause from none; we do not. */
function same(a: unknown, b: unknown): boolean {
  const isInvalid = (value: unknown) => value instanceof Date && Number.isNaN(value.getTime())
  for (const value of [a, b]) if (value instanceof Error && value.cause === undefined) delete value.cause
  return isDeepStrictEqual(a, b) || (isInvalid(a) && isInvalid(b))
}

function mentions(notation: Notation, kind: string): boolean {
  return JSON.stringify(notation).includes(`"t":"${kind}"`)
}
