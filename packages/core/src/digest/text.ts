/** Strings in encodings: text where they are well-formed Unicode, else WTF-8 bytes under a tag; never lossy. */
import { MAJOR, TAG } from './format.ts'
import { headLength, writeHead } from './head.ts'

const encoder = /* @__PURE__ */ new TextEncoder()
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

/** Text of fewer UTF-16 units is below any link threshold. */
export const SHORT = 64

/** Bytes that are enough for any string of `length` UTF-16 units: three each, a tag and a head. */
export function textRoom(length: number): number {
  return length * 3 + 12
}

/** Writes a string; `target` has `textRoom` left. Returns where it ends. */
export function writeText(text: string, target: Uint8Array, at: number): number {
  const length = text.length
  // Short ASCII, the most common by far: a loop is 1.2 times faster than a call into the encoder.
  if (length < 40) {
    let end = at + (length < 24 ? 1 : 2)
    let i = 0
    for (; i < length; i += 1) {
      const code = text.charCodeAt(i)
      if (code > 127) break
      target[end] = code
      end += 1
    }
    if (i === length) {
      if (length < 24) target[at] = MAJOR.text | length
      else {
        target[at] = MAJOR.text | 24
        target[at + 1] = length
      }
      return end
    }
  }
  // Written as if every unit took one byte; moved where that was wrong.
  const guess = at + headLength(length)
  const { written } = encoder.encodeInto(text, target.subarray(guess))
  // A lone surrogate takes three bytes as its replacement does, so text of one byte a unit has none.
  if (written !== length && LONE_SURROGATE.test(text)) return writeWtf8(text, target, at)
  const start = at + headLength(written)
  if (start !== guess) target.copyWithin(start, guess, guess + written)
  writeHead(MAJOR.text, written, target, at)
  return start + written
}

/** The encoding of a string in bytes of its own. */
export function encodeText(text: string): Uint8Array {
  const room = new Uint8Array(textRoom(text.length))
  return room.slice(0, writeText(text, room, 0))
}

/** WTF-8 (Sapin, "The WTF-8 encoding", §4): UTF-8 that also writes lone surrogates, as three bytes. */
function writeWtf8(text: string, target: Uint8Array, at: number): number {
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0)!
    if (code < 0x80) bytes.push(code)
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63))
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    }
  }
  let end = writeHead(MAJOR.tag, TAG.wtf8, target, at)
  end = writeHead(MAJOR.bytes, bytes.length, target, end)
  target.set(bytes, end)
  return end + bytes.length
}
