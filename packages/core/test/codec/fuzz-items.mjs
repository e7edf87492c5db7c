// Payloads as trees of items, read and written here without the codec, so that the fuzzer can change and compare them.

const TAG = {
  positiveBignum: 2,
  negativeBignum: 3,
  uri: 32,
  wtf8: 273,
  set: 258,
  link: 21072,
  map: 21075,
  packedNumbers: 21073,
  holes: 21074,
  date: 21076,
  regexp: 21077,
  error: 21078,
  nullPrototype: 21085,
  extra: 21086,
  chunks: 21088,
}
/** Stands in a meaning for what cannot be told. */
export const UNSURE = 'unsure'
/** All tags of the format, and some that are none. */
export const tags = [
  2, 3, 32, 68, 69, 70, 71, 72, 77, 78, 79, 84, 85, 86, 258, 273, 0, 1, 24, 64, 55_799, 65_535,
].concat(Array.from({ length: 21 }, (_, i) => 21_071 + i))

/**
 * An item with what is in it. What is written in another way than the format does it is said so: `width`, the bytes of
 * its head's argument; `claim`, another argument than what follows; `indefinite`.
 *
 * @typedef {{ major: number, argument: number, body?: Uint8Array, items?: Item[], width?: number, claim?: number, indefinite?: boolean }} Item
 */

const BYTES = 2
const TEXT = 3
const ARRAY = 4
const MAP = 5
const TAGGED = 6
const SIMPLE = 7

/** @returns {Item} */
export function parse(bytes) {
  let at = 0
  const item = () => {
    const major = bytes[at] >> 5
    const info = bytes[at] & 31
    at += 1
    let argument = info
    if (major === SIMPLE) {
      if (info !== 27) return { major, argument }
      at += 8
      return { major, argument, body: bytes.slice(at - 8, at) }
    }
    if (info >= 24) {
      argument = 0
      for (const end = at + 2 ** (info - 24); at < end; at += 1) argument = argument * 256 + bytes[at]
    }
    if (major < BYTES) return { major, argument }
    if (major <= TEXT) {
      at += argument
      return { major, argument, body: bytes.slice(at - argument, at) }
    }
    const count = major === TAGGED ? 1 : argument * (major === MAP ? 2 : 1)
    return { major, argument, items: Array.from({ length: count }, item) }
  }
  return item()
}

/** @returns {Uint8Array} */
export function write(item) {
  const out = []
  const add = ({ major, argument, body, items, width, claim, indefinite }) => {
    if (major === SIMPLE) {
      out.push((SIMPLE << 5) | argument, ...(body ?? []))
      return
    }
    if (indefinite) out.push((major << 5) | 31)
    else head(major, claim ?? naturalArgument({ major, argument, body, items }), width ?? 0)
    if (indefinite && body !== undefined) head(major, body.length, 0)
    for (const byte of body ?? []) out.push(byte)
    for (const each of items ?? []) add(each)
    if (indefinite) out.push(0xff)
  }
  const head = (major, argument, width) => {
    const least = argument < 24 ? 0 : argument < 256 ? 1 : argument < 65_536 ? 2 : argument < 2 ** 32 ? 4 : 8
    const size = Math.max(least, width)
    out.push((major << 5) | (size === 0 ? argument : 24 + Math.log2(size)))
    for (let i = size - 1; i >= 0; i -= 1) out.push(Math.floor(argument / 256 ** i) % 256)
  }
  add(item)
  return Uint8Array.from(out)
}

function naturalArgument({ major, argument, body, items }) {
  if (major === BYTES || major === TEXT) return body?.length ?? 0
  if (major === ARRAY) return items?.length ?? 0
  if (major === MAP) return (items?.length ?? 0) >> 1
  return argument
}

/** Every item of a tree, each with the list that it stands in. */
export function* places(item, list, index) {
  yield { item, list, index }
  for (const [i, inner] of (item.items ?? []).entries()) yield* places(inner, item.items, i)
}

/** The entry that a link leads to, as hex digits; `undefined` for what is no link. */
export function addressIn(item) {
  const [content] = item.items ?? []
  if (item.major !== TAGGED || item.argument !== TAG.link || content?.major !== BYTES) return undefined
  return Buffer.from(content.body).subarray(-32).toString('hex')
}

/**
 * What an item says, as text that is the same for all ways to say it: without the order of properties, with runs and
 * packs taken apart and links followed.
 *
 * @param {(address: string) => Uint8Array | undefined} part
 */
export function meaningOf(item, part) {
  const { major, argument, body, items } = item
  const inner = each => meaningOf(each, part)
  if (major < BYTES) return number(major === 0 ? argument : -1 - argument)
  if (major === BYTES) return `bytes ${hex(body)}`
  if (major === TEXT) return `text ${hex(body)}`
  if (major === ARRAY) return list(items, part)
  if (major === MAP) return properties(items, part)
  if (major === SIMPLE) {
    return body === undefined ? `simple ${argument}` : number(new DataView(body.buffer, body.byteOffset).getFloat64(0))
  }
  const [content] = items
  const address = addressIn(item)
  if (address !== undefined) {
    const payload = part(address)
    // A `ref` names the value, whatever its form.
    return payload === undefined ? `link ${hex(content.body).slice(0, 64)}` : inner(parse(payload))
  }
  switch (argument) {
    case TAG.positiveBignum:
    case TAG.negativeBignum:
      return `bignum ${argument} ${inner(content).replace(/^bytes (00)*/, '')}`
    case TAG.wtf8:
      return inner(content).replace(/^bytes/, 'text')
    case TAG.packedNumbers:
      return numbers(inner(content).slice('bytes '.length))
    case TAG.chunks:
      return `bytes ${content.items
        .slice(1)
        .map(each => inner(each).slice('bytes '.length))
        .join('')}`
    case TAG.date:
      return `date ${inner(content).replace('-0', '0')}`
    // Each parser has its own way to write the same.
    case TAG.uri:
      return 'uri'
    case TAG.regexp:
      return `regexp ${content.items ? content.items.slice(2).map(inner) : ''}`
    case TAG.error:
      return errorMeaning(content.items ?? [], part)
    case TAG.extra:
      return extraMeaning(content.items ?? [], part)
    // To a Map and a Set both zeros are one.
    case TAG.map:
    case TAG.set:
      return `tag ${argument} (${inner(content).replaceAll('number -0', 'number 0')})`
    default:
      return `tag ${argument} (${inner(content)})`
  }
}

function number(value) {
  return `number ${Object.is(value, -0) ? '-0' : value}`
}

function numbers(digits) {
  const bytes = Buffer.from(digits, 'hex')
  return `[${Array.from({ length: bytes.length / 8 }, (_, i) => number(bytes.readDoubleLE(i * 8)))}]`
}

function list(items, part) {
  const out = []
  let holes = 0
  const end = () => {
    if (holes > 0) out.push(`holes ${holes}`)
    holes = 0
  }
  for (const item of items) {
    if (item.major === TAGGED && item.argument === TAG.holes) {
      const [count] = item.items
      holes += Number(meaningOf(count, part).slice('number '.length))
    } else {
      end()
      out.push(meaningOf(item, part))
    }
  }
  end()
  return `[${out}]`
}

function pairs(items, part) {
  const out = []
  for (let i = 0; i < items.length; i += 2) out.push(`${meaningOf(items[i], part)}: ${meaningOf(items[i + 1], part)}`)
  return out
}

function properties(items, part) {
  return `{${pairs(items, part).toSorted()}}`
}

/** What is as its class has it, or nothing, need not be said. */
function errorMeaning([type, name, ...rest], part) {
  const own = meaningOf(type, part)
  const said = [meaningOf(name, part), ...rest.map(item => meaningOf(item, part))].map(text =>
    text === own || text === 'text ' || text === 'simple 23' || text.startsWith(`tag ${TAG.holes}`) ? '-' : text,
  )
  return `error ${own} ${said}`
}

function extraMeaning([extras, base], part) {
  const text = meaningOf(base, part)
  const more = meaningOf(extras, part)
  // A view with a `length` of its own is taken for one of that length when it is stored.
  if (/^(bytes|tag)/.test(text) && more.includes(`text ${hex(Buffer.from('length'))}:`)) return UNSURE
  return more === '{}' ? text : `extra ${more} of ${text}`
}

function hex(body) {
  return Buffer.from(body).toString('hex')
}
