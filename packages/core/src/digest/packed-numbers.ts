/** Arrays of numbers, whose encoding is binary. */
import { littleEndianBytes } from './little-endian.ts'

const FIRST_ROOM = 64
/** Room for more numbers than this is not kept. */
const MOST_KEPT = 131_072

export class PackedNumbers {
  #room = new Float64Array(FIRST_ROOM)

  /** The elements of an array as bytes, if all are numbers other than NaN. The next call overwrites them. */
  of(value: readonly unknown[]): Uint8Array | undefined {
    const { length } = value
    let room = this.#room
    for (let i = 0; i < length; i += 1) {
      const number = value[i]
      if (typeof number !== 'number' || Number.isNaN(number)) return undefined
      if (i === room.length) {
        const more = new Float64Array(2 * i)
        more.set(room)
        room = more
        if (more.length <= MOST_KEPT) this.#room = more
      }
      room[i] = number
    }
    return littleEndianBytes(room.subarray(0, length))
  }
}
