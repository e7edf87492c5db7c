import { asDigest, type Digest, EVICTIONS_KEPT, EVICTIONS_KEPT_FOR } from '@riposte/core'
import { expect, test } from 'vitest'
import { EvictedKeys } from '../../src/stores/evicted-keys.ts'

const keyOf = (n: number): Digest => asDigest(n.toString(16).padStart(64, '0'))

test('the last keys are kept, as many as the bound says', () => {
  const evicted = new EvictedKeys()
  const count = EVICTIONS_KEPT + 5
  for (let n = 0; n < count; n += 1) evicted.add(keyOf(n), 'limit', n)
  const kept = Array.from({ length: count }, (_, n) => evicted.find(keyOf(n), count))
  expect(kept.slice(0, 5)).toEqual(Array(5).fill(undefined))
  expect(kept.slice(5).every((eviction, i) => eviction?.at === i + 5)).toBe(true)
})

test('a key that is evicted again is the last, and counts once', () => {
  const evicted = new EvictedKeys()
  evicted.add(keyOf(0), 'evict', 0)
  evicted.add(keyOf(1), 'evict', 1)
  evicted.add(keyOf(0), 'limit', 2)
  for (let n = 2; n <= EVICTIONS_KEPT; n += 1) evicted.add(keyOf(n), 'evict', n)
  expect(evicted.find(keyOf(0), 0)).toEqual({ cause: 'limit', at: 2 })
  expect(evicted.find(keyOf(1), 0)).toBeUndefined()
})

test('keys that differ in one digit only are apart', () => {
  const evicted = new EvictedKeys()
  for (let at = 0; at < 64; at += 1) {
    evicted.add(asDigest(`${'0'.repeat(at)}1${'0'.repeat(63 - at)}`), 'evict', at)
  }
  for (let at = 0; at < 64; at += 1) {
    expect(evicted.find(asDigest(`${'0'.repeat(at)}1${'0'.repeat(63 - at)}`), 0)?.at).toBe(at)
  }
  expect(evicted.find(keyOf(0), 0)).toBeUndefined()
})

test('what is too old is not told, and goes with the next eviction', () => {
  const evicted = new EvictedKeys()
  evicted.add(keyOf(1), 'evict', 0)
  expect(evicted.find(keyOf(1), EVICTIONS_KEPT_FOR)).toBeDefined()
  expect(evicted.find(keyOf(1), EVICTIONS_KEPT_FOR + 1)).toBeUndefined()
  evicted.add(keyOf(2), 'evict', EVICTIONS_KEPT_FOR + 1)
  expect(evicted.find(keyOf(1), 0)).toBeUndefined()
})
