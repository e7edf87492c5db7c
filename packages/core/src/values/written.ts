import { sameSeal } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import type { Entry } from '../ports/backend.ts'
import type { SealedValue } from './sealed-value.ts'

/** The entries of several values as one batch, each key once, and what a put of them found. */
export class WrittenBatch {
  readonly entries: readonly Entry[]
  readonly #byKey = new Map<Digest, { readonly entry: Entry; stayed: Uint8Array | undefined }>()

  constructor(values: readonly SealedValue[]) {
    for (const { entries } of values) {
      for (const entry of entries) {
        if (!this.#byKey.has(entry.key)) this.#byKey.set(entry.key, { entry, stayed: undefined })
      }
    }
    this.entries = Array.from(this.#byKey.values(), ({ entry }) => entry)
  }

  /** Takes note of what `put` or `commit` returned for `entries`. */
  record(stayed: readonly (Uint8Array | undefined)[]): void {
    this.entries.forEach(({ key }, i) => {
      this.#byKey.get(key)!.stayed = stayed[i]
    })
  }

  /** Whether the entry stands as it was given: written by this batch, or there before. */
  stands(entry: Entry): boolean {
    const slot = this.#byKey.get(entry.key)!
    if (slot.stayed !== undefined) return sameSeal(slot.stayed, entry.bytes)
    return slot.entry === entry || sameSeal(slot.entry.bytes, entry.bytes)
  }

  /** Whether this batch wrote what stands under the key. */
  wrote(key: Digest): boolean {
    return this.#byKey.get(key)!.stayed === undefined
  }
}
