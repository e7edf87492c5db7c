import type { Digest } from '../digest/address.ts'
import { toHex, writeHex } from '../digest/hex.ts'
import type { EntryInfo } from '../ports/backend.ts'

const KEY = 32
const PAGE = 4096

interface Page {
  readonly keys: Uint8Array
  readonly sizes: Float64Array
  readonly touched: Float64Array
}

/** A list of entries in typed arrays: 48 bytes each, where objects with keys as strings take some 170. */
export class EntryList {
  readonly #pages: Page[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  push({ key, size, touched }: EntryInfo): void {
    const at = this.#length % PAGE
    if (at === 0) {
      this.#pages.push({
        keys: new Uint8Array(PAGE * KEY),
        sizes: new Float64Array(PAGE),
        touched: new Float64Array(PAGE),
      })
    }
    const page = this.#pages.at(-1)!
    writeHex(key, page.keys, at * KEY)
    page.sizes[at] = size
    page.touched[at] = touched
    this.#length += 1
  }

  slice(from: number, to: number): EntryInfo[] {
    const entries: EntryInfo[] = []
    for (let i = from; i < Math.min(to, this.#length); i += 1) {
      const { keys, sizes, touched } = this.#pages[Math.floor(i / PAGE)]!
      const at = i % PAGE
      // The bytes were written from a digest.
      entries.push({ key: toHex(keys, at * KEY, KEY) as Digest, size: sizes[at]!, touched: touched[at]! })
    }
    return entries
  }
}
