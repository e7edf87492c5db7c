/** Where Node and other hosts look for how an object is shown. */
export const INSPECT: unique symbol = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom')

/** Digits that are enough to tell digests apart by eye, and to load by. */
const SHORT = 12

/** The first digits of a digest. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, SHORT)}…`
}

/** Has `console.log` and `String` show an object as a text. Not enumerable: it is compared and taken apart as if it were not there. */
export function shownAs<T extends object>(object: T, text: () => string): T {
  const shown = { value: text }
  return Object.defineProperties(object, { [INSPECT]: shown, toString: shown })
}
