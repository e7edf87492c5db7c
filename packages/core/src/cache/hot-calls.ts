import type { CallDigest } from '../digest/address.ts'
import type { HotCalls } from '../inside/engine.ts'
import { coarseClock } from './coarse-clock.ts'
import { HotCall } from './hot-call.ts'

/** How far the age of a hot call may be mistaken, as a part of the longest that it may have. */
const PRECISION = 1 / 50
/** Below this, milliseconds, a timer would be as coarse as what it measures. */
const LEAST_STEP = 10

export interface HotCallsOptions {
  readonly entries: number
  readonly bytes: number
  /** Milliseconds after which a hot call is looked up in the store again. */
  readonly hotFor: number
  /** Told which calls were answered from the table, so that their age in the store can be refreshed: each at most once per `hotFor`. */
  readonly used: (digest: CallDigest) => void
  /** A clock that never goes back, in milliseconds. */
  readonly now?: () => number
}

/** A table of recently used results. What was not used since the last time round goes first. */
export function createHotCalls(options: HotCallsOptions): HotCalls {
  const { entries, bytes, hotFor, used, now = clockFor(hotFor) } = options
  // A Map keeps the order in which its keys were set. A use marks its call only: to set it anew would take 0.1 µs.
  const hot = new Map<CallDigest, HotCall>()
  let size = 0
  let forgotten = 0

  function remove(call: HotCall): void {
    hot.delete(call.digest)
    size -= call.size
    call.leave()
  }

  function leave(call: HotCall): void {
    remove(call)
    if (call.used) used(call.digest)
  }

  function use(call: HotCall): boolean {
    if (now() > call.until || call.expired) {
      if (call.found !== undefined) leave(call)
      return false
    }
    call.used = true
    call.recent = true
    return true
  }

  function makeRoom(wanted: number): void {
    // What is spared is met again at the end of the order, and is then not recent: so this ends.
    for (const [digest, call] of hot) {
      if (hot.size < entries && size + wanted <= bytes) return
      if (call.recent) {
        call.recent = false
        hot.delete(digest)
        hot.set(digest, call)
      } else leave(call)
    }
  }

  return {
    get size() {
      return hot.size
    },
    find(digest) {
      const call = hot.get(digest)
      return call !== undefined && use(call) ? call : undefined
    },
    use,
    get forgotten() {
      return forgotten
    },
    set(found, asOf = forgotten) {
      if (asOf !== forgotten) return undefined
      const standing = hot.get(found.record.digest)
      if (standing !== undefined) leave(standing)
      const call = new HotCall(found, now() + hotFor)
      if (call.size > bytes || entries < 1) return undefined
      makeRoom(call.size)
      hot.set(call.digest, call)
      size += call.size
      return call
    },
    delete(digest) {
      forgotten += 1
      const call = hot.get(digest)
      if (call !== undefined) remove(call)
    },
    clear() {
      forgotten += 1
      for (const call of hot.values()) call.leave()
      hot.clear()
      size = 0
    },
  }
}

function clockFor(hotFor: number): () => number {
  const step = Math.min(hotFor * PRECISION, 1000)
  return step < LEAST_STEP ? () => performance.now() : coarseClock(step)
}
