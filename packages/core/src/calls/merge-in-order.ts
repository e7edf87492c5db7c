import { compareInOrder } from '../matching/find-order.ts'
import type { FindOrder, FoundEntry } from '../ports/call-index.ts'

/** An entry, and the places of the sources that it came from. */
export interface Merged {
  readonly entry: FoundEntry
  readonly found: readonly number[]
}

/** Merges sources of one order into one; what stands in several appears once. Left early, all of them are told. */
export async function* mergeInOrder(
  sources: readonly AsyncIterable<FoundEntry>[],
  order: FindOrder | undefined,
): AsyncGenerator<Merged, void, undefined> {
  const iterators = sources.map(source => source[Symbol.asyncIterator]())
  const heads: IteratorResult<FoundEntry>[] = []
  try {
    for (const iterator of iterators) heads.push(await iterator.next())
    for (;;) {
      let first: FoundEntry | undefined
      for (const head of heads) {
        if (!head.done && (first === undefined || compare(head.value, first) < 0)) first = head.value
      }
      if (first === undefined) return
      const entry = first
      const found = heads.flatMap((head, i) => (!head.done && compare(head.value, entry) === 0 ? [i] : []))
      yield { entry, found }
      for (const i of found) heads[i] = await iterators[i]!.next()
    }
  } finally {
    for (const [i, iterator] of iterators.entries()) if (!heads[i]?.done) await iterator.return?.()
  }

  function compare(a: FoundEntry, b: FoundEntry): number {
    return compareInOrder(a, b, order)
  }
}
