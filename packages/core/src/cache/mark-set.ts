import type { Digest } from '../digest/address.ts'
import { DigestSet } from '../inside/digest-set.ts'
import type { Backend } from '../ports/backend.ts'
import { isMarking, type MarkingBackend, type Marks } from '../ports/tidying.ts'

/** Digests that are held in memory, where the store has room for more: some 5 MB. In a table each takes ten times as long. */
const NEAR = 100_000

/** Digests that the store is told at once. */
const BATCH = 512

/** A set of digests that only grows: up to a number in memory, the rest where the store keeps it, if it can. */
export class MarkSet {
  readonly #near = new DigestSet()
  readonly #atMost: number
  readonly #marking: MarkingBackend | undefined
  #far: Marks | undefined
  #farSize = 0

  constructor(backend: Backend, atMost: number = NEAR) {
    this.#atMost = atMost
    this.#marking = isMarking(backend) ? backend : undefined
  }

  get size(): number {
    return this.#near.size + this.#farSize
  }

  /** Returns those that were not there, each once. */
  async add(keys: readonly Digest[]): Promise<Digest[]> {
    const fresh: Digest[] = []
    const beyond: Digest[] = []
    for (const key of keys) {
      if (this.#marking === undefined || this.#near.size < this.#atMost) {
        if (this.#near.add(key)) fresh.push(key)
      } else if (!this.#near.has(key)) beyond.push(key)
    }
    if (this.#marking === undefined || beyond.length === 0) return fresh
    this.#far ??= this.#marking.marks()
    for (let at = 0; at < beyond.length; at += BATCH) {
      const batch = beyond.slice(at, at + BATCH)
      const isNew = await this.#far.add(batch)
      const added = batch.filter((_, i) => isNew[i])
      this.#farSize += added.length
      for (const key of added) fresh.push(key)
    }
    return fresh
  }

  /** Those that are not there, in order. */
  async missing(keys: readonly Digest[]): Promise<readonly Digest[]> {
    const beyond = keys.filter(key => !this.#near.has(key))
    const isThere = beyond.length === 0 ? undefined : await this.#far?.has(beyond)
    return isThere === undefined ? beyond : beyond.filter((_, i) => !isThere[i])
  }

  /** To be called when nobody needs the set any more. */
  async drop(): Promise<void> {
    await this.#far?.drop()
  }
}
