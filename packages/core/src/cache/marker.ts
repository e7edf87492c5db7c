import { type Digest, isDigest } from '../digest/address.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { pagesOf } from '../keys/walk.ts'
import { readHeaders } from '../values/headers.ts'
import { MarkSet } from './mark-set.ts'

/** Entries that are read at once. */
const BATCH = 512

/** Marks entries and all that they reach, reading headers only. */
export class Marker {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #marked: MarkSet
  readonly #progress: (done: number) => void

  /** @param inMemory - marks that are held in memory, where the store has room for more; `undefined`: as it is best */
  constructor(inside: Inside, turn: () => Promise<void>, progress: (done: number) => void, inMemory?: number) {
    this.#inside = inside
    this.#turn = turn
    this.#marked = new MarkSet(inside.store.values, inMemory)
    this.#progress = progress
  }

  /** Those of the entries that are not marked, in order. */
  async unmarked<T extends { readonly key: Digest }>(entries: readonly T[]): Promise<readonly T[]> {
    const missing = new Set(await this.#marked.missing(entries.map(({ key }) => key)))
    return entries.filter(({ key }) => missing.has(key))
  }

  /** Marks entries, and nothing that they reach. */
  async keep(keys: readonly Digest[]): Promise<void> {
    await this.#marked.add(keys)
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
    for await (const page of pagesOf(this.#inside.store.refs?.list() ?? [], BATCH)) {
      await this.#turn()
      await this.reach(page.flatMap(({ value }) => (isDigest(value) ? [value] : [])))
    }
  }

  async reach(roots: readonly Digest[]): Promise<void> {
    const { values } = this.#inside.store
    const waiting = await this.#marked.add(roots)
    while (waiting.length > 0) {
      await this.#turn()
      // The last ones first: so few wait, however many there are of one depth.
      const headers = await run(readHeaders(values, waiting.splice(-BATCH)))
      const links: Digest[] = []
      for (const header of headers) {
        if (typeof header === 'string') continue
        // A second form needs the first: its digest leads there.
        if (header.formOf !== undefined) links.push(header.formOf)
        for (const link of header.links) links.push(link)
      }
      for (const key of await this.#marked.add(links)) waiting.push(key)
      this.#progress(this.#marked.size)
    }
  }

  /** To be called when nobody asks any more what is marked. */
  async drop(): Promise<void> {
    await this.#marked.drop()
  }
}
