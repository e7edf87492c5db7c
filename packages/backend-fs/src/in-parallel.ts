/** Bounded parallelism over steps. */
import { isPromise, run, type Steps, wait } from '@riposte/core'
import pLimit from 'p-limit'

/** Operations under way at once: libuv has four threads for them, and more in line keep those busy. */
const UNDER_WAY = 16

/**
 * Runs `each` over items, some at a time where it has to wait, and gives the results in the order of the items.
 * After a failure no further item is begun; those under way are waited for, then the first failure is thrown.
 */
export function* inParallel<I, O>(items: readonly I[], each: (item: I) => Steps<O>): Steps<O[]> {
  const results: O[] = []
  for (const item of items) {
    const result = run(each(item))
    // What waits for one item waits for all that follow.
    if (isPromise(result)) return yield* wait(inTurns(results, result, items.slice(results.length + 1), each))
    results.push(result)
  }
  return results
}

async function inTurns<I, O>(
  results: readonly O[],
  begun: Promise<O>,
  items: readonly I[],
  each: (item: I) => Steps<O>,
): Promise<O[]> {
  const limit = pLimit(UNDER_WAY)
  let failed = false
  const turn = (start: () => O | Promise<O>): Promise<O> =>
    limit(async () => {
      if (failed) throw new Error('not begun: another operation of the batch failed before')
      try {
        return await start()
      } catch (error) {
        failed = true
        throw error
      }
    })
  const turns = [turn(() => begun), ...items.map(item => turn(() => run(each(item))))]
  const outcomes = await Promise.allSettled(turns)
  // Turns begin in order, so the first that was rejected had begun.
  const failure = outcomes.find(outcome => outcome.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return [...results, ...(await Promise.all(turns))]
}
