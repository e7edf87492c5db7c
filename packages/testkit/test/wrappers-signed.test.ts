import { intercept, type MaybePromise, memoryStore, type Store, signed, tiered } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { indexedStore } from './indexed-store.ts'
import { sealedEntries } from './sealed-entries.ts'

const keys = ['current', 'older'].map(name => new TextEncoder().encode(name.padEnd(32, '.')))

function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const stores: Readonly<Record<string, () => Store>> = {
  'a memory store': () => memoryStore(),
  'a signed memory store': () => signed(memoryStore(), { keys }),
  'a signed store that answers later': () => signed(later(memoryStore()), { keys }),
  'a signed store whose calls can be searched': () => signed(indexedStore(), { keys }),
  'a signed tier': () => tiered([memoryStore(), signed(later(memoryStore()), { keys })]),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open: () => sealedEntries(open()) })) test(one.name, one.run)
  })
}
