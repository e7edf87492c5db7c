/** A time in microseconds since 1970, as it is stored. Its double in milliseconds converts back exactly. */
export type Micros = number

/**
 * A clock that follows the system's, gives no time twice and never runs backwards. Microseconds, because a guarded
 * removal must see that an entry was touched again, by another process too, within one millisecond.
 */
export function createClock(): () => Micros {
  let offset = 0
  let last = 0
  return () => {
    const wall = Date.now() * 1000
    const steady = Math.floor(performance.now() * 1000)
    // The steady clock gives the digits below the wall clock's millisecond, and nothing above: it stops while a
    // machine sleeps, and does not follow when its time is set.
    offset = Math.min(Math.max(offset, wall - steady), wall - steady + 999)
    last = Math.max(steady + offset, last + 1)
    return last
  }
}
