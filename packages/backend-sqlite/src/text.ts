/**
 * Strings as bytes that sort by code point and lose nothing: UTF-8, with a lone surrogate as the three bytes its
 * number would take (WTF-8). As TEXT an engine would be given U+FFFD in its place, and two strings would be one.
 *
 * @see https://simonsapin.github.io/wtf-8/
 */
export function blobOfText(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return Buffer.from(text)
  const parts: Uint8Array[] = []
  for (const character of text) {
    const unit = character.charCodeAt(0)
    parts.push(
      LONE_SURROGATE.test(character)
        ? Uint8Array.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f))
        : Buffer.from(character),
    )
  }
  return Buffer.concat(parts)
}

/** A string that is only compared for equality: as TEXT, which people can read, wherever that keeps it whole. */
export function storedText(text: string): string | Uint8Array {
  return LONE_SURROGATE.test(text) ? blobOfText(text) : text
}

/** The string that `storedText` stored. */
export function textOfStored(stored: string | Uint8Array): string {
  return typeof stored === 'string' ? stored : textOfBlob(stored)
}

/** The string that `blobOfText` made these bytes of. */
export function textOfBlob(blob: Uint8Array): string {
  const bytes = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength)
  let text = ''
  let start = 0
  // 0xED begins what takes three bytes from U+D000 to U+DFFF, surrogates among it, and is never a later byte.
  for (let at = bytes.indexOf(0xed); at !== -1; at = bytes.indexOf(0xed, at + 3)) {
    const [second = 0, third = 0] = bytes.subarray(at + 1, at + 3)
    text += bytes.toString('utf8', start, at) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    start = at + 3
  }
  return text + bytes.toString('utf8', start)
}

/** With the flag `u` a pair of surrogates is one character, which is none. */
const LONE_SURROGATE = /\p{Surrogate}/u
