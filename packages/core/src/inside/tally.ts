/** How often the calls of a function were answered. Counted on: whoever looks calls up increments them. */
export interface Tally {
  hits: number
  misses: number
}

export interface FunctionTally extends Readonly<Tally> {
  readonly namespace: string
  readonly name: string
}

/**
 * Hits and misses of each function, as one cache object saw them since it was made. They are kept nowhere: a number in
 * the store would make of every hit a write, and a hit that this process remembers costs less than any write.
 */
export class Tallies {
  // Names are a user's, so they are no property names, and none is joined to another.
  readonly #of = new Map<string, Map<string, Tally>>()

  /** The counter of a function: always the same object. */
  of({ namespace, name }: { readonly namespace: string; readonly name: string }): Tally {
    const names = this.#of.get(namespace) ?? new Map<string, Tally>()
    const tally = names.get(name) ?? { hits: 0, misses: 0 }
    this.#of.set(namespace, names.set(name, tally))
    return tally
  }

  /** The functions that were looked up at all. */
  *[Symbol.iterator](): Generator<FunctionTally, void, undefined> {
    for (const [namespace, names] of this.#of) {
      for (const [name, { hits, misses }] of names) {
        if (hits > 0 || misses > 0) yield { namespace, name, hits, misses }
      }
    }
  }
}
