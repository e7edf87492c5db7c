/** Initial bytes of CBOR items (RFC 8949 §3) in their shortest form, as §4.2.1 wants. */

const TWO_32 = 0x1_0000_0000

/** Bytes that the head of an item with this argument takes. */
export function headLength(argument: number): number {
  if (argument < 24) return 1
  if (argument < 0x100) return 2
  if (argument < 0x1_0000) return 3
  return argument < TWO_32 ? 5 : 9
}

/** Writes a head; `argument` is a whole number in the safe range. Returns where it ends. */
export function writeHead(major: number, argument: number, target: Uint8Array, at: number): number {
  if (argument < 24) {
    target[at] = major | argument
    return at + 1
  }
  if (argument < 0x100) {
    target[at] = major | 24
    target[at + 1] = argument
    return at + 2
  }
  if (argument < 0x1_0000) {
    target[at] = major | 25
    target[at + 1] = argument >> 8
    target[at + 2] = argument
    return at + 3
  }
  if (argument < TWO_32) {
    target[at] = major | 26
    return writeUint32(argument, target, at + 1)
  }
  target[at] = major | 27
  writeUint32(Math.floor(argument / TWO_32), target, at + 1)
  return writeUint32(argument % TWO_32, target, at + 5)
}

function writeUint32(value: number, target: Uint8Array, at: number): number {
  target[at] = value >>> 24
  target[at + 1] = value >>> 16
  target[at + 2] = value >>> 8
  target[at + 3] = value
  return at + 4
}
