import { intercept, type MaybePromise, memoryStore, perKeyLock, type Store, serializing } from '@riposte/core'
import { backendConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'

/** Answers after a turn of the event loop, so that operations overlap. */
function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const stores: Readonly<Record<string, () => Store>> = {
  'a memory store': () => memoryStore(),
  'an intercepted memory store': () => intercept(memoryStore(), (_operation, next) => next()),
  'a memory store that answers later': () => later(memoryStore()),
  'a memory store under perKeyLock': () => perKeyLock(memoryStore()),
  'a memory store under serializing': () => serializing(memoryStore()),
  'a memory store that answers later, under perKeyLock': () => perKeyLock(later(memoryStore())),
  'a memory store that answers later, under serializing': () => serializing(later(memoryStore())),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}

describe('a backend alone', () => {
  for (const one of backendConformance({ open: () => memoryStore().values })) test(one.name, one.run)
})
