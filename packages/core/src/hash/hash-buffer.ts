import { sha256Hex } from '#hash'

/** Bytes to write into and to hash from the first on. To make a view of them takes 100 ns, so those made are kept. */
export class HashBuffer {
  readonly bytes: Uint8Array
  readonly #views: Uint8Array[] = []

  /** @param size - each length up to it has a view in the end, of some 150 bytes */
  constructor(size: number) {
    this.bytes = new Uint8Array(size)
  }

  /** SHA-256 of the first `length` bytes, as lower-case hex digits. */
  hash(length: number): string {
    let view = this.#views[length]
    if (view === undefined) {
      view = this.bytes.subarray(0, length)
      this.#views[length] = view
    }
    return sha256Hex(view)
  }
}
