import { getEventListeners } from 'node:events'
import { type HeldLease, type Leases, memoryStore, thisHolder, waitForLease } from '@riposte/core'
import { describe, expect, test } from 'vitest'

const HERE = { ttlMs: 1000, holder: thisHolder() }

function held(): { readonly leases: Leases; readonly lease: HeldLease; readonly end: (as: 'done' | 'failed') => void } {
  const leases = memoryStore().leases!
  const mine = leases.take('a', HERE).held!
  return { leases, lease: leases.take('a', HERE).heldBy!, end: as => leases.release(mine, as) }
}

/** The same leases, and the keys that were looked at. */
function counted(leases: Leases): { readonly counting: Leases; readonly looked: readonly string[] } {
  const looked: string[] = []
  const look: Leases['look'] = key => {
    looked.push(key)
    return leases.look(key)
  }
  return { counting: { ...leases, look }, looked }
}

// What stores and waits do together is in the conformance cases; here is what is the wait's own.
describe('waitForLease', () => {
  test('a lease that is over already is not waited for, whatever the time-out', async () => {
    for (const [as, outcome] of [
      ['done', 'over'],
      ['failed', 'failed'],
    ] as const) {
      const { leases, lease, end } = held()
      end(as)
      expect(await waitForLease(leases, lease, { timeoutMs: 0 })).toBe(outcome)
    }
  })

  test('a time-out of zero looks once', async () => {
    const { leases, lease } = held()
    const { counting, looked } = counted(leases)
    expect(await waitForLease(counting, lease, { timeoutMs: 0 })).toBe('timeout')
    expect(looked.length).toBe(1)
  })

  test('it looks again in growing pauses, not at every turn', async () => {
    const { leases, lease } = held()
    const { counting, looked } = counted(leases)
    expect(await waitForLease(counting, lease, { timeoutMs: 300 })).toBe('timeout')
    // Pauses of 2, 3, 4.5 … 50 ms; fewer looks on a busy machine.
    expect(looked.length).toBeGreaterThan(1)
    expect(looked.length).toBeLessThanOrEqual(14)
  })

  test('what arrives while the lease is held ends the wait', async () => {
    const { leases, lease } = held()
    let asked = 0
    expect(await waitForLease(leases, lease, { arrived: async () => ++asked === 3 })).toBe('arrived')
    expect(asked).toBe(3)
  })

  test('a signal ends the wait with its reason, before it begins or later, and is let go of', async () => {
    const { leases, lease } = held()
    const reason = new Error('enough')
    const aborted = expect.objectContaining({ code: 'ERR_ABORTED', cause: reason })
    await expect(waitForLease(leases, lease, { signal: AbortSignal.abort(reason) })).rejects.toEqual(aborted)
    const controller = new AbortController()
    const waiting = waitForLease(leases, lease, { signal: controller.signal })
    setTimeout(() => controller.abort(reason), 20)
    await expect(waiting).rejects.toEqual(aborted)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    const calm = new AbortController()
    await waitForLease(leases, lease, { signal: calm.signal, timeoutMs: 20 })
    expect(getEventListeners(calm.signal, 'abort')).toEqual([])
  })

  test('a store that fails ends the wait with its error', async () => {
    const store = memoryStore()
    store.leases!.take('a', HERE)
    const lease = store.leases!.take('a', HERE).heldBy!
    const waiting = waitForLease(store.leases!, lease)
    store.close()
    await expect(waiting).rejects.toMatchObject({ code: 'ERR_CLOSED' })
  })

  test('a misspelt option is refused, not waited without', async () => {
    const { leases, lease } = held()
    // @ts-expect-error
    await expect(waitForLease(leases, lease, { timeout: 5 })).rejects.toThrow(/no option "timeout"/)
  })

  test.each([-1, Number.NaN, '5'])('the time-out %o is a RangeError', async timeoutMs => {
    const { leases, lease } = held()
    // A caller without types may pass anything.
    await expect(waitForLease(leases, lease, { timeoutMs: timeoutMs as number })).rejects.toThrow(RangeError)
  })
})
