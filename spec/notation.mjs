/**
 * Values of JavaScript from the notation of the golden vectors, which README.md describes. Imports nothing, so that one
 * reader serves the generator, which runs on what was built, and the tests, which run on the sources.
 */

/**
 * @param {unknown} notation
 * @param {{ digest: (value: unknown) => string, ref: (digest: string) => unknown, digestOf: symbol, classOf: (id: string, version: number) => new (state: unknown) => object }} core
 * @returns {unknown}
 */
export function readNotation(notation, core) {
  const read = inner => readNotation(inner, core)
  switch (notation.t) {
    case 'undefined':
      return undefined
    case 'null':
      return null
    case 'boolean':
      return notation.v
    case 'number':
      return Number(notation.v)
    case 'bigint':
      return notation.v.startsWith('-0x') ? -BigInt(notation.v.slice(1)) : BigInt(notation.v)
    case 'string':
      return notation.v.repeat(notation.times ?? 1)
    case 'symbol':
      return Symbol.for(read(notation.key))
    case 'array':
      return arrayOf(notation.items, read)
    case 'nested':
      return nest(read(notation.of), notation.levels)
    case 'object':
      return addProperties(notation.prototype === null ? Object.create(null) : {}, notation.entries, read)
    case 'map':
      return new Map(notation.entries.map(([key, value]) => [read(key), read(value)]))
    case 'set':
      return new Set(notation.items.map(read))
    case 'date':
      return new Date(read(notation.time))
    case 'regexp':
      return Object.assign(new RegExp(notation.source, notation.flags), { lastIndex: read(notation.lastIndex) })
    case 'error':
      return errorOf(notation, read)
    case 'bytes':
      return bytesOf(notation)
    case 'boxed':
      return Object(read(notation.of))
    case 'url':
      return new URL(notation.href)
    case 'search-params':
      return new URLSearchParams(notation.entries)
    case 'extra':
      return addProperties(read(notation.of), notation.entries, read)
    case 'instance':
      return new (core.classOf(notation.id, notation.version))(read(notation.state))
    case 'own-digest': {
      const digest = core.digest(read(notation.of))
      return { [core.digestOf]: () => digest }
    }
    case 'ref':
      return core.ref(core.digest(read(notation.to)))
    case 'digest':
      return core.digest(read(notation.of))
    case 'call': {
      const digests = notations => notations.map(inner => core.digest(read(inner)))
      const { namespace, name, version, conditions, args } = notation
      return ['riposte call 1', namespace, name, read(version), digests(conditions), digests(args)]
    }
    default:
      throw new TypeError(`the notation has no ${JSON.stringify(notation.t)}`)
  }
}

function arrayOf(items, read) {
  const array = []
  for (const item of items) {
    if (item.t === 'holes') array.length += item.n
    else if (item.t === 'each') for (let i = 0; i < item.times; i += 1) array.push(read(item.of))
    else array.push(read(item))
  }
  return array
}

function nest(inner, levels) {
  let value = inner
  for (let i = 0; i < levels; i += 1) value = [value]
  return value
}

function addProperties(target, entries, read) {
  for (const [name, notation] of entries) {
    const key = typeof name === 'string' ? name : read(name)
    Object.defineProperty(target, key, { value: read(notation), writable: true, enumerable: true, configurable: true })
  }
  return target
}

function errorOf({ class: name, hidden, entries }, read) {
  const error = Object.setPrototypeOf(new Error(), globalThis[name].prototype)
  for (const [key, notation] of Object.entries(hidden)) {
    Object.defineProperty(error, key, { value: read(notation), writable: true, enumerable: false, configurable: true })
  }
  return addProperties(error, entries, read)
}

function bytesOf({ class: name, hex, length = hex.length / 2 }) {
  const pattern = Uint8Array.from(hex.match(/../g) ?? [], byte => Number.parseInt(byte, 16))
  const buffer = name === 'SharedArrayBuffer' ? new SharedArrayBuffer(length) : new ArrayBuffer(length)
  const bytes = new Uint8Array(buffer)
  for (let at = 0; at < length; at += 1) bytes[at] = pattern[at % pattern.length]
  if (name === 'ArrayBuffer' || name === 'SharedArrayBuffer') return buffer
  if (name === 'Buffer') return Buffer.from(buffer)
  return new globalThis[name](buffer)
}
