import { intercept, memoryStore, perKeyLock, type Store, serializing } from '@riposte/core'
import { backendConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'

const stores: Readonly<Record<string, () => Store>> = {
  'a memory store': () => memoryStore(),
  'an intercepted memory store': () => intercept(memoryStore(), (_operation, next) => next()),
  'a memory store that answers later': () => answeringLater(memoryStore()),
  'a memory store under perKeyLock': () => perKeyLock(memoryStore()),
  'a memory store under serializing': () => serializing(memoryStore()),
  'a memory store that answers later, under perKeyLock': () => perKeyLock(answeringLater(memoryStore())),
  'a memory store that answers later, under serializing': () => serializing(answeringLater(memoryStore())),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}

describe('a backend alone', () => {
  for (const one of backendConformance({ open: () => memoryStore().values })) test(one.name, one.run)
})
