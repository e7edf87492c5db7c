import { digest } from '@riposte/core'
import { expect, test } from 'vitest'

/** An array in an array, so many levels deep. */
function nested(levels: number): unknown {
  let value: unknown = 'leaf'
  for (let i = 0; i < levels; i += 1) value = [value]
  return value
}

test('a million levels of arrays have a digest of their own', () => {
  const million = digest(nested(1_000_000))
  expect(million).toMatch(/^[0-9a-f]{64}$/)
  expect(digest(nested(999_999))).not.toBe(million)
})
