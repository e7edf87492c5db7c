import { inspectShort } from '#host'

/** Characters that a value may take where it is shown. */
const WIDTH = 60

/** A value in one line, for people; `undefined` where that would be long. Runs nothing of the value's own. */
export function shownSmall(value: unknown): string | undefined {
  const text = typeof value === 'string' && value.length <= WIDTH ? JSON.stringify(value) : inspectShort(value, WIDTH)
  return text.length <= WIDTH && !text.includes('\n') ? text : undefined
}

/** What came, in the message of an error: the value where it is small, else what kind of value it is. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`
  const small = shownSmall(value)
  if (small !== undefined) return small
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (typeof value === 'string') return `a string of ${value.length} characters`
  return `a large ${(typeof value === 'object' && value !== null && classNameOf(value)) || typeof value}`
}

/** The class that an object says it is of; `undefined` for none but `Object`. */
function classNameOf(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  const type: unknown = Object.getOwnPropertyDescriptor(Object(prototype), 'constructor')?.value
  const name: unknown = typeof type === 'function' && type !== Object ? type.name : undefined
  return typeof name === 'string' ? name : undefined
}
