/** Whether the bytes from `start` up to `end` are well-formed UTF-8 (Unicode 15, table 3-7). Makes nothing. */
export function isUtf8At(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  for (;;) {
    // Eight at once: most text is ASCII.
    while (
      at + 8 <= end &&
      (bytes[at]! |
        bytes[at + 1]! |
        bytes[at + 2]! |
        bytes[at + 3]! |
        bytes[at + 4]! |
        bytes[at + 5]! |
        bytes[at + 6]! |
        bytes[at + 7]!) <
        0x80
    )
      at += 8
    while (at < end && bytes[at]! < 0x80) at += 1
    if (at >= end) return true
    const length = sequenceAt(bytes, at, end)
    if (length === 0) return false
    at += length
  }
}

/** How many bytes the character that begins at a place takes; 0 where none does. Its first byte is not ASCII. */
function sequenceAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (at + length > end) return 0
  const second = bytes[at + 1]!
  // Neither a longer form than needed, nor a surrogate, nor beyond the last character.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let i = 2; i < length; i += 1) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0
  return length
}
