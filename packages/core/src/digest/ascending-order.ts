/**
 * The indices of the pieces that begin at `begin` and end at `ends`, ascending by their bytes as RFC 8949 §4.2.1 orders
 * the keys of a map; `undefined` where the pieces ascend as they are.
 */
// Bytes are compared where they lie: a Map of 1,000 took 30 % longer with a string made of each piece. To sort numbers
// made of the next four bytes and the index is 5 to 20 % faster alone, and takes a hundred lines.
export function ascendingOrder(bytes: Uint8Array, begin: number, ends: readonly number[]): number[] | undefined {
  const compare = (a: number, b: number): number => {
    const startOfA = a === 0 ? begin : ends[a - 1]!
    const startOfB = b === 0 ? begin : ends[b - 1]!
    const lengthOfA = ends[a]! - startOfA
    const lengthOfB = ends[b]! - startOfB
    const shared = Math.min(lengthOfA, lengthOfB)
    for (let i = 0; i < shared; i += 1) {
      const difference = bytes[startOfA + i]! - bytes[startOfB + i]!
      if (difference !== 0) return difference
    }
    return lengthOfA - lengthOfB
  }
  let ascending = 1
  while (ascending < ends.length && compare(ascending - 1, ascending) <= 0) ascending += 1
  return ascending >= ends.length ? undefined : ends.map((_, i) => i).sort(compare)
}
