import { Reader } from '../codec/reader.ts'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'
import { toHex } from '../digest/hex.ts'

/** Tags around which a value can be built from `ref`s in the place of its parts. */
const OPEN: readonly number[] = [TAG.map, TAG.set, TAG.nullPrototype, TAG.error, TAG.instance]

/**
 * The addresses that links lead to without which the value of a payload cannot be built, not even with `ref`s for its
 * parts: chunks of bytes, the text of a URL.
 *
 * @throws {RiposteError} `ERR_CORRUPT` when the payload is no stored form
 */
export function neededLinks(payload: Uint8Array): readonly Digest[] {
  const reader = new Reader(payload)
  const needed: Digest[] = []
  // Of each open container: how many items are to come, and whether they are needed.
  const left: number[] = [1]
  const closed: boolean[] = [false]
  while (left.length > 0) {
    if (left.at(-1) === 0) {
      left.pop()
      closed.pop()
      continue
    }
    left[left.length - 1]! -= 1
    const inside = closed.at(-1)!
    reader.head()
    const { argument } = reader
    switch (reader.major << 5) {
      case MAJOR.bytes:
      case MAJOR.text:
        reader.take(argument)
        break
      case MAJOR.array:
      case MAJOR.map:
        left.push(reader.major << 5 === MAJOR.map ? argument * 2 : argument)
        closed.push(inside)
        break
      case MAJOR.tag:
        if (argument === TAG.link) {
          const address = readAddress(reader)
          if (inside) needed.push(address)
        } else {
          left.push(1)
          closed.push(inside || !OPEN.includes(argument))
        }
        break
      default:
        if (reader.major === 7 && argument === 27) reader.take(8)
    }
  }
  return needed
}

function readAddress(reader: Reader): Digest {
  reader.head()
  const bytes = reader.take(reader.argument)
  if (bytes.length !== 32 && bytes.length !== 64) throw reader.damaged('a link holds no digest')
  // Hex digits of 32 bytes are a digest by construction. With a form, that is where the part stands.
  return toHex(bytes, bytes.length - 32, 32) as Digest
}
