import type { Found } from '../calls/stored-record.ts'
import type { CallDigest } from '../digest/address.ts'
import type { HotCalls } from './engine.ts'

/** What an entry of the table takes beside its bytes: keys, map slots, objects. Measured: 2.1 KB a call of 570 bytes. */
const OVERHEAD = 1536

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

interface HotCall {
  readonly found: Found
  readonly size: number
  readonly since: number
  /** The result itself where nobody can change it. */
  fixed: { readonly value: unknown } | undefined
  used: boolean
}

/** A table of recently used results: the least recently used goes first. */
export function createHotCalls(options: HotCallsOptions): HotCalls {
  const { entries, bytes, hotFor, used, now = () => performance.now() } = options
  // In the order of use: a Map keeps the order in which its keys were set.
  const hot = new Map<CallDigest, HotCall>()
  let size = 0

  function remove(digest: CallDigest, call: HotCall): void {
    hot.delete(digest)
    size -= call.size
  }

  function leave(digest: CallDigest, call: HotCall): void {
    remove(digest, call)
    if (call.used) used(digest)
  }

  function live(digest: CallDigest): HotCall | undefined {
    const call = hot.get(digest)
    if (call === undefined) return undefined
    if (now() - call.since <= hotFor && !hasExpired(call.found)) return call
    leave(digest, call)
    return undefined
  }

  function use(digest: CallDigest, call: HotCall): void {
    call.used = true
    hot.delete(digest)
    hot.set(digest, call)
  }

  return {
    get(digest) {
      const call = live(digest)
      if (call === undefined) return undefined
      const answer = call.fixed ?? answerOf(call)
      use(digest, call)
      return answer
    },
    found(digest) {
      const call = live(digest)
      if (call !== undefined) use(digest, call)
      return call?.found
    },
    set(found) {
      const { digest } = found.record
      const standing = hot.get(digest)
      if (standing !== undefined) leave(digest, standing)
      const call: HotCall = { found, size: found.size + OVERHEAD, since: now(), fixed: undefined, used: false }
      if (call.size > bytes) return
      hot.set(digest, call)
      size += call.size
      for (const [oldest, least] of hot) {
        if (hot.size <= entries && size <= bytes) break
        leave(oldest, least)
      }
    },
    delete(digest) {
      const call = hot.get(digest)
      if (call !== undefined) remove(digest, call)
    },
    clear() {
      hot.clear()
      size = 0
    },
  }
}

/** The age of a record goes by the time of day, as it was written by any process. */
function hasExpired({ record }: Found): boolean {
  return record.expiresAt !== undefined && Date.now() >= record.expiresAt
}

function answerOf(call: HotCall): { readonly value: unknown } {
  const answer = { value: call.found.value() }
  const { value } = answer
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) call.fixed = answer
  return answer
}
