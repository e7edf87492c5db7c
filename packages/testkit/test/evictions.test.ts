import {
  type Backend,
  compressed,
  type EvictingBackend,
  limited,
  memoryStore,
  perKeyLock,
  readOnly,
  refreshing,
  type Store,
  serializing,
  signed,
  tiered,
  tracing,
} from '@riposte/core'
import { evictionConformance } from '@riposte/testkit'
import { describe, expect, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { caseOf } from './case-of.ts'
import { indexedStore } from './indexed-store.ts'

const bounds = { bytes: 1e9, items: 1e6, age: 1e9 }
const keys = ['42'.repeat(32)]

const stores: Readonly<Record<string, () => Store>> = {
  'a memory store': () => memoryStore(),
  'a store that answers later': () => answeringLater(memoryStore()),
  'a store under perKeyLock': () => perKeyLock(memoryStore()),
  'a store under serializing': () => serializing(answeringLater(memoryStore())),
  'a traced store': () => tracing(memoryStore(), { onOperation: () => {} }),
  'a limited store': () => limited(memoryStore(), bounds),
  'a limited store that answers later': () => limited(answeringLater(memoryStore()), bounds),
  'tiers of which the last remembers': () => tiered([indexedStore(), memoryStore()]),
  'a tier before one that is only read': () => tiered([memoryStore(), readOnly(indexedStore())]),
  'tiers that answer later': () => tiered([memoryStore(), answeringLater(memoryStore())]),
  'a refreshing store': () => refreshing(memoryStore()),
}

/** What remembers evictions because `store` was made of what does. */
function callsOf(store: Store): EvictingBackend {
  return store.calls as Backend as EvictingBackend
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of evictionConformance({ open: () => callsOf(open()) })) test(one.name, one.run)
  })
}

/** Wrappers that look into what they are given, which here are entries of nobody. */
const opaque: Readonly<Record<string, (inner: Store) => Store>> = {
  compressed: inner => compressed(inner),
  signed: inner => signed(inner, { keys }),
}

for (const [name, wrap] of Object.entries(opaque)) {
  describe(`a ${name} store`, () => {
    const plain = (): EvictingBackend => {
      const inner = memoryStore()
      // What is put goes past the wrapper.
      return { ...callsOf(wrap(inner)), put: (entries, mode) => inner.calls.put(entries, mode) }
    }
    for (const one of evictionConformance({ open: plain })) test(one.name, one.run)
  })
}

type Break = (inner: EvictingBackend) => Partial<EvictingBackend>

/** The rule that catches it, what is broken, and how. */
const BROKEN: readonly (readonly [caughtBy: string, what: string, make: Break])[] = [
  [
    'an eviction removes what is there, and says how many went',
    'an eviction that counts what was asked for',
    inner => ({
      evict: async (removals, cause) => {
        await inner.evict(removals, cause)
        return removals.length
      },
    }),
  ],
  [
    'an eviction with a time removes only what was not touched since',
    'an eviction without a guard',
    inner => ({
      evict: (removals, cause) =>
        inner.evict(
          removals.map(({ key }) => ({ key })),
          cause,
        ),
    }),
  ],
  [
    'a key twice in one batch of evictions counts once, with a time or without',
    'an eviction that counts a key as often as it is given',
    inner => ({
      evict: async (removals, cause) => {
        const there = await inner.has(removals.map(({ key }) => key))
        await inner.evict(removals, cause)
        return there.filter(Boolean).length
      },
    }),
  ],
  [
    'what was evicted is remembered, with its cause and about when',
    'one cause for all',
    inner => ({ evict: removals => inner.evict(removals, 'evict') }),
  ],
  [
    'what was evicted is remembered, with its cause and about when',
    'times in seconds',
    inner => ({
      evictions: async asked =>
        (await inner.evictions(asked)).map(eviction => eviction && { ...eviction, at: eviction.at / 1000 }),
    }),
  ],
  [
    'what was not there leaves no trace',
    'a trace of all that was asked for',
    inner => {
      const asked = new Set<string>()
      return {
        evict: (removals, cause) => {
          for (const { key } of removals) asked.add(key)
          return inner.evict(removals, cause)
        },
        evictions: about => about.map(key => (asked.has(key) ? { cause: 'evict', at: Date.now() } : undefined)),
      }
    },
  ],
  [
    'a removal that is no eviction leaves no trace',
    'a trace of each removal',
    inner => ({ delete: removals => inner.evict(removals, 'evict') }),
  ],
  [
    'what stands, and was never evicted, has no trace',
    'one trace for all keys',
    inner => {
      let last: 'evict' | undefined
      return {
        evict: (removals, cause) => {
          last = 'evict'
          return inner.evict(removals, cause)
        },
        evictions: about => about.map(() => last && { cause: last, at: Date.now() }),
      }
    },
  ],
  [
    'of several evictions of a key the last counts',
    'the first eviction of a key',
    inner => {
      const first = new Map<string, 'evict' | 'limit' | 'result'>()
      return {
        evict: (removals, cause) => {
          for (const { key } of removals) if (!first.has(key)) first.set(key, cause)
          return inner.evict(removals, first.get(removals[0]?.key ?? '') ?? cause)
        },
      }
    },
  ],
  [
    'evictions answers in the order of its keys, repetitions included',
    'answers in the order of the engine',
    inner => ({ evictions: about => inner.evictions(about.toSorted()) }),
  ],
  [
    'a batch of 1,100 evictions is remembered whole',
    'a trace of the last thousand',
    inner => ({
      evict: async (removals, cause) =>
        (await inner.delete(removals.slice(0, -1000))) + (await inner.evict(removals.slice(-1000), cause)),
    }),
  ],
  [
    'evictions at once are all remembered',
    'one eviction at a time',
    inner => {
      let busy = false
      return {
        evict: async (removals, cause) => {
          if (busy) return inner.delete(removals)
          busy = true
          await new Promise(resolve => setTimeout(resolve, 2))
          busy = false
          return inner.evict(removals, cause)
        },
      }
    },
  ],
  [
    'the arrays of evictions are neither kept nor changed',
    'an eviction that takes from what it is given',
    inner => ({
      // Wrong on purpose: the array is the caller's.
      evict: async (removals, cause) => inner.evict((removals as { key: never }[]).splice(0), cause),
    }),
  ],
  ['a closed backend neither evicts nor tells', 'a close that does nothing', () => ({ close: () => {} })],
]

test.each(BROKEN)('"%s" catches %s', async (caughtBy, _what, make) => {
  const open = (): EvictingBackend => {
    const inner = callsOf(memoryStore())
    return { ...inner, ...make(inner) }
  }
  await expect(caseOf(evictionConformance({ open }), caughtBy).run()).rejects.toThrow()
})

test('each rule catches something', () => {
  const caught = new Set(BROKEN.map(([caughtBy]) => caughtBy))
  const rules = evictionConformance({ open: () => callsOf(memoryStore()) }).map(({ name }) => name)
  expect(rules.filter(name => !caught.has(name))).toEqual([])
})
