import {
  type Holder,
  type Lease,
  type LeaseState,
  type Leases,
  type Store,
  thisHolder,
  waitForLease,
} from '@riposte/core'
import type { Rules } from '../cases.ts'
import { equal, fail, failsWithTypeError, isTrue } from '../expect.ts'
import { keyFrom } from '../samples.ts'
import { ILL_FORMED_NAMES, ODD_NAMES } from './odd-names.ts'

const MINUTE = 60_000

const HERE: Holder = thisHolder()
/** Of whom no system can be asked whether it lives. */
const ELSEWHERE: Holder = { host: 'another.host-1_2', pid: 4711, started: '12345-ab', thread: '3-b_c' }
/** No system gives a process this number. */
const DEAD: Holder = { ...HERE, pid: 2_000_000_000 }
/** A thread of this process of which no system tells. */
const UNTOLD: Holder = { ...HERE, thread: 'untold' }

/** A rule about the leases of a store, which must offer them. */
function withLeases(check: (leases: Leases, store: Store) => Promise<void>): (store: Store) => Promise<void> {
  return async store => {
    if (store.leases === undefined) throw new Error('expected a store with leases, got one whose leases are undefined')
    await check(store.leases, store)
  }
}

/** Takes a key that must be free to take. */
async function taken(leases: Leases, key: string, holder: Holder = HERE, ttlMs: number = MINUTE): Promise<Lease> {
  const { held } = await leases.take(key, { ttlMs, holder })
  if (held === undefined) fail(`take of ${JSON.stringify(key)}`, 'a lease', 'none')
  equal(held.key, key, 'the key of a lease')
  return held
}

/** Waits until a key, whose time is short, can be taken. */
async function takenOver(leases: Leases, key: string): Promise<Lease> {
  for (let attempt = 0; attempt < 500; attempt++) {
    const { held } = await leases.take(key, { ttlMs: MINUTE, holder: HERE })
    if (held !== undefined) return held
    await pause(10)
  }
  return fail('take of a key whose time is over', 'a lease', 'none')
}

/** How many of many at once get a key; the lease of one of them. */
async function race(leases: Leases, key: string): Promise<Lease> {
  const takings = await Promise.all(
    Array.from({ length: 20 }, async () => leases.take(key, { ttlMs: MINUTE, holder: HERE })),
  )
  const [lease, ...others] = takings.flatMap(({ held }) => held ?? [])
  if (lease === undefined) fail('leases of 20 takes at once', 'one', 'none')
  equal(others.length, 0, 'leases beside the first')
  for (const { heldBy } of takings) if (heldBy !== undefined) equal(heldBy.token, lease.token, 'who was in the way')
  return lease
}

async function stands(leases: Leases, { key, epoch, token }: Lease, state: LeaseState['state']): Promise<void> {
  const looked = await leases.look(key)
  equal(looked.state, state, 'the state of a lease')
  if (looked.state === 'free') return
  equal([looked.lease.key, looked.lease.epoch, looked.lease.token], [key, epoch, token], 'the lease that stands')
}

const told = ({ host, pid, started, thread }: Holder) => [host, pid, started, thread]

const pause = (milliseconds: number) => new Promise(resolve => setTimeout(resolve, milliseconds))

/** `Store.leases`, for a store that offers them. */
export const leases: Rules<Store> = {
  'it is said whether other processes share them': withLeases(async ({ shared }) => {
    equal(typeof shared, 'boolean', 'the type of shared')
  }),

  'a key that was never taken is free': withLeases(async leases => {
    equal((await leases.look('a')).state, 'free', 'state')
  }),

  'a free key is taken, and whoever looks sees by whom': withLeases(async leases => {
    const lease = await taken(leases, 'a', ELSEWHERE)
    equal(lease.epoch, 1, 'epoch')
    await stands(leases, lease, 'held')
    const looked = await leases.look('a')
    if (looked.state === 'free') return
    equal(told(looked.lease.holder), told(ELSEWHERE), 'holder')
    equal(looked.failed, 0, 'the last epoch that failed')
  }),

  'a key that is held is not taken, and the answer names the lease in the way': withLeases(async leases => {
    for (const holder of [HERE, ELSEWHERE]) {
      const lease = await taken(leases, holder.host, holder)
      const { held, heldBy } = await leases.take(holder.host, { ttlMs: MINUTE, holder: HERE })
      equal(held, undefined, 'a second lease')
      equal([heldBy?.epoch, heldBy?.token, heldBy?.holder.pid], [lease.epoch, lease.token, holder.pid], 'who holds it')
      await stands(leases, lease, 'held')
    }
  }),

  'of 20 takes at once exactly one gets the lease': withLeases(async leases => {
    const lease = await race(leases, 'a')
    equal(lease.epoch, 1, 'epoch')
    await stands(leases, lease, 'held')
  }),

  'release as done frees the key': withLeases(async leases => {
    const lease = await taken(leases, 'a')
    equal(await leases.release(lease, 'done'), true, 'release')
    equal((await leases.look('a')).state, 'free', 'state')
    const next = await taken(leases, 'a')
    isTrue(next.token !== lease.token, 'expected another token for another lease')
  }),

  'release as failed is seen, and the key can be taken at once, in a higher epoch': withLeases(async leases => {
    const lease = await taken(leases, 'a')
    equal(await leases.release(lease, 'failed'), true, 'release')
    await stands(leases, lease, 'failed')
    const next = await race(leases, 'a')
    equal(next.epoch, lease.epoch + 1, 'epoch')
    const looked = await leases.look('a')
    equal(looked.state === 'held' && looked.failed, lease.epoch, 'the last epoch that failed, once another has begun')
  }),

  'who waits for a lease learns whether it failed, also when it was taken again meanwhile': withLeases(async leases => {
    const lease = await taken(leases, 'a')
    const { heldBy } = await leases.take('a', { ttlMs: MINUTE, holder: HERE })
    if (heldBy === undefined) fail('take of a held key', 'who holds it', 'nothing')
    const waiting = Array.from({ length: 5 }, () => waitForLease(leases, heldBy))
    equal(await waitForLease(leases, heldBy, { timeoutMs: 5 }), 'timeout', 'a short wait')
    await leases.release(lease, 'failed')
    const next = await taken(leases, 'a')
    equal(
      await Promise.all(waiting),
      waiting.map(() => 'failed'),
      'waits',
    )
    await leases.release(next, 'done')
    equal(await waitForLease(leases, heldBy), 'over', 'a wait for what was forgotten')
  }),

  'who waits for a lease learns that it is over': withLeases(async leases => {
    const lease = await taken(leases, 'a')
    const { heldBy } = await leases.take('a', { ttlMs: MINUTE, holder: HERE })
    if (heldBy === undefined) fail('take of a held key', 'who holds it', 'nothing')
    const waiting = waitForLease(leases, heldBy)
    await leases.release(lease, 'done')
    await taken(leases, 'a')
    equal(await waiting, 'over', 'wait')
  }),

  'a dead holder on this host is replaced at once, in a higher epoch': withLeases(async leases => {
    // Where there are no processes, nobody can be known to be dead.
    if (HERE.pid === 0) return
    const lease = await taken(leases, 'a', DEAD)
    await stands(leases, lease, 'lost')
    const next = await race(leases, 'a')
    equal(next.epoch, 2, 'epoch')
    await stands(leases, next, 'held')
  }),

  'a living holder on this host is not replaced, however short its time': withLeases(async leases => {
    if (HERE.pid === 0) return
    const lease = await taken(leases, 'a', HERE, 1)
    await pause(30)
    await stands(leases, lease, 'held')
    equal((await leases.take('a', { ttlMs: MINUTE, holder: HERE })).held, undefined, 'a second lease')
  }),

  'a holder elsewhere whose time is over is replaced, in a higher epoch': withLeases(async leases => {
    const lease = await taken(leases, 'a', ELSEWHERE, 20)
    const next = await takenOver(leases, 'a')
    equal(next.epoch, lease.epoch + 1, 'epoch')
    await stands(leases, next, 'held')
  }),

  'a thread of which nobody knows whether it lives is replaced when its time is over, in a higher epoch': withLeases(
    async leases => {
      const lease = await taken(leases, 'a', UNTOLD, 20)
      const next = await takenOver(leases, 'a')
      equal(next.epoch, lease.epoch + 1, 'epoch')
      await stands(leases, next, 'held')
    },
  ),

  'renewal begins the time anew': withLeases(async leases => {
    const lease = await taken(leases, 'a', ELSEWHERE)
    const before = await leases.look('a')
    await pause(30)
    equal(await leases.renew(lease), true, 'renew')
    await stands(leases, lease, 'held')
    const after = await leases.look('a')
    isTrue(
      before.state !== 'free' && after.state !== 'free' && after.lease.until > before.lease.until,
      'expected a later end after renewal',
    )
  }),

  'a late renewal or release changes nothing, and says so': withLeases(async leases => {
    const late = await taken(leases, 'a', ELSEWHERE, 1)
    const next = await takenOver(leases, 'a')
    const isUnchanged = async (what: string) => {
      equal(await leases.renew(late), false, `renew ${what}`)
      equal(await leases.release(late, 'done'), false, `release as done ${what}`)
      equal(await leases.release(late, 'failed'), false, `release as failed ${what}`)
    }
    await isUnchanged('after a taking over')
    await stands(leases, next, 'held')
    await leases.release(next, 'failed')
    await isUnchanged('after a failure')
    equal(await leases.renew(next), false, 'renew of what was released as failed')
    equal(await leases.release(next, 'done'), false, 'a second release')
    await stands(leases, next, 'failed')
    await leases.release(await taken(leases, 'a'), 'done')
    await isUnchanged('of a free key')
    equal((await leases.look('a')).state, 'free', 'state')
    const first = await taken(leases, 'a')
    await isUnchanged('of a key that begins with the first epoch again')
    await stands(leases, first, 'held')
  }),

  'any string that is not empty is a key of its own': withLeases(async leases => {
    const keys = [...ODD_NAMES, ...ILL_FORMED_NAMES]
    const held: Lease[] = []
    for (const key of keys) held.push(await taken(leases, key))
    for (const lease of held) await stands(leases, lease, 'held')
    for (const lease of held)
      equal(await leases.release(lease, 'done'), true, `release of ${JSON.stringify(lease.key)}`)
    for (const key of keys) equal((await leases.look(key)).state, 'free', `state of ${JSON.stringify(key)}`)
  }),

  'what a holder says of itself comes back as it was': withLeases(async leases => {
    const holders = [
      { host: '.', pid: 0, started: '', thread: '' },
      { host: '..', pid: 0, started: '', thread: '-' },
      { host: '1.2.3', pid: 1, started: '4-5', thread: '' },
      { host: '1.2.3.4', pid: 5, started: '6', thread: '7' },
      { host: 'A'.repeat(100), pid: 4_194_304, started: '_'.repeat(64), thread: '9'.repeat(64) },
    ]
    for (const holder of holders) {
      await taken(leases, holder.host, holder)
      const looked = await leases.look(holder.host)
      if (looked.state === 'free') fail('state', 'held', looked.state)
      equal(told(looked.lease.holder), told(holder), 'holder')
    }
  }),

  'an empty key and a holder that is none are TypeErrors': withLeases(async leases => {
    const options = { ttlMs: MINUTE, holder: HERE }
    await failsWithTypeError('take of an empty key', () => leases.take('', options))
    await failsWithTypeError('look at an empty key', () => leases.look(''))
    const lease = await taken(leases, 'a')
    await failsWithTypeError('renew of an empty key', () => leases.renew({ ...lease, key: '' }))
    await failsWithTypeError('release of an empty key', () => leases.release({ ...lease, key: '' }, 'done'))
    for (const host of ['', 'a/b', 'a\0', 'A'.repeat(101)]) {
      await failsWithTypeError('take', () => leases.take('b', { ...options, holder: { ...HERE, host } }))
    }
    equal((await leases.look('b')).state, 'free', 'state')
  }),

  'leases are neither refs nor values nor calls': withLeases(async (leases, store) => {
    const key = keyFrom('aa')
    await taken(leases, key)
    equal(await store.values.has([key]), [false], 'has, of values')
    equal(await store.calls.has([key]), [false], 'has, of calls')
    equal(await store.refs?.read(key), undefined, 'read of a ref')
  }),
}

/** For a store that was declared to offer none. */
export const withoutLeases: Rules<Store> = {
  'a store without leases says so': async store => {
    equal(store.leases, undefined, 'leases')
  },
}
