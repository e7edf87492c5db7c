import { type Leases, type Refs, type Store, thisHolder } from '@riposte/core'
import { isClosed } from '../backend/closing.ts'
import type { Rules } from '../cases.ts'
import { equal, failsWith, isTrue } from '../expect.ts'
import { bytesOf, entry, keyFrom, listedKeys } from '../samples.ts'

const A = keyFrom('aa')

/** What holds for a store as a whole. */
export const whole: Rules<Store> = {
  'a store has a label for people': async store => {
    isTrue(typeof store.label === 'string' && store.label !== '', 'expected a label that is not empty')
  },

  'values and calls are apart, under one key too': async store => {
    await store.values.put([entry(A, 'value')], 'replace')
    equal(await store.calls.has([A]), [false], 'has, of calls')
    await store.calls.put([entry(A, 'call')], 'absent')
    equal(await store.values.get([A]), [bytesOf('value')], 'get, of values')
    equal(await store.calls.get([A]), [bytesOf('call')], 'get, of calls')
    await store.values.delete([{ key: A }])
    equal(await store.calls.get([A]), [bytesOf('call')], 'get, of calls, after removal from values')
    equal(await listedKeys(store.values), [], 'list, of values')
  },

  'closing a store closes both of its backends, commit, refs and leases': async store => {
    await store.values.put([entry(A, 'a')], 'keep')
    await store.close()
    await isClosed(store.values)
    await isClosed(store.calls)
    await failsWith('ERR_CLOSED', 'commit after close', () =>
      store.commit({ values: [entry(A, 'a')], calls: [], mode: 'absent' }),
    )
    await refsAreClosed(store.refs)
    await leasesAreClosed(store.leases)
  },

  'a second close of a store does nothing': async store => {
    await store.close()
    equal(await store.close(), undefined, 'a second close')
    equal(await store.values.close(), undefined, 'close of its values')
    equal(await store.calls.close(), undefined, 'close of its calls')
  },
}

async function refsAreClosed(refs: Refs | undefined): Promise<void> {
  if (refs === undefined) return
  await failsWith('ERR_CLOSED', 'read of a ref after close', () => refs.read('a'))
  await failsWith('ERR_CLOSED', 'swap of a ref after close', () => refs.swap('a', undefined, A))
  await failsWith('ERR_CLOSED', 'list of refs after close', async () => {
    for await (const { name } of refs.list()) throw new Error(`expected no listing, got ${name}`)
  })
}

async function leasesAreClosed(leases: Leases | undefined): Promise<void> {
  if (leases === undefined) return
  const lease = { key: 'a', epoch: 1, token: '0'.repeat(16) }
  const options = { ttlMs: 1000, holder: thisHolder() }
  await failsWith('ERR_CLOSED', 'take of a lease after close', () => leases.take('a', options))
  await failsWith('ERR_CLOSED', 'renew of a lease after close', () => leases.renew(lease))
  await failsWith('ERR_CLOSED', 'release of a lease after close', () => leases.release(lease, 'done'))
  await failsWith('ERR_CLOSED', 'look at a lease after close', () => leases.look('a'))
}
