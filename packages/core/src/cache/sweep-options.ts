import { checkWorkOptions } from '../inside/work-options.ts'
import { shownValue } from '../shown-value.ts'
import type { SweepOptions } from './types.ts'

/** A day: longer than any writer takes from its first value to its record. */
export const DEFAULT_GRACE = 86_400_000

/** @throws {TypeError | RangeError} when an option is of the wrong type, or out of range */
export function checkSweepOptions(options: SweepOptions): void {
  checkWorkOptions(options, ['grace', 'dryRun'])
  const { grace, dryRun } = options
  if (grace !== undefined && typeof grace !== 'number') {
    throw new TypeError(`expected grace as a number of milliseconds; got ${shownValue(grace)}`)
  }
  if (grace !== undefined && !(grace >= 0)) throw new RangeError(`expected grace from 0 up; got ${grace}`)
  if (dryRun !== undefined && typeof dryRun !== 'boolean') {
    throw new TypeError(`expected dryRun as true or false; got ${shownValue(dryRun)}`)
  }
}
