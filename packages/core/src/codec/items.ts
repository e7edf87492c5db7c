import { MAJOR } from '../digest/format.ts'
import type { Reader } from './reader.ts'

/** Goes past the head of an item and the bytes that are its own; returns how many items stand in it. */
export function passHead(reader: Reader): number {
  reader.head()
  const { argument } = reader
  switch (reader.major << 5) {
    case MAJOR.bytes:
    case MAJOR.text:
      reader.skip(argument)
      return 0
    case MAJOR.array:
      return argument
    case MAJOR.map:
      return argument * 2
    case MAJOR.tag:
      return 1
    default:
      if (reader.major === 7 && argument === 27) reader.skip(8)
      return 0
  }
}

/** Goes past one item with all that is in it. */
export function passItem(reader: Reader): void {
  for (let left = 1; left > 0; left -= 1) left += passHead(reader)
}

/** Whether the head that was read is the tag `tag`. */
export function isTag(reader: Reader, tag: number): boolean {
  return reader.major << 5 === MAJOR.tag && reader.argument === tag
}
