/** Memory that stored forms are written into, and where small ones stay. */
import { bufferPrototype } from '#host'

const SIZE = 8192
/** Memory of its own for each form takes 300 ns. */
const LARGEST_SHARED = 2048
/** Up to so many bytes V8 keeps with the object that is a view of them, in half the time. */
const LARGEST_ON_HEAP = 64
const MOST_IDLE = 4
const LARGEST_IDLE = 1_048_576

/** What one form at a time is written into, from `used` on. */
export class Scratch {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** So many of the first bytes were given away. */
  used = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.view = new DataView(this.bytes.buffer)
  }

  /**
   * The bytes from `start` to `end`, for good. Where they are few they share their memory with others, as small Buffers
   * of Node do. Elsewhere they do not: IndexedDB and the like would clone all of that with each.
   */
  take(start: number, end: number): Uint8Array {
    const length = end - start
    if (
      length <= LARGEST_ON_HEAP ||
      length > LARGEST_SHARED ||
      this.bytes.length > SIZE ||
      bufferPrototype === undefined
    ) {
      return this.bytes.slice(start, end)
    }
    this.used = (end + 7) & ~7
    return new Uint8Array(this.bytes.buffer, start, length)
  }
}

const small: Scratch[] = []
const large: Scratch[] = []

/** To be given back when the form is finished. A new one for each takes 1 µs. */
export function borrowScratch(): Scratch {
  const idle = small.pop()
  // Without its bytes, if a store handed them over to another thread.
  return idle?.bytes.length === SIZE ? idle : new Scratch(SIZE)
}

/** A scratch with so much room instead of one that has less, of which the first bytes are kept. */
export function outgrow(scratch: Scratch, written: number, room: number): Scratch {
  const idle = large.pop()
  let size = scratch.bytes.length
  while (size < room) size *= 2
  const larger = idle !== undefined && idle.bytes.length >= size ? idle : new Scratch(size)
  larger.bytes.set(scratch.bytes.subarray(0, written))
  giveBack(scratch)
  return larger
}

export function giveBack(scratch: Scratch): void {
  const { length } = scratch.bytes
  if (length === SIZE) {
    if (small.length < MOST_IDLE && scratch.used <= SIZE - 2 * LARGEST_SHARED) small.push(scratch)
  } else if (large.length < MOST_IDLE && length <= LARGEST_IDLE) large.push(scratch)
}
