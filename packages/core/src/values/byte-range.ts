import { checkOptionNames } from '../option-names.ts'
import { shownValue } from '../shown-value.ts'

/** Which bytes: from `start` (0 unless given) up to, not including, `end` (the end unless given), as `slice` has it for numbers from 0 up. */
export interface ByteRange {
  readonly start?: number
  readonly end?: number
}

/** @throws {TypeError | RangeError} when it is no range */
export function checkRange(range: ByteRange): void {
  checkOptionNames(range, ['start', 'end'])
  for (const name of ['start', 'end'] as const) {
    const value = range[name]
    if (value === undefined) continue
    if (typeof value !== 'number')
      throw new TypeError(`expected ${name} as a number of bytes; got ${shownValue(value)}`)
    if (!(value >= 0) || (value !== Number.POSITIVE_INFINITY && !Number.isSafeInteger(value))) {
      throw new RangeError(`expected ${name} as a whole number from 0; got ${value}`)
    }
  }
}
