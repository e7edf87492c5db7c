/** Slots that are tried for one key. Bytes chosen to collide would otherwise take quadratic time. */
const MOST_TRIES = 64

/**
 * Where the keys of one large object stand, to find the one that stands twice: 12 to 24 bytes a key outside the heap,
 * where an object with as many properties takes 100 in it.
 */
// Members are `private` where others have `#names`, for the reason that the digest's `Output` gives.
export class KeyOffsets {
  private readonly bytes: Uint8Array
  /** Two for each: where a key begins, plus one, and its hash. */
  private readonly slots: Uint32Array
  private readonly mask: number

  /** @param count - how many keys there are at most */
  constructor(bytes: Uint8Array, count: number) {
    const size = 2 ** Math.ceil(Math.log2(count * 1.5))
    this.bytes = bytes
    this.slots = new Uint32Array(size * 2)
    this.mask = size - 1
  }

  /**
   * Takes note of the key that stands from `start` up to `end`, its head with it; false where the same bytes stood
   * before. One that finds no slot soon is let pass: it is met again when its object is built.
   */
  add(start: number, end: number): boolean {
    const slots = this.slots
    const hash = this.hash(start, end)
    let slot = hash & this.mask
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const other = slots[slot * 2]!
      if (other === 0) {
        slots[slot * 2] = start + 1
        slots[slot * 2 + 1] = hash
        return true
      }
      if (slots[slot * 2 + 1] === hash && this.same(other - 1, start, end)) return false
      slot = (slot + 1) & this.mask
    }
    return true
  }

  /** FNV-1a with a last mixing, for it is the low bits that choose the slot. */
  private hash(start: number, end: number): number {
    const bytes = this.bytes
    let hash = 0x811c9dc5
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193)
    return (hash ^ (hash >>> 15)) >>> 0
  }

  private same(other: number, start: number, end: number): boolean {
    const bytes = this.bytes
    for (let at = start; at < end; at += 1) if (bytes[other + at - start] !== bytes[at]) return false
    return true
  }
}
