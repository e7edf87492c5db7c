/** One thread at a time, among all processes, runs the body of a call; the others wait for what it records. */
import {
  chain,
  type HeldLease,
  isPromise,
  isRiposteError,
  type LeaseWait,
  type MaybePromise,
  type Steps,
  type Taking,
  wait,
  waitForLease,
} from '@riposte/core'
import { freshness } from './age.ts'
import type { Slot } from './bodies.ts'
import { aborted } from './compute.ts'
import type { Flight } from './flight.ts'
import { type CallLeases, type Holding, hold, isOurs, leaseKey, TAKING } from './leases.ts'
import { type Hit, type Looked, look, type Miss } from './look.ts'
import type { PendingCall } from './pending-call.ts'
import type { Take } from './take.ts'
import { storeFailed, waitsLong } from './warnings.ts'

/** Longer than this nobody waits for one holder: it may live and hang, or wait for what waits for it. */
const LONGEST_WAIT = 3_600_000
/** Milliseconds of waiting after which it is told whom for. */
const SILENT_FOR = 10_000

/** A call that was answered meanwhile, or is to be computed: with the lease, or without. */
export type Turn =
  | { readonly hit: Hit }
  | {
      readonly hit?: undefined
      readonly holding: Holding | undefined
      readonly replace: boolean
      /** Where the body may run. Without one, it queues for one. */
      readonly slot: Slot | undefined
    }

interface Turns {
  readonly flight: Flight
  readonly leases: CallLeases
  readonly missed: Miss
}

/**
 * Waits until it is this thread's turn to compute a call of which `missed` was found. A slot comes before the lease, so
 * that others may run what this one has queued; who waits for a lease leaves the slot to others.
 */
export function* takeTurn(call: PendingCall, take: Take, { flight, leases, missed }: Turns): Steps<Turn> {
  for (;;) {
    const turn = yield* tryTurn(call, take, { flight, leases, missed })
    if (!('heldBy' in turn)) return turn
    const waited = yield* waitFor(call, flight, turn.heldBy, waitForLease(leases.leases, turn.heldBy, waiting()))
    if (flight.abandoned) throw aborted(call.definition, call.caller.signal)
    const looked = yield* wait(look(call, take))
    if (looked.kind === 'hit') return { hit: looked }
    // Others need not wait for one after the other to fail; and what arrived and is of no use will not get better.
    if (waited !== 'over') return { holding: undefined, replace: looked.replace, slot: undefined }
  }

  function waiting(): Parameters<typeof waitForLease>[2] {
    return { timeoutMs: LONGEST_WAIT, signal: flight.signal, arrived: () => hasArrived(call) }
  }
}

/** Takes a slot and the lease, and looks again; or says who else has the lease. */
function* tryTurn(
  call: PendingCall,
  take: Take,
  { flight, leases, missed }: Turns,
): Steps<Turn | { readonly heldBy: HeldLease }> {
  const { definition, caller } = call
  const queued = definition.bodies.slot(flight)
  const slot = yield* wait(queued)
  let passedOn = false
  try {
    if (flight.abandoned) throw aborted(definition, caller.signal)
    if (isPromise(queued)) {
      // Others may have recorded it meanwhile; of those, no lease need be taken.
      const looked = yield* wait(look(call, take))
      if (looked.kind === 'hit') return { hit: looked }
    }
    const taking = yield* tryTaking(call, leases)
    if (taking?.heldBy !== undefined && !isOurs(leases, taking.heldBy)) return { heldBy: taking.heldBy }
    let turn: Turn = { holding: undefined, replace: missed.replace, slot }
    if (taking?.held !== undefined) {
      const holding = hold(leases, taking.held)
      const looked = yield* lookOr(call, take, holding)
      if (looked.kind === 'hit') {
        yield* wait(holding.end('done'))
        return { hit: looked }
      }
      turn = { holding, replace: looked.replace, slot }
    }
    passedOn = true
    return turn
  } finally {
    if (!passedOn) slot.free()
  }
}

function* tryTaking(call: PendingCall, { leases, holder }: CallLeases): Steps<Taking | undefined> {
  try {
    return yield* wait(leases.take(leaseKey(call.digest), { ...TAKING, holder }))
  } catch (error) {
    // A store that nobody may write to has no leases to give.
    if (!isRiposteError(error, 'ERR_REJECTED')) storeFailed(call, error)
    return undefined
  }
}

/** What fails between taking a lease and running the body ends the lease. */
function* lookOr(call: PendingCall, take: Take, holding: Holding): Steps<Looked> {
  try {
    return yield* wait(look(call, take))
  } catch (error) {
    yield* wait(holding.end('failed'))
    throw error
  }
}

function* waitFor(
  call: PendingCall,
  flight: Flight,
  heldBy: HeldLease,
  waiting: Promise<LeaseWait>,
): Steps<LeaseWait | undefined> {
  const timer = setTimeout(() => waitsLong(call, heldBy), SILENT_FOR)
  try {
    return yield* wait(waiting)
  } catch (error) {
    if (!flight.abandoned) storeFailed(call, error)
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Another may have recorded it, and still hold the lease. */
function hasArrived({ definition, state, digest }: PendingCall): MaybePromise<boolean> {
  return chain(
    state.engine.stored(digest),
    record => record !== undefined && freshness(record, definition.options) === 'fresh',
  )
}
