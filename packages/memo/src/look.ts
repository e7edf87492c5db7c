/** Looks for a recorded call. */
import { isPromise, type MaybePromise } from '@riposte/core'
import { freshness } from './age.ts'
import { AGAIN, type Outcome } from './flight.ts'
import { keepHot } from './found-result.ts'
import { noteSource } from './other-source.ts'
import type { PendingCall } from './pending-call.ts'
import type { Recorded, Take } from './take.ts'
import { storeFailed } from './warnings.ts'

export type Looked = Hit | Miss

export interface Hit {
  readonly kind: 'hit'
  /** What the caller takes; of a call that threw, the error. */
  readonly value: unknown
  readonly threw: boolean
  /** Whether it expired, and is to be renewed. */
  readonly stale: boolean
  readonly outcome: Outcome
}

export interface Miss {
  readonly kind: 'miss'
  /** Whether a record stands there that is of no use any more. */
  readonly replace: boolean
}

const NOTHING: Miss = { kind: 'miss', replace: false }

/** A store that fails has nothing. Without steps, which take 0.1 µs each: this is every hit of a store that answers now. */
export function look(call: PendingCall, take: Take): MaybePromise<Looked> {
  try {
    const asOf = call.state.hot?.forgotten
    const read = take.read(call)
    return isPromise(read) ? lookLater(call, read, asOf) : judge(call, read, asOf)
  } catch (error) {
    return failed(call, error)
  }
}

async function lookLater(
  call: PendingCall,
  read: Promise<Recorded | undefined>,
  asOf: number | undefined,
): Promise<Looked> {
  try {
    return judge(call, await read, asOf)
  } catch (error) {
    return failed(call, error)
  }
}

function judge(call: PendingCall, recorded: Recorded | undefined, asOf: number | undefined): Looked {
  if (recorded === undefined) return NOTHING
  const { record, found } = recorded
  const worth = freshness(record, call.definition.options)
  if (worth === 'over') return { kind: 'miss', replace: true }
  const value = recorded.value()
  noteSource(call, record)
  const threw = record.threw === true
  if (worth === 'fresh' && found !== undefined && !threw) keepHot(call, found, asOf)
  return {
    kind: 'hit',
    value,
    threw,
    stale: worth === 'stale',
    outcome: found === undefined ? AGAIN : { kind: 'found', found },
  }
}

function failed(call: PendingCall, error: unknown): Miss {
  storeFailed(call, error)
  return NOTHING
}
