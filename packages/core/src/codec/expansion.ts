import type { Digest } from '../digest/address.ts'
import { type DecodeLimits, tooMuch } from './limits.ts'
import { linksOf, mayLink } from './links.ts'
import { addressOf, type Link } from './types.ts'
import { checkWellFormed } from './well-formed.ts'

/** What building something reads, with every copy of a shared part. */
interface Extent {
  readonly items: number
  readonly bytes: number
}

/** A payload, while the parts that it links to are being counted. */
interface Frame {
  readonly address: Digest | undefined
  readonly links: readonly Link[]
  next: number
  items: number
  bytes: number
}

/** Of a part within itself: that can be forged, for a seal does not say that a digest is true. */
const ENDLESS: Extent = { items: Infinity, bytes: Infinity }
const NOTHING: Extent = { items: 0, bytes: 0 }

/**
 * Counts what building a payload with all its parts would come to, each payload looked through once: thirty nested pairs
 * are a gibi of items, found in microseconds.
 *
 * @throws {RiposteError} `ERR_LIMIT` where building would end with it, `ERR_CORRUPT` where it would with that
 */
export function checkExpansion(
  payload: Uint8Array,
  part: (link: Link) => Uint8Array | undefined,
  limits: DecodeLimits,
): void {
  const known = new Map<Digest, Extent>()
  /** Items of all payloads, each counted once. */
  let distinct = 0
  const open = (address: Digest | undefined, bytes: Uint8Array): Frame => {
    const links = mayLink(bytes) ? linksOf(bytes) : []
    // The address in a link is an item of the walk, and none of who builds.
    const items = checkWellFormed(bytes, limits) - links.length
    distinct += items
    return { address, links, next: 0, items, bytes: bytes.length }
  }
  const frames = [open(undefined, payload)]
  for (let frame = frames[0]; frame !== undefined; frame = frames.at(-1)) {
    const link = frame.links[frame.next]
    if (link === undefined) {
      frames.pop()
      if (frame.address !== undefined) known.set(frame.address, { items: frame.items, bytes: frame.bytes })
      else if (frame.bytes > limits.bytes) throw tooMuch('bytes', limits)
      else if (frame.items - distinct > limits.copies) throw tooMuch('copies', limits)
      else if (frame.items > limits.items) throw tooMuch('items', limits)
      continue
    }
    const address = addressOf(link)
    const extent = known.get(address)
    if (extent === undefined) {
      const bytes = part(link)
      known.set(address, bytes === undefined ? NOTHING : ENDLESS)
      if (bytes !== undefined) frames.push(open(address, bytes))
    } else {
      frame.items += extent.items
      frame.bytes += extent.bytes
      frame.next += 1
    }
  }
}
