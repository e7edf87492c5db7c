import { isDeepStrictEqual } from 'node:util'
import { digest } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { pairs } from '../support/values.ts'

test('two values have one digest exactly if isDeepStrictEqual holds between them', () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expect(digest(a) === digest(b)).toBe(isDeepStrictEqual(a, b))
    }),
    { numRuns: 5000 },
  )
})
