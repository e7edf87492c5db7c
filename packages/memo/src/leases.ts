/** The leases of calls: by them processes and threads that share a store run a body one at a time. */
import {
  type Cache,
  type CallDigest,
  type HeldLease,
  type Holder,
  isPromise,
  type Lease,
  type LeaseOutcome,
  type Leases,
  thisHolder,
} from '@riposte/core'
import { engineOf } from '@riposte/core/engine'

/** How long a lease lasts for those who cannot ask whether this thread lives, such as other hosts. */
const TTL = 60_000
const RENEW_EVERY = TTL / 3

/** The leases of a store, as this thread takes them. */
export interface CallLeases {
  readonly leases: Leases
  readonly holder: Holder
  /** Has the cache's `close` wait for work that nobody else waits for. */
  background(work: Promise<unknown>): void
}

const known: WeakMap<Cache, CallLeases | undefined> = /* @__PURE__ */ new WeakMap()

/** `undefined` where the store has none that other processes share: there, flights are enough. */
export function leasesOf(cache: Cache): CallLeases | undefined {
  if (!known.has(cache)) {
    const { store, background } = engineOf(cache)
    const { leases } = store
    known.set(cache, leases?.shared ? { leases, holder: thisHolder(), background } : undefined)
  }
  return known.get(cache)
}

/** Keys are shared with whoever else uses the store's leases. */
export function leaseKey(digest: CallDigest): string {
  return `call:${digest}`
}

/** Whether this thread holds a lease: it cannot wait for what may be waiting for it. */
export function isOurs({ holder }: CallLeases, { holder: other }: HeldLease): boolean {
  return (
    holder.host === other.host &&
    holder.pid === other.pid &&
    holder.started === other.started &&
    holder.thread === other.thread
  )
}

/** A lease that is renewed until it ends, or the thread does. */
export interface Holding {
  readonly lease: Lease
  /** Says that it has ended with what was recorded. */
  released(): void
  /**
   * Ends it, unless it has ended. Never fails: the lease of a holder that died is taken over, and who waits sees what was
   * recorded. Nobody need wait for the end of one that was `done`: others find the record.
   */
  end(outcome: LeaseOutcome): Promise<void> | void
}

export const TAKING: { readonly ttlMs: number } = { ttlMs: TTL }

export function hold({ leases, background }: CallLeases, lease: Lease): Holding {
  const timer = setInterval(() => void renew(), RENEW_EVERY)
  // Browsers have timers that hold up nothing, and are numbers.
  timer.unref?.()
  const renew = async (): Promise<void> => {
    try {
      if (!(await leases.renew(lease))) clearInterval(timer)
    } catch {
      // The next may work; until then the lease has time left.
    }
  }
  let over = false
  const stop = (): void => {
    over = true
    clearInterval(timer)
  }
  return {
    lease,
    released: stop,
    end: outcome => {
      if (over) return undefined
      stop()
      try {
        const released = leases.release(lease, outcome)
        if (!isPromise(released)) return undefined
        const ended = released.then(NOTHING, NOTHING)
        if (outcome === 'failed') return ended
        background(ended)
        return undefined
      } catch {
        return undefined
      }
    },
  }
}

const NOTHING = (): void => {}
