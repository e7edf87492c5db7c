import { type CallIndex, intercept, type MaybePromise, readOnly, type Store, tiered } from '@riposte/core'
import { callIndexConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'

/** Answers after a turn of the event loop, so that operations overlap. */
function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const stores: Readonly<Record<string, () => Store>> = {
  'a single tier': () => tiered([testStore()]),
  'two tiers that answer now': () => tiered([testStore(), testStore()]),
  'a fast tier before one that answers later': () => tiered([testStore(), later(testStore())]),
  'two tiers that answer later': () => tiered([later(testStore()), later(testStore())]),
  'three tiers': () => tiered([testStore(), later(testStore()), testStore()]),
  'tiers that can be searched': () => tiered([indexedStore(), indexedStore()]),
  'a plain tier before one that can be searched': () => tiered([testStore(), indexedStore()]),
  'a tier before one that is only read': () => tiered([testStore(), readOnly(testStore())]),
  'a tier that answers later before one that is only read': () => tiered([later(testStore()), readOnly(testStore())]),
  'a tier before one that answers later and is only read': () => tiered([testStore(), readOnly(later(testStore()))]),
  'two tiers before two that are only read': () =>
    tiered([testStore(), readOnly(testStore()), later(testStore()), readOnly(indexedStore())]),
  'a tier that can be searched before one that is only read': () => tiered([indexedStore(), readOnly(indexedStore())]),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}

const indexes = {
  'calls of tiers that can be searched': () => tiered([indexedStore(), indexedStore()]).calls,
  'calls of tiers that can be searched, of which one is only read': () =>
    tiered([indexedStore(), readOnly(indexedStore())]).calls,
  'calls of tiers of which the last can be searched': () => tiered([testStore(), indexedStore()]).calls,
}

for (const [name, open] of Object.entries(indexes)) {
  describe(name, () => {
    // It is an index because the last tier's calls are one.
    for (const one of callIndexConformance({ open: () => open() as CallIndex })) test(one.name, one.run)
  })
}
