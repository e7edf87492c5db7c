import { type Store, thisHolder } from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, failsWith, isTrue } from '../expect.ts'
import { entry, keyFrom, listed } from '../samples.ts'

const A = keyFrom('aa')

/** What holds for a store that is only read, as a whole. */
export const readOnlyWhole: Rules<Store> = {
  'it says that it is only read, and has a label for people': async store => {
    equal(store.readOnly, true, 'readOnly')
    isTrue(typeof store.label === 'string' && store.label !== '', 'expected a label that is not empty')
  },

  'a commit and a swap of a ref are ERR_REJECTED, and nobody can take a lease': async store => {
    for (const values of [[], [entry(A, 'a')]]) {
      await failsWith('ERR_REJECTED', 'commit', () => store.commit({ values, calls: [], mode: 'absent' }))
    }
    const { refs, leases } = store
    if (refs !== undefined) {
      await failsWith('ERR_REJECTED', 'swap of a ref', () => refs.swap('a', undefined, A))
      equal(await refs.read('a'), undefined, 'the ref, afterwards')
    }
    if (leases !== undefined) {
      const options = { ttlMs: 1000, holder: thisHolder() }
      await failsWith('ERR_REJECTED', 'take of a lease', () => leases.take('a', options))
    }
  },

  'closing it closes both of its backends, and refs': async store => {
    await store.close()
    for (const backend of [store.values, store.calls]) {
      await failsWith('ERR_CLOSED', 'get after close', () => backend.get([A]))
      await failsWith('ERR_CLOSED', 'list after close', () => listed(backend))
    }
    const { refs } = store
    if (refs !== undefined) await failsWith('ERR_CLOSED', 'read of a ref after close', () => refs.read('a'))
    equal(await store.close(), undefined, 'a second close')
  },
}
