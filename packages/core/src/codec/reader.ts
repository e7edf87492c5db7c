/** Reads CBOR items from bytes that nothing is known of. Every read checks that the bytes are there. */
import { utf8 } from '#host'
import { RiposteError } from '../errors.ts'
import { asciiAt } from './ascii-at.ts'
import { Names } from './names.ts'
import { isUtf8At } from './utf8-at.ts'

/** Text up to this length is put together here if it is ASCII: 15 ns for 8 characters, where a call into the host takes 40. */
const SHORT = 28

const names = /* @__PURE__ */ new Names()

/** Eight bytes and the float that they are. A `DataView` of each payload would take 100 ns to make. */
const scratch = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8))

export class Reader {
  readonly bytes: Uint8Array
  at = 0
  /** Of the head read last: its major type, 0 to 7, and its argument. */
  major = 0
  argument = 0

  constructor(bytes: Uint8Array) {
    // A Buffer's `slice` and `subarray` give Buffers, which share memory and are another kind of value.
    this.bytes = bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  /** Reads a head. Simple values and floats are left to the caller, by `argument` 20 to 23 and 27. */
  head(): void {
    const initial = this.bytes[this.at]
    if (initial === undefined) throw this.damaged('it ends in the middle of an item')
    this.at += 1
    this.major = initial >> 5
    const info = initial & 31
    if (info < 24 || this.major === 7) this.argument = info
    else if (info === 24) this.argument = this.unsigned(1)
    else if (info === 25) this.argument = this.unsigned(2)
    else if (info === 26) this.argument = this.unsigned(4)
    else if (info === 27) {
      this.argument = this.unsigned(4) * 0x1_0000_0000 + this.unsigned(4)
      if (!Number.isSafeInteger(this.argument)) throw this.damaged('a number in a head is beyond the safe range')
    } else throw this.damaged('an item has no definite length')
  }

  float64(): number {
    const start = this.pass(8)
    scratch.setInt32(0, this.int32(start))
    scratch.setInt32(4, this.int32(start + 4))
    return scratch.getFloat64(0)
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const start = this.pass(length)
    return this.bytes.subarray(start, this.at)
  }

  skip(length: number): void {
    this.pass(length)
  }

  /** Goes past these bytes if they come next; says whether they do. */
  skipIf(expected: Uint8Array): boolean {
    const { bytes, at } = this
    const { length } = expected
    for (let i = 0; i < length; i += 1) if (bytes[at + i] !== expected[i]) return false
    this.at = at + length
    return true
  }

  text(length: number): string {
    const start = this.pass(length)
    if (length <= SHORT) {
      const text = asciiAt(this.bytes, start, this.at)
      if (text !== undefined) return text
    }
    return this.utf8(start)
  }

  /** As `text`, for what was probably read before. */
  name(length: number): string {
    const start = this.pass(length)
    return names.read(this.bytes, start, length) ?? this.utf8(start)
  }

  damaged(reason: string): RiposteError<'ERR_CORRUPT'> {
    return damagedAt(reason, this.at)
  }

  private utf8(start: number): string {
    const text = utf8(this.bytes, start, this.at)
    // A decoder puts the replacement character for what is not UTF-8; only then is a closer look needed.
    if (text.includes('\ufffd') && !isUtf8At(this.bytes, start, this.at)) throw this.damaged('text is not UTF-8')
    return text
  }

  private int32(at: number): number {
    const { bytes } = this
    return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!
  }

  private unsigned(count: number): number {
    const start = this.pass(count)
    let value = 0
    for (let at = start; at < this.at; at += 1) value = value * 256 + this.bytes[at]!
    return value
  }

  /** Goes past the next bytes; says where they began. */
  private pass(length: number): number {
    const start = this.at
    if (length > this.bytes.length - start) throw this.damaged('a length is beyond its end')
    this.at = start + length
    return start
  }
}

/** What is thrown for bytes that are no stored form: whose they are is not known here. */
export function damagedAt(reason: string, at: number): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `stored bytes cannot be read: ${reason}, at byte ${at}`, { key: '', reason })
}
