import { type Digest, isDigest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import { readHeaders } from '../values/headers.ts'
import { DigestSet } from './digest-set.ts'
import type { Inside } from './inside.ts'

/** Entries that are read at once. */
const BATCH = 512

/** Marks entries and all that they reach, reading headers only. */
export class Marker {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #marked = new DigestSet()
  readonly #progress: (done: number) => void

  constructor(inside: Inside, turn: () => Promise<void>, progress: (done: number) => void) {
    this.#inside = inside
    this.#turn = turn
    this.#progress = progress
  }

  has(key: Digest): boolean {
    return this.#marked.has(key)
  }

  /** Marks what call records need. */
  async markRecords(): Promise<void> {
    const { calls } = this.#inside.store
    for await (const page of pagesOf(calls.list(), BATCH)) {
      await this.#turn()
      const keys = page.map(({ key }) => key)
      const headers = await run(readHeaders(calls, keys))
      await this.reach(headers.flatMap(header => (typeof header === 'string' ? [] : header.links)))
    }
  }

  /** Marks what named refs, pins among them, hold. */
  async markRefs(): Promise<void> {
    for await (const { value } of this.#inside.store.refs?.list() ?? []) {
      if (isDigest(value)) await this.reach([value])
    }
  }

  async reach(roots: readonly Digest[]): Promise<void> {
    const { values } = this.#inside.store
    let level = this.#fresh(roots)
    while (level.length > 0) {
      const next: Digest[] = []
      for (let at = 0; at < level.length; at += BATCH) {
        await this.#turn()
        const headers = await run(readHeaders(values, level.slice(at, at + BATCH)))
        for (const header of headers) {
          if (typeof header === 'string') continue
          // A second form needs the first: its digest leads there.
          next.push(...this.#fresh(header.formOf === undefined ? header.links : [header.formOf, ...header.links]))
        }
      }
      this.#progress(this.#marked.size)
      level = next
    }
  }

  #fresh(keys: readonly Digest[]): Digest[] {
    return keys.filter(key => this.#marked.add(key))
  }
}
