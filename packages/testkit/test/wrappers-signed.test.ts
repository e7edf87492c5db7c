import { type Backend, type Store, signed, tiered } from '@riposte/core'
import { backendConformance, storeConformance } from '@riposte/testkit'
import { describe, test } from 'vitest'
import { answeringLater } from '../../core/test/support/answering-later.ts'
import { testStore } from '../../core/test/support/test-store.ts'
import { indexedStore } from './indexed-store.ts'
import { sealedEntries } from './sealed-entries.ts'

const keys = ['current', 'older'].map(name => new TextEncoder().encode(name.padEnd(32, '.')))

const stores: Readonly<Record<string, () => Store>> = {
  'a store that is not signed': () => testStore(),
  'a signed store': () => signed(testStore(), { keys }),
  'a signed store that answers later': () => signed(answeringLater(testStore()), { keys }),
  'a signed store whose calls can be searched': () => signed(indexedStore(), { keys }),
  'a signed tier': () => tiered([testStore(), signed(answeringLater(testStore()), { keys })]),
}

/** The sizes that are listed are those as stored: 40 bytes more than what is no entry has. */
function plainSizes(inner: Backend): Backend {
  return {
    get: (keys, options) => inner.get(keys, options),
    put: (entries, mode) => inner.put(entries, mode),
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete: removals => inner.delete(removals),
    async *list(options) {
      for await (const info of inner.list(options)) {
        const [bytes] = await inner.get([info.key])
        if (bytes !== undefined) yield { ...info, size: bytes.length }
      }
    },
    now: () => inner.now(),
    close: () => inner.close(),
  }
}

describe('a signed store that is given any bytes', () => {
  const open = () => plainSizes(signed(testStore(), { keys }).values)
  for (const one of backendConformance({ open })) test(one.name, one.run)
})

for (const [name, open] of Object.entries(stores)) {
  describe(name, () => {
    for (const one of storeConformance({ open: () => sealedEntries(open()) })) test(one.name, one.run)
  })
}
