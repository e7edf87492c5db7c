import { type CallDigest, createCache, digest } from '@riposte/core'
import { engineOf, type HotCall, type HotCalls } from '@riposte/core/engine'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { KeyedCall } from '../src/keyed-call.ts'
import { type CallTrie, createTrie } from '../src/trie.ts'

const argument = fc.oneof(
  fc.constantFrom(0, -0, Number.NaN, 1, 1n, '1', '', 'null', null, undefined, true, false),
  fc.constantFrom({}, [], { a: 1 }, [1], digest({ a: 1 }), 'x'.repeat(257), Symbol.for('a')),
  fc.double(),
  fc.string({ maxLength: 3 }),
)
const keyed = (values: readonly unknown[]): KeyedCall =>
  new KeyedCall({ values, names: undefined, conditions: [] }, undefined, digest)

function trieWith(entries?: number): {
  readonly trie: CallTrie
  readonly hot: HotCalls
  add(name: unknown): HotCall
  find(values: readonly unknown[]): HotCall | undefined
} {
  const hot = engineOf(createCache(testStore(), entries === undefined ? {} : { hot: { entries } })).hot!
  const trie = createTrie(hot)
  return {
    trie,
    hot,
    find: values => trie.find(values, keyed(values)),
    add(name) {
      // The table looks at no more of a record than this.
      const record = { digest: digest(name) as string as CallDigest } as never
      const call = hot.set({ record, size: 1, value: () => name })!
      trie.add(keyed(Array.isArray(name) ? name : [name]), call)
      return call
    },
  }
}

test('finds for each list of arguments what was added for it, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(argument, { maxLength: 4 }), { maxLength: 30 }),
      fc.array(argument, { maxLength: 4 }),
      (lists, other) => {
        const { find, add } = trieWith()
        const calls = new Map(lists.map(list => [digest(list), add(list)]))
        for (const list of lists) expect(find(list)).toBe(calls.get(digest(list)))
        expect(find(other)).toBe(calls.get(digest(other)))
      },
    ),
  )
})

test('takes no digest of small primitives, nor where nothing was added', () => {
  const { trie, add } = trieWith()
  const refusing = (values: readonly unknown[]): KeyedCall =>
    new KeyedCall({ values, names: undefined, conditions: [] }, undefined, () => {
      throw new Error('a digest was taken')
    })
  const call = add([1, 'a', null])
  expect(trie.find([1, 'a', null], refusing([1, 'a', null]))).toBe(call)
  expect(trie.find([1, {}, null], refusing([1, {}, null]))).toBeUndefined()
  add([1, {}, null])
  expect(() => trie.find([1, {}, null], refusing([1, {}, null]))).toThrow('a digest was taken')
})

test('takes no list that is long', () => {
  const { find, add } = trieWith()
  add([1, 2, 3, 4, 5, 6, 7, 8])
  expect(find([1, 2, 3, 4, 5, 6, 7, 8])).toBeDefined()
  add([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(find([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeUndefined()
})

test('all tries of a cache begin anew when most of what they lead to is hot no longer', () => {
  const { find, hot, add } = trieWith(10)
  const other = createTrie(hot)
  other.add(keyed(['other']), add('first'))
  for (let i = 0; i < 5000; i += 1) add(i)
  expect(other.find(['other'])).toBeUndefined()
  expect(find([0])).toBeUndefined()
  expect(find([4999])?.value()).toBe(4999)
})
