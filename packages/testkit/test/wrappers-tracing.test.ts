import { type Store, tracing } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'

const onOperation = () => {}

const stores: Readonly<Record<string, () => Store>> = {
  'a traced store': () => tracing(testStore(), { onOperation }),
  'a traced store to which nobody listens': () => tracing(testStore()),
  'a traced store that answers later': () => tracing(answeringLater(testStore()), { onOperation }),
  'a traced store whose calls can be searched': () => tracing(indexedStore(), { onOperation }),
}

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open })) test(one.name, one.run)
  })
}
