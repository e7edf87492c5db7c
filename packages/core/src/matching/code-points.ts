/**
 * Compares strings by code point, which is also the order of their UTF-8 bytes. `<` goes by UTF-16 units and
 * puts U+10000 and above before U+E000.
 *
 * @returns a number below, at or above zero, as `sort` wants it
 */
export function compareCodePoints(a: string, b: string): number {
  let i = 0
  while (i < a.length && i < b.length) {
    // Both are within bounds, so there is a code point at i.
    const x = a.codePointAt(i) as number
    const y = b.codePointAt(i) as number
    if (x !== y) return x - y
    i += x > 0xffff ? 2 : 1
  }
  return a.length - b.length
}
