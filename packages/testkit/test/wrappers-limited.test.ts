import { type CallIndex, limited, type Store } from '@riposte/core'
import { callIndexConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'

// Nothing that a case does reaches these.
const bounds = { bytes: 1e9, items: 1e6, age: 1e9 }

const stores: Readonly<Record<string, () => Store>> = {
  'a limited store': () => limited(testStore(), bounds),
  'a limited store by frequency': () => limited(testStore(), { ...bounds, policy: 'lfu' }),
  'a limited store that answers later': () => limited(answeringLater(testStore()), bounds),
  'a limited store whose calls can be searched': () => limited(indexedStore(), { ...bounds, policy: 'fifo' }),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}

describe('limited calls that can be searched', () => {
  // They are an index because those of the store are.
  const open = () => limited(indexedStore(), bounds).calls as CallIndex
  for (const one of callIndexConformance({ open })) test(one.name, one.run)
})
