import { thisThread } from '#host'
import type { Holder } from '../ports/leases.ts'

/**
 * This thread, as the holder of leases. Asks the system, which takes tens of microseconds, and gives the same each time.
 * Where the system has no processes, as in a browser, it is an instance of this module, and of no other.
 */
export function thisHolder(): Holder {
  return thisThread()
}
