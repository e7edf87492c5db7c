import { isDeepStrictEqual } from 'node:util'
import { defaultRegistry } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalEncoding } from '../../src/digest/canonical-encoding.ts'
import { CanonicalReader, parseCanonical, unsortedMaps, writeAgain } from '../support/read-canonical.ts'
import { values } from '../support/values.ts'

const registry = defaultRegistry

test('every encoding that is hashed is deterministic CBOR: another encoder writes the same bytes', () => {
  fc.assert(
    fc.property(values, value => {
      const { bytes, hashed } = canonicalEncoding(value, registry)
      for (const encoding of [bytes, ...hashed.values()]) {
        const item = parseCanonical(encoding)
        expect(Buffer.compare(writeAgain(item), encoding)).toBe(0)
        expect(unsortedMaps(item)).toEqual([])
      }
    }),
    { numRuns: 1000 },
  )
})

test('from the encodings alone another decoder builds the value again, so none leaves anything out', () => {
  fc.assert(
    fc.property(values, value => {
      const { bytes, hashed } = canonicalEncoding(value, registry)
      expect(isDeepStrictEqual(new CanonicalReader(hashed).read(bytes), value)).toBe(true)
    }),
    { numRuns: 2000 },
  )
})
