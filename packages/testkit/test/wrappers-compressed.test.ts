import { compressed, type Store, signed } from '@riposte/core'
import { storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'
import { sealedEntries } from './sealed-entries.ts'

const keys = [new Uint8Array(32)]

const stores: Readonly<Record<string, () => Store>> = {
  'a compressed store': () => compressed(testStore(), { above: 0 }),
  'a compressed store that answers later': () => compressed(answeringLater(testStore()), { above: 0 }),
  'a compressed store whose calls can be searched': () => compressed(indexedStore()),
  'a compressed signed store': () => compressed(signed(testStore(), { keys }), { above: 0 }),
}

describe('a compressed store that is given any bytes', () => {
  for (const one of storeConformance({ open: () => compressed(testStore()) })) test(one.name, one.run)
})

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open: () => sealedEntries(open()) })) test(one.name, one.run)
  })
}
