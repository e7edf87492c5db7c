import { type CallIndex, readOnly, type Store, tiered } from '@riposte/core'
import { callIndexConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'

const stores: Readonly<Record<string, () => Store>> = {
  'a single tier': () => tiered([testStore()]),
  'two tiers that answer now': () => tiered([testStore(), testStore()]),
  'a fast tier before one that answers later': () => tiered([testStore(), answeringLater(testStore())]),
  'two tiers that answer later': () => tiered([answeringLater(testStore()), answeringLater(testStore())]),
  'three tiers': () => tiered([testStore(), answeringLater(testStore()), testStore()]),
  'tiers that can be searched': () => tiered([indexedStore(), indexedStore()]),
  'a plain tier before one that can be searched': () => tiered([testStore(), indexedStore()]),
  'a tier before one that is only read': () => tiered([testStore(), readOnly(testStore())]),
  'a tier that answers later before one that is only read': () =>
    tiered([answeringLater(testStore()), readOnly(testStore())]),
  'a tier before one that answers later and is only read': () =>
    tiered([testStore(), readOnly(answeringLater(testStore()))]),
  'two tiers before two that are only read': () =>
    tiered([testStore(), readOnly(testStore()), answeringLater(testStore()), readOnly(indexedStore())]),
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
