import { isTag, passHead } from '../codec/items.ts'
import { readLink } from '../codec/links.ts'
import { Reader } from '../codec/reader.ts'
import type { Digest } from '../digest/address.ts'
import { MAJOR, TAG } from '../digest/format.ts'

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
    const start = reader.at
    const items = passHead(reader)
    if (isTag(reader, TAG.link)) {
      // With a form, that is where the part stands.
      const { digest, form = digest } = readLink(reader, start)
      if (inside) needed.push(form)
    } else if (items > 0) {
      left.push(items)
      closed.push(inside || (reader.major << 5 === MAJOR.tag && !OPEN.includes(reader.argument)))
    }
  }
  return needed
}
