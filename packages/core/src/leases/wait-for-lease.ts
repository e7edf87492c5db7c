import { RiposteError } from '../errors.ts'
import type { MaybePromise } from '../flow.ts'
import { checkOptionNames } from '../option-names.ts'
import type { HeldLease, Leases } from '../ports/leases.ts'
import { shownValue } from '../shown-value.ts'

export interface LeaseWaitOptions {
  /** How long to wait at most, in milliseconds. Default: for ever. */
  readonly timeoutMs?: number | undefined
  /** Ends the waiting with `ERR_ABORTED`. */
  readonly signal?: AbortSignal | undefined
  /** Asked with each look at the lease: whether what its holder works on is there already. */
  readonly arrived?: (() => MaybePromise<boolean>) | undefined
}

/**
 * Why a wait is over:
 * - `over`: the lease is not held any more. Its work is done, or its holder died or let its time pass.
 * - `failed`: its holder released it as failed.
 * - `arrived`: what was asked for is there.
 * - `timeout`: the caller's time has passed; the lease is still held.
 */
export type LeaseWait = 'over' | 'failed' | 'arrived' | 'timeout'

/** Milliseconds between the first two looks. Each pause is half as long again as the one before, up to the longest. */
const SHORTEST = 2
const LONGEST = 50

/**
 * Waits for a lease that somebody else holds: looks at once, and again with growing pauses.
 *
 * @param lease - what stood in the way of `take`
 * @throws {RiposteError} `ERR_ABORTED` when the signal aborts, with its reason as cause; what `look` or `arrived` throws
 * @throws {TypeError | RangeError} when an option is not what it must be
 */
export async function waitForLease(
  leases: Leases,
  lease: HeldLease,
  options: LeaseWaitOptions = {},
): Promise<LeaseWait> {
  checkOptionNames(options, ['timeoutMs', 'signal', 'arrived'])
  const { timeoutMs = Number.POSITIVE_INFINITY, signal, arrived } = options
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) {
    throw new RangeError(`expected timeoutMs as a number of milliseconds from 0 up, got ${shownValue(timeoutMs)}`)
  }
  const end = performance.now() + timeoutMs
  for (let pause = SHORTEST; ; pause = Math.min(pause * 1.5, LONGEST)) {
    if (signal?.aborted) throw aborted(lease, signal)
    const looked = await leases.look(lease.key)
    // Epochs that rise show a failure even if the key was taken again since.
    if (looked.state !== 'free' && looked.failed >= lease.epoch) return 'failed'
    if (looked.state !== 'held' || looked.lease.token !== lease.token) return 'over'
    if (await arrived?.()) return 'arrived'
    const left = end - performance.now()
    if (left <= 0) return 'timeout'
    await sleep(Math.min(pause, left), signal)
  }
}

function aborted({ key }: HeldLease, signal: AbortSignal): RiposteError {
  const message = `the wait for the lease of ${JSON.stringify(key)} was aborted`
  return new RiposteError('ERR_ABORTED', message, { operation: 'wait for a lease' }, { cause: signal.reason })
}

/** Ends early, without an error, when the signal aborts. */
function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', wake)
      resolve()
    }
    const timer = setTimeout(wake, milliseconds)
    signal?.addEventListener('abort', wake)
    if (signal?.aborted) wake()
  })
}
