import { type LeaseRow, type LeaseTable, leasesOver, memoryStore, thisHolder } from '@riposte/core'
import { afterEach, expect, test, vi } from 'vitest'

const HERE = { ttlMs: 1000, holder: thisHolder() }
const ELSEWHERE = { ttlMs: 1000, holder: { ...thisHolder(), host: 'elsewhere' } }
/** A thread of a process that lives, of which the system tells nothing. */
const UNTOLD = { ttlMs: 1000, holder: { ...thisHolder(), thread: 'worker-1000' } }

afterEach(() => {
  vi.useRealTimers()
})

/** Leases in memory, by a clock that the test sets. */
function leasesAt(time: number) {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: time })
  return memoryStore().leases!
}

test.each([
  ['on another host', ELSEWHERE],
  ['of a thread that nobody can ask for', UNTOLD],
])('a lease %s lasts for its time and no longer, from its last renewal', (_, options) => {
  const leases = leasesAt(1e12)
  const { held } = leases.take('a', options)
  vi.advanceTimersByTime(998)
  expect(leases.look('a')).toMatchObject({ state: 'held' })
  expect(leases.renew(held!)).toBe(true)
  vi.advanceTimersByTime(998)
  expect(leases.look('a')).toMatchObject({ state: 'held' })
  vi.advanceTimersByTime(4)
  expect(leases.look('a')).toMatchObject({ state: 'lost' })
  // Nobody was quicker, so it is its holder's still.
  expect(leases.renew(held!)).toBe(true)
  expect(leases.look('a')).toMatchObject({ state: 'held', lease: held })
})

test('failed and lost leases are forgotten after a while, living ones are not', () => {
  const leases = leasesAt(1e12)
  leases.release(leases.take('failed', HERE).held!, 'failed')
  leases.take('lost', ELSEWHERE)
  leases.take('living', HERE)
  vi.advanceTimersByTime(59_000)
  leases.take('another', HERE)
  expect(leases.look('failed')).toMatchObject({ state: 'failed' })
  vi.advanceTimersByTime(3000)
  leases.take('yet another', HERE)
  expect(['failed', 'lost', 'living'].map(key => leases.look(key).state)).toEqual(['free', 'free', 'held'])
})

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '1'])('the time %o is a RangeError', ttlMs => {
  // A caller without types may pass anything.
  expect(() => memoryStore().leases?.take('a', { ...HERE, ttlMs: ttlMs as number })).toThrow(RangeError)
})

test.each([
  { host: 'a b' },
  { host: '' },
  { pid: -1 },
  { pid: 0.5 },
  { started: 'a.b' },
  { started: 'a'.repeat(65) },
  { thread: 'a:b' },
  { thread: 'a'.repeat(65) },
])('a holder with %o is a TypeError', part => {
  const holder = { ...HERE.holder, ...part }
  expect(() => memoryStore().leases?.take('a', { ...HERE, holder })).toThrow(TypeError)
})

/** A table on which each swap comes too late, unless it is told to let one through. */
function contested(row: Partial<LeaseRow>): LeaseTable & { swaps: number } {
  const standing: LeaseRow = { epoch: 1, token: '0'.repeat(16), failed: 1, renewed: Date.now(), ...HERE, ...row }
  return {
    shared: true,
    swaps: 0,
    read: async () => standing,
    async swap() {
      this.swaps++
      return false
    },
    forget: async () => {},
    now: async () => Date.now(),
  }
}

test('a table that never swaps is a failure, not an endless loop', async () => {
  const leases = leasesOver(contested({}))
  await expect(async () => leases.take('a', HERE)).rejects.toMatchObject({ code: 'ERR_BACKEND' })
})

test.each([
  ['that expires in a minute', 0, 'held'],
  ['from a little ahead, as clocks of hosts differ', 30_000, 'held'],
  ['from the far future, by a clock that was put back since', 86_400_000, 'lost'],
] as const)('a lease %s', async (_, ahead, state) => {
  const table = contested({ failed: 0, ...ELSEWHERE, ttlMs: 60_000, renewed: Date.now() + ahead })
  expect(await leasesOver(table).look('a')).toMatchObject({ state })
})

test('a lease that somebody changed between look and write is neither renewed nor released', async () => {
  const table = contested({ failed: 0 })
  const lease = { key: 'a', epoch: 1, token: '0'.repeat(16) }
  expect(await leasesOver(table).renew(lease)).toBe(false)
  expect(await leasesOver(table).release(lease, 'done')).toBe(false)
  expect(table.swaps).toBe(2)
})
