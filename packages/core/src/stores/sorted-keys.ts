import type { Digest } from '../digest/address.ts'
import { digitValue } from '../digest/hex.ts'

/** Keys are sorted in so many parts, by their first byte: to sort a million at once would stop everything for a second. */
const PARTS = 256

interface Part {
  /** Never changed, so that a listing may go on with it. */
  sorted: readonly Digest[]
  added: Digest[]
  /** Keys in it that went, some perhaps to come again. */
  gone: number
}

/** Keys that come and go, and are listed in order. */
export class SortedKeys {
  #parts: (Part | undefined)[] = []

  /** Takes a key that is not there. */
  add(key: Digest): void {
    const at = partOf(key)
    const part = this.#parts[at]
    if (part === undefined) this.#parts[at] = { sorted: [], added: [key], gone: 0 }
    else part.added.push(key)
  }

  /** Takes note that a key went. `isThere` tells the others. */
  remove(key: Digest, isThere: (key: Digest) => boolean): void {
    const part = this.#parts[partOf(key)]
    if (part === undefined) return
    part.gone += 1
    // So those that went are never more than those that are there, and some.
    if (part.gone > 16 && part.gone * 2 > part.sorted.length + part.added.length) sort(part, isThere)
  }

  clear(): void {
    this.#parts = []
  }

  /** The keys from `from` on, which may be the beginning of one. */
  *from(from: string, isThere: (key: Digest) => boolean): Iterable<Digest> {
    for (let at = from === '' ? 0 : partOf(from.padEnd(2, '0')); at < PARTS; at += 1) {
      const part = this.#parts[at]
      if (part === undefined) continue
      if (part.added.length > 0 || part.gone > 0) sort(part, isThere)
      const { sorted } = part
      for (let i = lowerBound(sorted, from); i < sorted.length; i += 1) yield sorted[i]!
    }
  }
}

function sort(part: Part, isThere: (key: Digest) => boolean): void {
  const all = [...part.sorted, ...part.added].filter(isThere).sort()
  // What went and came again was added twice.
  part.sorted = all.filter((key, i) => key !== all[i - 1])
  part.added = []
  part.gone = 0
}

/** Of lower-case hex digits; of any other text some part, for nothing begins with it. */
function partOf(key: string): number {
  return ((digitValue(key.charCodeAt(0)) << 4) | digitValue(key.charCodeAt(1))) & (PARTS - 1)
}

/** Index of the first key that is not below `bound`. */
function lowerBound(keys: readonly string[], bound: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as string) < bound) low = middle + 1
    else high = middle
  }
  return low
}
