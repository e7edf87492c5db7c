/** Bounded parallelism over steps. */
import { isPromise, run, type Steps, wait } from '@riposte/core'

const LANES = 16

/**
 * Runs `each` over items, some at a time where it has to wait, and gives the results in the order of the items.
 * After a failure no further item is begun; those under way are waited for, then the first failure is thrown.
 */
export function* inParallel<I, O>(items: readonly I[], each: (item: I) => Steps<O>): Steps<O[]> {
  const results: O[] = new Array(items.length)
  let next = 0
  function* lane(): Steps<void> {
    while (next < items.length) {
      const place = next++
      try {
        // place is below the length, so there is an item.
        results[place] = yield* each(items[place] as I)
      } catch (error) {
        next = items.length
        throw error
      }
    }
  }
  const lanes: Promise<void>[] = []
  while (next < items.length && lanes.length < LANES) {
    const running = run(lane())
    if (isPromise(running)) lanes.push(running)
  }
  if (lanes.length === 0) return results
  for (const outcome of yield* wait(Promise.allSettled(lanes))) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
  return results
}
