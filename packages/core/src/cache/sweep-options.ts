import type { SweepOptions } from './types.ts'

/** A day: longer than any writer takes from its first value to its record. */
export const DEFAULT_GRACE = 86_400_000

/** @throws {TypeError | RangeError} when an option is of the wrong type, or out of range */
export function checkSweepOptions({ grace, onProgress, signal }: SweepOptions): void {
  if (grace !== undefined && typeof grace !== 'number') {
    throw new TypeError(`expected grace as a number of milliseconds; got ${typeof grace}`)
  }
  if (grace !== undefined && !(grace >= 0)) throw new RangeError(`expected grace from 0 up; got ${grace}`)
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`expected onProgress as a function; got ${typeof onProgress}`)
  }
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw new TypeError('expected signal as an AbortSignal')
  }
}
