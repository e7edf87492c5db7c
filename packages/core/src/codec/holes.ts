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
  for (const item of items) {
    if (item instanceof Holes) length += item.count
    else {
      array[length] = item
      length += 1
    }
    if (length > 0xffff_ffff) return undefined
  }
  array.length = length
  return array
}
