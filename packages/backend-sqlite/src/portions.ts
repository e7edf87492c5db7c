/** Rows that one transaction writes at most, so that other processes get their turn in between. */
const ROWS = 1000

/** The same of removals, of which the more on one page the better: some 30 ms. */
export const REMOVALS = 4096

/** Bytes after which a transaction ends, so that the log stays small. */
const BYTES = 16 * 2 ** 20

/** Cuts a batch, in order, into what one transaction should write. */
export function* portions<T>(
  items: readonly T[],
  sizeOf: (item: T) => number = () => 0,
  rows: number = ROWS,
): Iterable<readonly T[]> {
  let start = 0
  let bytes = 0
  for (const [i, item] of items.entries()) {
    bytes += sizeOf(item)
    if (i + 1 - start < rows && bytes < BYTES) continue
    yield items.slice(start, i + 1)
    start = i + 1
    bytes = 0
  }
  if (start < items.length) yield items.slice(start)
}
