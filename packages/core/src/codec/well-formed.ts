/**
 * A walk over the heads of a payload before anything of it is built. It takes 2 to 5 ns an item where building takes 30
 * to 1,000, and no heap: what is cut short, miscounted or too deep costs no more than being looked through.
 */
import { MAJOR, TAG, VIEW_TAGS } from '../digest/format.ts'
import { KeyOffsets } from './key-offsets.ts'
import { type DecodeLimits, tooMuch } from './limits.ts'
import { damagedAt } from './reader.ts'
import { isUtf8At } from './utf8-at.ts'

/** Payloads up to this many bytes are built at once: there is too little in them to be worth a second look. */
export const WALK_ABOVE = 65_536

/** Objects with fewer properties find by themselves what stands twice: they are built before much else is. */
const MANY_KEYS = 1024

/** The tag of chunks, their list and the links in it count as levels here, and not where values are built. */
const UNCOUNTED_LEVELS = 3

/**
 * Checks what can be told soon without building: heads, lengths, counts and depth, that no tag is unknown and nothing
 * left over, and of large objects that their names are UTF-8 and stand once. Other text and what tags hold are left to
 * who builds: to look for UTF-8 everywhere would double the time that long text takes.
 *
 * @returns how many items there are
 * @throws {RiposteError} `ERR_CORRUPT`, `ERR_LIMIT`; never where building the value would succeed
 */
export function checkWellFormed(bytes: Uint8Array, limits: DecodeLimits): number {
  const { items, hasLarge } = walk(bytes, limits, false)
  // Afterwards, for it takes 50 ns a name: what is cut short is told by then.
  if (hasLarge) walk(bytes, limits, true)
  return items
}

interface Walked {
  readonly items: number
  /** Whether there is an object of many properties. */
  readonly hasLarge: boolean
}

/** @param names - whether to look at the names in large objects */
function walk(bytes: Uint8Array, limits: DecodeLimits, names: boolean): Walked {
  const end = bytes.length
  const mostLevels = limits.depth + UNCOUNTED_LEVELS
  /** Containers that go on after the one that is being read: what is left of each, and how deep it lies. */
  let levels = new Uint32Array(128)
  let top = 0
  /** Large objects that are being read, and how deep the innermost of them lies. */
  const large: { readonly level: number; readonly keys: KeyOffsets }[] = []
  let largeLevel = -1
  let hasLarge = false
  let items = 1
  let at = 0
  let level = 0
  /** Items that are still to come: in the innermost container, and in those around it. */
  let here = 1
  let outside = 0
  for (;;) {
    if (here === 0) {
      if (top === 0) break
      top -= 2
      here = levels[top]!
      level = levels[top + 1]!
      outside -= here
      while (largeLevel > level) {
        large.pop()
        largeLevel = large.at(-1)?.level ?? -1
      }
    }
    here -= 1
    if (at >= end) throw damagedAt('it ends in the middle of an item', at)
    const initial = bytes[at]!
    const whole = WHOLE[initial]!
    if (whole !== 0 && level !== largeLevel) {
      at += whole
      continue
    }
    const start = at
    at += 1
    const major = initial & 0xe0
    let argument = initial & 31
    if (argument >= 24 && major !== SIMPLE) {
      if (argument > 27) throw damagedAt('an item has no definite length', at)
      const size = 1 << (argument - 24)
      if (size > end - at) throw damagedAt('a length is beyond its end', at)
      argument = 0
      for (const stop = at + size; at < stop; at += 1) argument = argument * 256 + bytes[at]!
      if (argument > Number.MAX_SAFE_INTEGER) throw damagedAt('a number in a head is beyond the safe range', at)
    }
    let inside = 0
    switch (major) {
      case MAJOR.unsigned:
      case MAJOR.negative:
        break
      case MAJOR.bytes:
        at += argument
        break
      case MAJOR.text:
        if (level === largeLevel && (here & 1) === 1) {
          if (argument > end - at) throw damagedAt('a length is beyond its end', at)
          if (!isUtf8At(bytes, at, at + argument)) throw damagedAt('text is not UTF-8', at)
          if (!large.at(-1)!.keys.add(start, at + argument)) throw damagedAt('a property stands twice', at)
        }
        at += argument
        break
      case MAJOR.array:
        inside = argument
        break
      case MAJOR.map:
        inside = argument * 2
        break
      case MAJOR.tag:
        if (!KNOWN_TAGS.has(argument)) throw damagedAt(`tag ${argument} is not known`, at)
        inside = 1
        break
      default:
        if (argument === FLOAT) at += 8
        else if (argument < 20 || argument > 23) throw damagedAt('a simple value is not known', at)
    }
    if (inside === 0) continue
    // Each item takes a byte at least.
    if (inside + here + outside > end - at) throw damagedAt('a count is beyond its end', at)
    items += inside
    if (here > 0) {
      if (top === levels.length) levels = grown(levels)
      levels[top] = here
      levels[top + 1] = level
      outside += here
      top += 2
    }
    level += 1
    if (level > mostLevels) throw tooMuch('depth', limits)
    here = inside
    if (major === MAJOR.map && argument >= MANY_KEYS) {
      hasLarge = true
      if (!names) continue
      large.push({ level, keys: new KeyOffsets(bytes, argument) })
      largeLevel = level
    }
  }
  if (items > limits.items) throw tooMuch('items', limits)
  if (at > end) throw damagedAt('a length is beyond its end', end)
  if (at < end) throw damagedAt('something follows the value', at)
  return { items, hasLarge }
}

const SIMPLE = 0xe0
const FLOAT = 27

/** Bytes that an item takes which its initial byte tells all of; 0 for the others. Two thirds of all items are such. */
const WHOLE: Uint8Array = /* @__PURE__ */ Uint8Array.from({ length: 256 }, (_, initial) => {
  const major = initial & 0xe0
  const argument = initial & 31
  if (major === MAJOR.unsigned || major === MAJOR.negative) {
    if (argument < 24) return 1
    return argument < 27 ? 1 + 2 ** (argument - 24) : 0
  }
  if (major === MAJOR.bytes || major === MAJOR.text) return argument < 24 ? 1 + argument : 0
  if (major === MAJOR.array || major === MAJOR.map) return argument === 0 ? 1 : 0
  if (major !== SIMPLE) return 0
  if (argument === FLOAT) return 9
  return argument >= 20 && argument <= 23 ? 1 : 0
})

/** `ownDigest` is never stored. */
const KNOWN_TAGS: ReadonlySet<number> = /* @__PURE__ */ new Set(
  [...Object.values(TAG), ...Object.values(VIEW_TAGS)].flatMap(tag =>
    tag === undefined || tag === TAG.ownDigest ? [] : [tag],
  ),
)

function grown(levels: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(levels.length * 2)
  larger.set(levels)
  return larger
}
