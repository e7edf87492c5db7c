import { INSPECT } from '#host'

/** Has `console.log` and `String` show an object as a text. Not enumerable: it is compared and taken apart as if it were not there. */
export function shownAs<T extends object>(object: T, text: () => string): T {
  const shown = { value: text }
  return Object.defineProperties(object, { [INSPECT]: shown, toString: shown })
}
