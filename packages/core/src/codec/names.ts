import { asciiAt } from './ascii-at.ts'

const SLOTS = 1024
/** Longer names are rare, and are made anew. */
const LONGEST = 32

/**
 * Names of properties that were read lately: records of one kind have the same. To find one takes 12 ns; to make it
 * anew takes 30, and the engine then looks it up among all names it knows: 150. A table of fixed size, in which the last
 * name to take a place has it.
 */
export class Names {
  readonly #slots: (string | undefined)[] = new Array<undefined>(SLOTS).fill(undefined)

  /** The text of `length` bytes, which two heads stand before at least, if all of them are ASCII; `undefined` where it is to be decoded otherwise. */
  read(bytes: Uint8Array, start: number, length: number): string | undefined {
    if (length === 0 || length > LONGEST) return undefined
    const end = start + length
    // The last characters among them, lest names that are numbered push one another out of the same few places.
    const slot =
      (length +
        bytes[start]! * 31 +
        bytes[start + (length >> 1)]! * 7 +
        bytes[end - 1]! * 131 +
        bytes[end - 2]! * 37 +
        bytes[end - 3]! * 521) &
      (SLOTS - 1)
    const known = this.#slots[slot]
    if (known !== undefined && isAt(known, bytes, start, length)) return known
    const text = asciiAt(bytes, start, end)
    if (text !== undefined) this.#slots[slot] = text
    return text
  }
}

function isAt(name: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (name.length !== length) return false
  for (let i = 0; i < length; i += 1) if (name.charCodeAt(i) !== bytes[start + i]) return false
  return true
}
