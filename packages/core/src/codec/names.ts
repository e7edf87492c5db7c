import { latin1 } from '#host'

const SLOTS = 512
/** Longer names are rare, and are made anew. */
const LONGEST = 32

interface Name {
  readonly text: string
  readonly bytes: Uint8Array
}

/**
 * Names of properties that were read lately: records of one kind have the same. To find one takes 12 ns; to make it
 * anew takes 40, and the engine then looks it up among all names it knows. A table of fixed size, in which the last
 * name to take a place has it.
 */
export class Names {
  readonly #slots: (Name | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)

  /** The text of `length` bytes, if all of them are ASCII; `undefined` where it is to be decoded otherwise. */
  read(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length === 0 || length > LONGEST) return undefined
    const end = start + length
    const slot = (length + bytes[start]! * 31 + bytes[start + (length >> 1)]! * 7 + bytes[end - 1]! * 131) & (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && isAt(known.bytes, bytes, start, length)) return known.text
    for (let at = start; at < end; at += 1) if (bytes[at]! > 127) return undefined
    const text = latin1(bytes, start, end)
    this.#slots[slot] = { text, bytes: new Uint8Array(bytes.subarray(start, end)) }
    return text
  }
}

function isAt(name: Uint8Array, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i += 1) if (name[i] !== bytes[start + i]) return false
  return true
}
