import { intercept, type MaybePromise, type Store, tracing } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'

const onOperation = () => {}

function later(store: Store): Store {
  return intercept(store, async <T>(_operation: unknown, next: () => MaybePromise<T>) => {
    await new Promise(resolve => setImmediate(resolve))
    return next()
  })
}

const stores: Readonly<Record<string, () => Store>> = {
  'a traced store': () => tracing(testStore(), { onOperation }),
  'a traced store to which nobody listens': () => tracing(testStore()),
  'a traced store that answers later': () => tracing(later(testStore()), { onOperation }),
  'a traced store whose calls can be searched': () => tracing(indexedStore(), { onOperation }),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}
