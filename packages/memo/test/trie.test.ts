import type { CallDigest } from '@riposte/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CallTrie } from '../src/trie.ts'

const primitive = fc.oneof(
  fc.constantFrom(0, -0, Number.NaN, 1, 1n, '1', '', 'null', null, undefined, true, false),
  fc.double(),
  fc.string({ maxLength: 3 }),
)
const named = (list: readonly unknown[]): CallDigest =>
  // Any text does: the trie only gives it back.
  list.map(value => `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`).join('|') as CallDigest

test('finds for each list of primitives what was added for it, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(primitive, { maxLength: 4 }), { maxLength: 30 }),
      fc.array(primitive, { maxLength: 4 }),
      (lists, other) => {
        const trie = new CallTrie()
        for (const list of lists) trie.add(list, named(list))
        for (const list of lists) expect(trie.find(list)).toBe(named(list))
        const known = lists.some(
          list => list.length === other.length && list.every((value, i) => Object.is(value, other[i])),
        )
        expect(trie.find(other)).toBe(known ? named(other) : undefined)
      },
    ),
  )
})

test.each([[[{}]], [[1, []]], [[() => 1]], [[Symbol.for('a')]], [['x'.repeat(257)]]])(
  'takes no list such as %o',
  list => {
    const trie = new CallTrie()
    trie.add(list, named(['x']))
    expect(trie.find(list)).toBeUndefined()
  },
)

test('does not grow without bound', () => {
  const trie = new CallTrie()
  for (let i = 0; i <= 10_000; i += 1) trie.add([i], named([i]))
  expect(trie.find([0])).toBeUndefined()
  expect(trie.find([10_000])).toBe(named([10_000]))
})
