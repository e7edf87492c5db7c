import { isPromise } from '@riposte/core'

/**
 * What the function of an option returned.
 *
 * @throws {TypeError} when that is a promise, which would pass for a yes or for a value
 */
export function answeredAtOnce(option: string, expected: string, returned: unknown, remedy: string): unknown {
  if (!isPromise(returned)) return returned
  // Nobody hears how it ends.
  returned.then(NOTHING, NOTHING)
  throw new TypeError(
    `expected ${option} to return ${expected}, got a promise: ${option} must answer at once; ${remedy}`,
  )
}

const NOTHING = (): void => {}
