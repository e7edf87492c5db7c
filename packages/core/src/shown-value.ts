import { describe } from './digest/kinds.ts'

/** Characters of a string that are shown. */
const WIDTH = 60

/** What came in the place of what was expected, for a message. Runs nothing of the value's own. */
export function shownValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > WIDTH ? `${value.slice(0, WIDTH)}…` : value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function' || (typeof value === 'object' && value !== null)) {
    const described = describe(value)
    return described === '[object Object]' ? 'an object' : described
  }
  return Object.is(value, -0) ? '-0' : String(value)
}
