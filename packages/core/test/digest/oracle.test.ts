import { defaultRegistry, digest } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalEncoding } from '../../src/digest/canonical-encoding.ts'
import { deepStrictEqual } from '../support/oracle.ts'
import { pairs } from '../support/values.ts'

test('two values have one digest exactly if isDeepStrictEqual holds between them', () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expect(digest(a) === digest(b)).toBe(deepStrictEqual(a, b))
    }),
    { numRuns: 4000 },
  )
})

test('the pairs that are tried are often equal, often nearly so, and often large', () => {
  const sample = fc.sample(pairs, { numRuns: 2000, seed: 1 })
  const equal = sample.filter(([a, b]) => deepStrictEqual(a, b))
  const linked = sample.filter(([a]) => canonicalEncoding(a, defaultRegistry).hashed.size > 1)
  const containers = sample.filter(([a]) => typeof a === 'object' && a !== null && Object.keys(a).length > 0)
  expect(equal.length).toBeGreaterThan(0.3 * sample.length)
  expect(sample.length - equal.length).toBeGreaterThan(0.3 * sample.length)
  expect(linked.length).toBeGreaterThan(0.1 * sample.length)
  expect(containers.length).toBeGreaterThan(0.4 * sample.length)
})
