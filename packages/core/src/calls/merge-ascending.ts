import type { Digest } from '../digest/address.ts'
import type { Entry } from '../ports/backend.ts'

/** An entry, and the places of the sources that it came from. */
export interface Merged {
  readonly entry: Entry
  readonly found: readonly number[]
}

type Source = Iterable<Entry> | AsyncIterable<Entry>

/** Merges sources that ascend by key into one; what stands in several appears once. Left early, all of them are told. */
export async function* mergeAscending(sources: readonly Source[]): AsyncGenerator<Merged, void, undefined> {
  const iterators = sources.map(source =>
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
  )
  const heads: IteratorResult<Entry>[] = []
  try {
    for (const iterator of iterators) heads.push(await iterator.next())
    for (;;) {
      let least: Digest | undefined
      for (const head of heads)
        if (!head.done && (least === undefined || head.value.key < least)) least = head.value.key
      if (least === undefined) return
      const found = heads.flatMap((head, i) => (!head.done && head.value.key === least ? [i] : []))
      const { value } = heads[found[0]!]!
      yield { entry: value, found }
      for (const i of found) heads[i] = await iterators[i]!.next()
    }
  } finally {
    for (const [i, iterator] of iterators.entries()) if (!heads[i]?.done) await iterator.return?.()
  }
}
