import { isPromise, run, type Steps, wait } from '../../flow.ts'
import type { Side } from './tier-side.ts'

/** Runs a job when no other with one of these keys runs. What answers now does so without waiting. */
export type Turns = <T>(keys: readonly string[], job: () => Steps<T>) => Steps<T>

/** One job at a time on each key, in this process. A key takes memory only while a job on it waits. */
export function createTurns(): Turns {
  const busy = new Map<string, Promise<unknown>>()
  return function* <T>(keys: readonly string[], job: () => Steps<T>): Steps<T> {
    for (;;) {
      const before = busy.size === 0 ? [] : keys.flatMap(key => busy.get(key) ?? [])
      if (before.length === 0) break
      yield* wait(Promise.allSettled(before))
    }
    // From here to the entry in `busy` nothing waits, so nobody comes in between.
    const result = run(job())
    if (!isPromise(result)) return result
    for (const key of keys) busy.set(key, result)
    try {
      return yield* wait(result)
    } finally {
      for (const key of keys) if (busy.get(key) === result) busy.delete(key)
    }
  }
}

/** The turns that a write to one side takes. */
export function turnsOf(side: Side, written: readonly { readonly key: string }[]): readonly string[] {
  return written.map(({ key }) => `${side} ${key}`)
}
