import type { MaybePromise } from '../flow.ts'

/** Runs `job` when no earlier job with one of these keys runs; a job without keys runs at once. */
export type KeyLock = <T>(keys: readonly string[], job: () => MaybePromise<T>) => Promise<T>

/**
 * A lock for each key, in this process: jobs that share a key run one at a time, in the order they came.
 *
 * A job stands in line for all its keys from the tick it came in, and waits only for jobs that came before, so two
 * batches in different order cannot deadlock. A failed job does not fail the next. A key takes memory only while it is
 * busy. Not re-entrant: a job that waits for another of its own keys waits for ever.
 *
 * @param ends - where the lock notes which keys are busy, and when the last job in line for each ends
 */
export function createKeyLock(ends: Map<string, Promise<void>> = new Map()): KeyLock {
  return async (keys, job) => {
    const mine = [...new Set(keys)]
    const before = mine.map(key => ends.get(key)).filter(end => end !== undefined)
    let end = () => {}
    const ended = new Promise<void>(resolve => {
      end = resolve
    })
    for (const key of mine) ends.set(key, ended)
    try {
      await Promise.all(before)
      return await job()
    } finally {
      for (const key of mine) if (ends.get(key) === ended) ends.delete(key)
      end()
    }
  }
}
