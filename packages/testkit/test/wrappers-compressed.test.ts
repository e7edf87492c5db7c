import { compressed, intercept, type MaybePromise, memoryStore, type Store, signed } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { indexedStore } from './indexed-store.ts'
import { sealedEntries } from './sealed-entries.ts'

function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const keys = [new Uint8Array(32)]

const stores: Readonly<Record<string, () => Store>> = {
  'a compressed memory store': () => compressed(memoryStore(), { above: 0 }),
  'a compressed store that answers later': () => compressed(later(memoryStore()), { above: 0 }),
  'a compressed store whose calls can be searched': () => compressed(indexedStore()),
  'a compressed signed store': () => compressed(signed(memoryStore(), { keys }), { above: 0 }),
}

describe('a compressed store that is given any bytes', () => {
  for (const one of storeConformance({ open: () => compressed(memoryStore()) })) test(one.name, one.run)
})

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open: () => sealedEntries(open()) })) test(one.name, one.run)
  })
}
