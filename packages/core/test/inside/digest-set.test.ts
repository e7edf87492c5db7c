import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asDigest, digest } from '../../src/index.ts'
import { DigestSet } from '../../src/inside/digest-set.ts'

/** Digests of which many begin alike, so that slots are contended for. */
const digests = fc
  .tuple(fc.constantFrom('00000000', 'ffffffff', '00000001'), fc.nat(9))
  .map(([start, end]) => asDigest(`${start}${'0'.repeat(55)}${end}`))

test('it holds what a Set of the same digests holds', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(digests, fc.nat(200).map(digest)), { maxLength: 100 }), keys => {
      const set = new DigestSet()
      const model = new Set<string>()
      for (const key of keys) {
        expect(set.has(key)).toBe(model.has(key))
        expect(set.add(key)).toBe(!model.has(key))
        model.add(key)
        expect(set.size).toBe(model.size)
      }
      for (const key of keys) expect(set.has(key)).toBe(true)
    }),
  )
})

test('it grows past its first slots and pages', () => {
  const keys = Array.from({ length: 10_000 }, (_, i) => digest(i))
  const set = new DigestSet()
  expect(keys.every(key => set.add(key))).toBe(true)
  expect(keys.every(key => set.has(key))).toBe(true)
  expect(set.has(digest(10_000))).toBe(false)
  expect(set.size).toBe(10_000)
})
