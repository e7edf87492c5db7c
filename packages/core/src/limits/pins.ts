/** What the named refs of a store keep. */
export class Pins {
  readonly #values = new Map<string, string>()
  readonly #counts = new Map<string, number>()

  has(digest: string): boolean {
    return this.#counts.has(digest)
  }

  /** Whether these names, and no others, hold these values. */
  areThese(names: ReadonlyMap<string, string>): boolean {
    if (names.size !== this.#values.size) return false
    for (const [name, value] of names) if (this.#values.get(name) !== value) return false
    return true
  }

  /** A name now holds this. */
  set(name: string, value: string | undefined): void {
    const before = this.#values.get(name)
    if (before !== undefined) this.#count(before, -1)
    if (value === undefined) this.#values.delete(name)
    else {
      this.#values.set(name, value)
      this.#count(value, 1)
    }
  }

  clear(): void {
    this.#values.clear()
    this.#counts.clear()
  }

  #count(value: string, by: 1 | -1): void {
    const count = (this.#counts.get(value) ?? 0) + by
    if (count > 0) this.#counts.set(value, count)
    else this.#counts.delete(value)
  }
}
