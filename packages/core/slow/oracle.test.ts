import { digest } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepStrictEqual } from '../test/support/oracle.ts'
import { pairs } from '../test/support/values.ts'

test('a million pairs have one digest exactly if isDeepStrictEqual holds between them', () => {
  fc.assert(
    fc.property(pairs, ([a, b]) => {
      expect(digest(a) === digest(b)).toBe(deepStrictEqual(a, b))
    }),
    { numRuns: Number(process.env['RIPOSTE_SLOW_PAIRS'] ?? 1_000_000) },
  )
}, 3_600_000)
