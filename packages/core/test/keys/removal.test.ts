import { expect, test } from 'vitest'
import { asDigest, run } from '../../src/index.ts'
import { removeIf } from '../../src/keys/removal.ts'
import { testStore } from '../support/test-store.ts'

const key = asDigest('ab'.padEnd(64, '0'))
const old = Uint8Array.of(1)
const fresh = Uint8Array.of(2)

test('an entry that still is what was seen is removed', () => {
  const { values } = testStore()
  values.put([{ key, bytes: old }], 'keep')
  expect(run(removeIf(values, [key], (_key, bytes) => bytes[0] === 1))).toBe(1)
  expect(values.has([key])).toEqual([false])
})

test('an entry that was replaced since it was seen stays', () => {
  const { values } = testStore()
  values.put([{ key, bytes: fresh }], 'keep')
  expect(run(removeIf(values, [key], (_key, bytes) => bytes[0] === 1))).toBe(0)
  expect(values.has([key])).toEqual([true])
})

test('an entry that is touched between the look and the removal stays', () => {
  const { values } = testStore()
  values.put([{ key, bytes: old }], 'keep')
  const removed = run(
    removeIf(values, [key], () => {
      values.touch([key])
      return true
    }),
  )
  expect(removed).toBe(0)
  expect(values.has([key])).toEqual([true])
})

test('of several keys only those that are there count', () => {
  const { values } = testStore()
  values.put([{ key, bytes: old }], 'keep')
  const absent = asDigest('cd'.padEnd(64, '0'))
  expect(run(removeIf(values, [absent, key], () => true))).toBe(1)
  expect(run(removeIf(values, [], () => true))).toBe(0)
})
