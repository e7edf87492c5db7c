/** Characters that are made a string at once. */
const PIECE = 4096

/**
 * The string that WTF-8 bytes stand for (Sapin, "The WTF-8 encoding"); `undefined` where they are none: a character in
 * more bytes than it needs, or in two halves, is another text said twice.
 */
export function fromWtf8(bytes: Uint8Array): string | undefined {
  // Joined at the end: text grown character by character takes 32 bytes of memory for each.
  const pieces: string[] = []
  let codes: number[] = []
  let at = 0
  let before = 0
  const next = (): number => {
    const byte = bytes[at] ?? 0
    at += 1
    return (byte & 0xc0) === 0x80 ? byte & 63 : Number.NaN
  }
  while (at < bytes.length) {
    const first = bytes[at]!
    at += 1
    let code: number
    let least = 0
    if (first < 0x80) code = first
    else if (first >= 0xc2 && first < 0xe0) code = ((first & 31) << 6) + next()
    else if (first >= 0xe0 && first < 0xf0) {
      code = ((first & 15) << 12) + next() * 64 + next()
      least = 0x800
    } else if (first >= 0xf0 && first < 0xf5) {
      code = ((first & 7) << 18) + next() * 4096 + next() * 64 + next()
      least = 0x10000
    } else return undefined
    if (Number.isNaN(code) || code < least || code > 0x10ffff) return undefined
    if (isHalf(before, 0xd800) && isHalf(code, 0xdc00)) return undefined
    before = code
    codes.push(code)
    if (codes.length === PIECE) {
      pieces.push(String.fromCodePoint(...codes))
      codes = []
    }
  }
  pieces.push(String.fromCodePoint(...codes))
  return pieces.join('')
}

/** Whether a code is one of the 1,024 surrogates from `first` on. */
function isHalf(code: number, first: number): boolean {
  return (code & 0xfffffc00) === first
}
