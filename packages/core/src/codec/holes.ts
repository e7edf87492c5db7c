import { MAJOR, TAG } from '../digest/format.ts'

/** A run of holes, while its array is being built. */
export class Holes {
  readonly count: number
  constructor(count: number) {
    this.count = count
  }
}

/** Whether the tag for holes stands at a place. */
export function holesBegin(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === HEAD[0] && bytes[at + 1] === HEAD[1] && bytes[at + 2] === HEAD[2]
}

const HEAD: readonly number[] = [MAJOR.tag | 25, TAG.holes >> 8, TAG.holes & 255]

/** The array of items with its holes; `undefined` when it is longer than arrays can be. */
export function sparseArray(items: readonly unknown[]): unknown[] | undefined {
  const array: unknown[] = []
  let length = 0
  // The engine would make room for each hole: 256 MiB for eight bytes. Beyond what may be room, arrays have a table of elements.
  if (items.some(item => item instanceof Holes && item.count > SHORT_RUN)) array.length = LONGEST_ARRAY
  for (const item of items) {
    if (item instanceof Holes) length += item.count
    else {
      array[length] = item
      length += 1
    }
    if (length > LONGEST_ARRAY) return undefined
  }
  array.length = length
  return array
}

/** The longest that arrays can be. */
export const LONGEST_ARRAY = 0xffff_ffff
/** Holes in a row that cost little. */
const SHORT_RUN = 16
