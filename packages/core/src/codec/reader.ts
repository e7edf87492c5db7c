/** Reads CBOR items from bytes that nothing is known of. Every read checks that the bytes are there. */
import { utf8 } from '#host'
import { RiposteError } from '../errors.ts'

export class Reader {
  readonly bytes: Uint8Array
  at = 0
  readonly #view: DataView
  /** Of the head read last: its major type, 0 to 7, and its argument. */
  major = 0
  argument = 0

  constructor(bytes: Uint8Array) {
    // A Buffer's `slice` and `subarray` give Buffers, which share memory and are another kind of value.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Reads a head. Simple values and floats are left to the caller, by `argument` 20 to 23 and 27. */
  head(): void {
    const initial = this.bytes[this.at]
    if (initial === undefined) throw this.damaged('it ends in the middle of an item')
    this.at += 1
    this.major = initial >> 5
    const info = initial & 31
    if (this.major === 7 || info < 24) {
      this.argument = info
      return
    }
    const start = this.at
    switch (info) {
      case 24:
        this.#need(1)
        this.argument = this.bytes[start]!
        break
      case 25:
        this.#need(2)
        this.argument = this.#view.getUint16(start)
        break
      case 26:
        this.#need(4)
        this.argument = this.#view.getUint32(start)
        break
      case 27:
        this.#need(8)
        this.argument = this.#view.getUint32(start) * 0x1_0000_0000 + this.#view.getUint32(start + 4)
        if (!Number.isSafeInteger(this.argument)) throw this.damaged('a number in a head is beyond the safe range')
        break
      default:
        throw this.damaged('an item has no definite length')
    }
  }

  /** The float whose eight bytes were taken last. */
  float64(): number {
    return this.#view.getFloat64(this.at - 8)
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw this.damaged('a length is beyond its end')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  text(length: number): string {
    const start = this.at
    if (length > this.bytes.length - start) throw this.damaged('a length is beyond its end')
    this.at += length
    // Short ASCII without a call into the host: 1.5 times faster for property names and words.
    if (length < 24) {
      let text = ''
      let i = start
      for (; i < this.at; i += 1) {
        const code = this.bytes[i]!
        if (code > 127) break
        text += String.fromCharCode(code)
      }
      if (i === this.at) return text
    }
    const text = utf8(this.bytes, start, this.at)
    // A decoder puts the replacement character for what is not UTF-8; only then is a closer look needed.
    if (text.includes('\ufffd') && !isUtf8(this.bytes.subarray(start, this.at))) throw this.damaged('text is not UTF-8')
    return text
  }

  damaged(reason: string): RiposteError<'ERR_CORRUPT'> {
    return new RiposteError('ERR_CORRUPT', `stored bytes cannot be read: ${reason}, at byte ${this.at}`, {
      key: '',
      reason,
    })
  }

  #need(count: number): void {
    this.at += count
    if (this.at > this.bytes.length) throw this.damaged('it ends in the middle of an item')
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    // A fatal decoder throws at the first bad byte: that is the answer.
    return false
  }
}
