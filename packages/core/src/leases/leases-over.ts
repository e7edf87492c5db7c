/** Leases over a table that swaps rows: who may take a key, and when a holding is over. */
import { lifeOf } from '#host'
import { toHex } from '../digest/hex.ts'
import { RiposteError } from '../errors.ts'
import { run, type Steps, wait } from '../flow.ts'
import type { Touched } from '../ports/backend.ts'
import type {
  HeldLease,
  Lease,
  LeaseOutcome,
  LeaseState,
  Leases,
  SyncLeases,
  TakeOptions,
  Taking,
} from '../ports/leases.ts'
import { checkKey, checkTaking } from './check-taking.ts'
import type { LeaseRow, LeaseTable, SyncLeaseTable } from './lease-table.ts'

/** Each attempt that fails shows that somebody else changed the row; so many in turn, that the table does not work. */
const ATTEMPTS = 100

/** For how long it can be seen that a holder failed. Whoever waits looks some times a second. */
const REMEMBERED = 60_000

/** A row that is this far from the future was written before the clock was put back, and would stand in the way for as long. */
const AHEAD = 60_000

/**
 * Leases over a table of an engine, which has nothing to do but to swap rows. They answer now where the table does, and take
 * what is past its use out of it at most once a minute.
 */
export function leasesOver(table: SyncLeaseTable): SyncLeases
export function leasesOver(table: LeaseTable): Leases
// The first overload holds since steps over a table that answers now never have to wait.
export function leasesOver(table: LeaseTable): Leases {
  let tidied = Number.NEGATIVE_INFINITY

  function* take(key: string, options: TakeOptions): Steps<Taking> {
    checkTaking(key, options)
    yield* tidy()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Nearly every key is free: only where it turns out not to be is there something to read.
      const row = attempt === 0 ? undefined : yield* wait(table.read(key))
      if (row !== undefined && (yield* standing(row)) === 'held') return { heldBy: leaseOf(key, row) }
      const { epoch, failed } = row ?? { epoch: 0, failed: 0 }
      const next = { epoch: epoch + 1, token: newToken(), failed, holder: options.holder, ttlMs: options.ttlMs }
      if (yield* wait(table.swap(key, row, next))) return { held: { key, epoch: next.epoch, token: next.token } }
    }
    const message = `the lease of ${JSON.stringify(key)} changed in each of ${ATTEMPTS} attempts to take it`
    throw new RiposteError('ERR_BACKEND', message, { operation: 'take' })
  }

  function* renew(lease: Lease): Steps<boolean> {
    const row = yield* rowOf(lease)
    return row !== undefined && (yield* wait(table.swap(lease.key, row, row)))
  }

  function* release(lease: Lease, outcome: LeaseOutcome): Steps<boolean> {
    // Of a key that was free when it was taken all is known. A lease that was released as failed is no longer as it was.
    if (outcome === 'done' && lease.epoch === 1) {
      checkKey(lease.key)
      return yield* wait(table.swap(lease.key, { token: lease.token, failed: 0 }, undefined))
    }
    const row = yield* rowOf(lease)
    if (row === undefined) return false
    return yield* wait(table.swap(lease.key, row, outcome === 'done' ? undefined : { ...row, failed: row.epoch }))
  }

  function* look(key: string): Steps<LeaseState> {
    checkKey(key)
    const row = yield* wait(table.read(key))
    if (row === undefined) return { state: 'free' }
    return { state: yield* standing(row), lease: leaseOf(key, row), failed: row.failed }
  }

  /** The row of a lease that is still held. */
  function* rowOf({ key, token }: Lease): Steps<LeaseRow | undefined> {
    checkKey(key)
    const row = yield* wait(table.read(key))
    return row?.token === token && !hasFailed(row) ? row : undefined
  }

  function* standing(row: LeaseRow): Steps<'held' | 'failed' | 'lost'> {
    if (hasFailed(row)) return 'failed'
    const life = lifeOf(row.holder)
    if (life === 'unknown') return hasExpired(row, yield* wait(table.now())) ? 'lost' : 'held'
    return life === 'running' ? 'held' : 'lost'
  }

  /** Forgets what nobody looks at any more, once in a while. */
  function* tidy(): Steps<void> {
    const now = performance.now()
    if (now - tidied < REMEMBERED) return
    tidied = now
    yield* wait(table.forget(isStale))
  }

  return {
    shared: table.shared,
    take: (key, options) => run(take(key, options)),
    renew: lease => run(renew(lease)),
    release: (lease, outcome) => run(release(lease, outcome)),
    look: key => run(look(key)),
  }
}

function leaseOf(key: string, { epoch, token, holder, renewed, ttlMs }: LeaseRow): HeldLease {
  return { key, epoch, token, holder, until: renewed + ttlMs }
}

function hasFailed({ epoch, failed }: LeaseRow): boolean {
  return failed === epoch
}

function hasExpired({ renewed, ttlMs }: LeaseRow, now: Touched): boolean {
  return now >= renewed + ttlMs || now < renewed - AHEAD
}

function isStale(row: LeaseRow, now: Touched): boolean {
  const until = row.renewed + (hasFailed(row) ? 0 : row.ttlMs)
  if (now < until + REMEMBERED && now >= row.renewed - AHEAD) return false
  return hasFailed(row) || lifeOf(row.holder) !== 'running'
}

const TOKEN_BYTES = 8
/** Random bytes of tokens to come: to ask for a few takes as long as to ask for many. */
const random = /* @__PURE__ */ new Uint8Array(64 * TOKEN_BYTES)
let used = random.length

function newToken(): string {
  if (used === random.length) {
    crypto.getRandomValues(random)
    used = 0
  }
  used += TOKEN_BYTES
  return toHex(random.subarray(used - TOKEN_BYTES, used))
}
