import { type CallIndex, intercept, type MaybePromise, memoryStore, type Store, tiered } from '@riposte/core'
import { callIndexConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { indexedStore } from './indexed-store.ts'

/** Answers after a turn of the event loop, so that operations overlap. */
function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const stores: Readonly<Record<string, () => Store>> = {
  'a single tier': () => tiered([memoryStore()]),
  'two tiers that answer now': () => tiered([memoryStore(), memoryStore()]),
  'a fast tier before one that answers later': () => tiered([memoryStore(), later(memoryStore())]),
  'two tiers that answer later': () => tiered([later(memoryStore()), later(memoryStore())]),
  'three tiers': () => tiered([memoryStore(), later(memoryStore()), memoryStore()]),
  'tiers that can be searched': () => tiered([indexedStore(), indexedStore()]),
  'a plain tier before one that can be searched': () => tiered([memoryStore(), indexedStore()]),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}

const indexes = {
  'calls of tiers that can be searched': () => tiered([indexedStore(), indexedStore()]).calls,
  'calls of tiers of which the last can be searched': () => tiered([memoryStore(), indexedStore()]).calls,
}

for (const [name, open] of Object.entries(indexes)) {
  describe(name, () => {
    // It is an index because the last tier's calls are one.
    for (const one of callIndexConformance({ open: () => open() as CallIndex })) test(one.name, one.run)
  })
}
