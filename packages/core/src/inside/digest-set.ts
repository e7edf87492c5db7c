import type { Digest } from '../digest/address.ts'
import { writeHex } from '../digest/hex.ts'

const KEY = 32
/** Keys in a page: 128 KiB. A page is never moved, so that growing copies slots only. */
const PAGE = 4096

/**
 * A set of digests in typed arrays, outside the heap that is searched for garbage: 41 bytes each, where a `Set` of the
 * same strings takes some 130. It only grows.
 */
export class DigestSet {
  /** For each slot, the place of its key from 1; 0 where it is free. */
  #slots = new Uint32Array(1024)
  readonly #pages: Uint8Array[] = []
  #size = 0
  readonly #key = new Uint8Array(KEY)

  get size(): number {
    return this.#size
  }

  has(digest: Digest): boolean {
    writeHex(digest, this.#key, 0)
    return this.#slots[this.#slotOf(this.#key, 0)] !== 0
  }

  /** Says whether it was not there before. */
  add(digest: Digest): boolean {
    writeHex(digest, this.#key, 0)
    const slot = this.#slotOf(this.#key, 0)
    if (this.#slots[slot] !== 0) return false
    const at = this.#size % PAGE
    if (at === 0) this.#pages.push(new Uint8Array(PAGE * KEY))
    this.#pages.at(-1)!.set(this.#key, at * KEY)
    this.#size += 1
    this.#slots[slot] = this.#size
    if (this.#size * 4 > this.#slots.length * 3) this.#grow()
    return true
  }

  /** The slot that holds the key, or where it would go. */
  #slotOf(bytes: Uint8Array, at: number): number {
    const mask = this.#slots.length - 1
    // A digest is spread evenly already.
    let slot = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) & mask
    for (;;) {
      const place = this.#slots[slot]!
      if (place === 0 || this.#isAt(place - 1, bytes, at)) return slot
      slot = (slot + 1) & mask
    }
  }

  #isAt(place: number, bytes: Uint8Array, at: number): boolean {
    const page = this.#pages[Math.floor(place / PAGE)]!
    const from = (place % PAGE) * KEY
    for (let i = 0; i < KEY; i += 1) if (page[from + i] !== bytes[at + i]) return false
    return true
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let place = 0; place < this.#size; place += 1) {
      this.#slots[this.#slotOf(this.#pages[Math.floor(place / PAGE)]!, (place % PAGE) * KEY)] = place + 1
    }
  }
}
