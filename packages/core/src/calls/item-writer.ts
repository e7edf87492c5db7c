import { MAJOR, SIMPLE } from '../digest/format.ts'
import { writeHead } from '../digest/head.ts'
import { writeHex } from '../digest/hex.ts'
import { textRoom, writeText } from '../digest/text.ts'

/** Room for the head of any item. */
const HEAD = 9

const FIRST_ROOM = 2048
const LARGEST_IDLE = 65_536
const NO_BYTES = /* @__PURE__ */ new Uint8Array(0)
/** The buffer of a writer that has finished. A new one for each takes 1 µs. */
let idle: Uint8Array | undefined

/** Writes the items of stored payloads one after another: arrays of known length, text, bytes, `undefined`. */
export class ItemWriter {
  #bytes: Uint8Array = idle ?? new Uint8Array(FIRST_ROOM)
  #length = 0

  constructor() {
    idle = undefined
  }

  /** The head of an array; its items follow. */
  array(length: number): void {
    this.#room(HEAD)
    this.#length = writeHead(MAJOR.array, length, this.#bytes, this.#length)
  }

  text(text: string): void {
    this.#room(textRoom(text.length))
    this.#length = writeText(text, this.#bytes, this.#length)
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.length + HEAD)
    this.#length = writeHead(MAJOR.bytes, bytes.length, this.#bytes, this.#length)
    this.#append(bytes)
  }

  /** The bytes that hex digits stand for. */
  hex(digits: string): void {
    const count = digits.length / 2
    this.#room(count + HEAD)
    this.#length = writeHead(MAJOR.bytes, count, this.#bytes, this.#length)
    writeHex(digits, this.#bytes, this.#length)
    this.#length += count
  }

  undefined(): void {
    this.#room(HEAD)
    this.#bytes[this.#length] = SIMPLE.undefined
    this.#length += 1
  }

  /** Integral where it is, as digests have it. */
  number(value: number): void {
    this.#room(HEAD)
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
      this.#length =
        value < 0
          ? writeHead(MAJOR.negative, -1 - value, this.#bytes, this.#length)
          : writeHead(MAJOR.unsigned, value, this.#bytes, this.#length)
      return
    }
    this.#bytes[this.#length] = SIMPLE.float64
    new DataView(this.#bytes.buffer).setFloat64(this.#length + 1, value)
    this.#length += 9
  }

  boolean(value: boolean): void {
    this.#room(HEAD)
    this.#bytes[this.#length] = value ? SIMPLE.true : SIMPLE.false
    this.#length += 1
  }

  /** An item that is written already. */
  item(payload: Uint8Array): void {
    this.#room(payload.length)
    this.#append(payload)
  }

  /** What was written. Nothing is written afterwards. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length)
    if (this.#bytes.length <= LARGEST_IDLE) idle = this.#bytes
    this.#bytes = NO_BYTES
    return written
  }

  #append(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count))
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
  }
}
