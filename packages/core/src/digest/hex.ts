import { hex } from '#host'

/** Writes the bytes that lower-case hex digits stand for into `target` at `offset`. */
export function writeHex(digits: string, target: Uint8Array, offset: number): void {
  for (let i = 0, at = offset; i < digits.length; i += 2, at += 1) {
    target[at] = (digitValue(digits.charCodeAt(i)) << 4) | digitValue(digits.charCodeAt(i + 1))
  }
}

/**
 * What a lower-case hex digit stands for, by its code. Without a branch, since nothing foretells whether it is a letter: the
 * lower bits, and 9 more for a letter.
 */
export function digitValue(code: number): number {
  return (code & 15) + 9 * (code >> 6)
}

/** The bytes that an even number of lower-case hex digits stand for. */
export function fromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length / 2)
  writeHex(digits, bytes, 0)
  return bytes
}

/** `length` bytes of `bytes` from `offset` as lower-case hex digits. */
export function toHex(bytes: Uint8Array, offset = 0, length: number = bytes.length - offset): string {
  return hex(bytes, offset, offset + length)
}
