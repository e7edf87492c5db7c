const DIGITS: readonly string[] = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
)

function digitValue(code: number): number {
  return code < 58 ? code - 48 : code - 87
}

/** Writes the bytes that lower-case hex digits stand for into `target` at `offset`. */
export function writeHex(hex: string, target: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < hex.length; i += 2, at += 1) {
    target[at] = (digitValue(hex.charCodeAt(i)) << 4) | digitValue(hex.charCodeAt(i + 1))
  }
}

/** The bytes that an even number of lower-case hex digits stand for. */
export function fromHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2)
  writeHex(hex, bytes, 0)
  return bytes
}

/** `length` bytes of `bytes` from `offset` as lower-case hex digits. */
export function toHex(bytes: Uint8Array, offset = 0, length: number = bytes.length - offset): string {
  let text = ''
  for (let at = offset; at < offset + length; at += 1) text += DIGITS[bytes[at]!]
  return text
}
