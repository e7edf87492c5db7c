import type { Touched } from '../ports/backend.ts'

/** A power of two that a number can still add to a time in milliseconds, exactly, until the year 2248. */
const STEP = 2 ** -10

/** A clock in milliseconds since 1970 that gives no time twice and never runs backwards, whatever the system's does. */
export function createClock(): () => Touched {
  let last = 0
  return () => {
    last = Math.max(Date.now(), last + STEP)
    return last
  }
}
