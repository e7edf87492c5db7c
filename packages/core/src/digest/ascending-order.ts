/** The order of pieces by their bytes, as RFC 8949 §4.2.1 orders the keys of a map. */
import { isLittleEndian } from './little-endian.ts'
import type { Written } from './output.ts'

/** So few pieces are compared with one another, and so are those that begin with so many equal bytes. */
const FEW = 16
const ALIKE = 64

/** Where the lower half of a 64-bit number lies, and the upper. */
const LOW = /* @__PURE__ */ (() => (isLittleEndian ? 0 : 1))()
const HIGH = /* @__PURE__ */ (() => (isLittleEndian ? 1 : 0))()

/**
 * The indices of the pieces that begin at `begin` and end at `ends`, ascending by their bytes; `undefined` where the
 * pieces ascend as they are. No piece may be the beginning of another, as encodings never are.
 */
export function ascendingOrder(
  { bytes, view }: Written,
  begin: number,
  ends: readonly number[],
): readonly number[] | undefined {
  const compare = (a: number, b: number): number => {
    const startOfA = a === 0 ? begin : ends[a - 1]!
    const startOfB = b === 0 ? begin : ends[b - 1]!
    const shared = Math.min(ends[a]! - startOfA, ends[b]! - startOfB)
    for (let i = 0; i < shared; i += 1) {
      const difference = bytes[startOfA + i]! - bytes[startOfB + i]!
      if (difference !== 0) return difference
    }
    return 0
  }
  let ascending = 1
  while (ascending < ends.length && compare(ascending - 1, ascending) <= 0) ascending += 1
  if (ascending >= ends.length) return undefined

  const order = ends.map((_, i) => i)
  sortFrom(0, order.length, 0)
  return order

  /** Sorts what stands from `from` to `to`, whose first `depth` bytes are equal. */
  // The four bytes that come then, with the index below them, are numbers that the engine sorts by itself: an object of
  // 1,000 keys takes 0.64 of the time that it took with `compare` alone, a Map of 1,000 entries 0.58.
  function sortFrom(from: number, to: number, depth: number): void {
    const count = to - from
    if (count <= FEW || depth >= ALIKE) {
      const sorted = order.slice(from, to).sort(compare)
      for (let i = 0; i < count; i += 1) order[from + i] = sorted[i]!
      return
    }
    const halves = new Uint32Array(2 * count)
    for (let i = 0; i < count; i += 1) {
      const piece = order[from + i]!
      const at = (piece === 0 ? begin : ends[piece - 1]!) + depth
      halves[2 * i + LOW] = piece
      // What lies beyond the end of a piece decides between equal ones only.
      halves[2 * i + HIGH] = at < ends[piece]! ? view.getUint32(at) : 0
    }
    new BigUint64Array(halves.buffer).sort()
    let first = 0
    for (let i = 0; i <= count; i += 1) {
      if (i < count) order[from + i] = halves[2 * i + LOW]!
      if (i < count && halves[2 * i + HIGH] === halves[2 * first + HIGH]) continue
      if (i - first > 1) sortFrom(from + first, from + i, depth + 4)
      first = i
    }
  }
}
