/** Objects other than plain ones and arrays: instances of registered classes, and of the classes built in. */
import { writeHoles, writeList } from './arrays.ts'
import { writeMap, writeSet } from './collections.ts'
import { writeContent } from './content.ts'
import { writeExtra } from './extra.ts'
import { ERROR_FIELDS, MAJOR, TAG } from './format.ts'
import { type Kind, kindOf } from './kinds.ts'
import { littleEndianBytes, type NumberView, viewBytes } from './little-endian.ts'
import { hasOwnDigest } from './own-digest.ts'
import { enumerableSymbols, keysBeside, keysOfView } from './own-keys.ts'
import { writeProperties } from './plain.ts'
import { refuse } from './refusals.ts'
import type { Walk } from './walk.ts'

export function writeSpecial(walk: Walk, value: object, prototype: object | null, at: number): number {
  const registered = prototype === null ? undefined : walk.registry.ofPrototype(prototype)
  if (registered !== undefined) {
    const begin = walk.output.head(MAJOR.array, 3, walk.output.head(MAJOR.tag, TAG.instance, at))
    // Of 16 bytes, so it never ends the part.
    const end = writeContent(walk, registered.idBytes, begin, begin, 0)
    const state = walk.memory.stateOf(value, registered, walk.depth)
    return walk.part(state, walk.part(registered.version, end))
  }
  if (hasOwnDigest(value)) return walk.ownDigest(value, at)
  const kind = prototype === null ? undefined : kindOf(value, prototype)
  if (kind === undefined || Object.hasOwn(value, Symbol.toStringTag)) throw refuse(walk, value)
  if (kind.name === 'error') return writeError(walk, value as Error, kind.type, at)
  const keys = extraKeys(value, kind)
  const symbols = enumerableSymbols(value)
  if (keys.length === 0 && symbols.length === 0) return writeKind(walk, value, kind, at, walk.storedAt(at))
  return writeExtra(walk, value, keys, symbols, at, (from, start) => writeKind(walk, value, kind, from, start))
}

/** `kindOf` has proved what `value` is, so the casts hold. */
function writeKind(
  walk: Walk,
  value: object,
  kind: Exclude<Kind, { name: 'error' }>,
  at: number,
  storedStart: number,
): number {
  switch (kind.name) {
    case 'map':
      return writeMap(walk, value as ReadonlyMap<unknown, unknown>, at)
    case 'set':
      return writeSet(walk, value as ReadonlySet<unknown>, at)
    case 'date':
      return walk.part(Date.prototype.getTime.call(value), walk.output.head(MAJOR.tag, TAG.date, at))
    case 'regexp': {
      const { source, flags, lastIndex } = value as RegExp
      const end = walk.output.head(MAJOR.array, 3, walk.output.head(MAJOR.tag, TAG.regexp, at))
      return walk.part(lastIndex, walk.part(flags, walk.part(source, end)))
    }
    case 'url':
      return walk.part((value as URL).href, walk.output.head(MAJOR.tag, TAG.uri, at))
    case 'searchParams':
      return writeList(walk, [...(value as URLSearchParams)].flat(), walk.output.head(MAJOR.tag, TAG.searchParams, at))
    case 'boxed':
      return walk.part(unboxed(value), walk.output.head(MAJOR.tag, TAG.boxed, at))
    default: {
      const { tag, bytes } = contentOf(value, kind)
      const end = tag === undefined ? at : walk.output.head(MAJOR.tag, tag, at)
      return writeContent(walk, bytes, at, end, storedStart)
    }
  }
}

type BytesKind = Exclude<Kind, { name: 'map' | 'set' | 'date' | 'regexp' | 'url' | 'searchParams' | 'boxed' | 'error' }>

/** The bytes of what is nothing else, and the tag that tells its kind. */
function contentOf(value: object, kind: BytesKind): { readonly tag: number | undefined; readonly bytes: Uint8Array } {
  switch (kind.name) {
    case 'arrayBuffer':
      return { tag: TAG.arrayBuffer, bytes: new Uint8Array(value as ArrayBuffer) }
    case 'sharedArrayBuffer':
      return { tag: TAG.sharedArrayBuffer, bytes: new Uint8Array(value as SharedArrayBuffer) }
    case 'dataView':
      return { tag: TAG.dataView, bytes: viewBytes(value as DataView) }
    case 'buffer':
      return { tag: TAG.buffer, bytes: viewBytes(value as Uint8Array) }
    case 'view':
      return { tag: kind.tag, bytes: littleEndianBytes(value as NumberView) }
  }
}

/**
 * Name, message, cause and errors count also where they are not enumerable, and whether they are counts: those that are
 * enumerable are among the properties, and a hole stands in their place.
 */
function writeError(walk: Walk, value: Error, type: string, at: number): number {
  let end = walk.output.head(MAJOR.array, 6, walk.output.head(MAJOR.tag, TAG.error, at))
  end = walk.part(type, end)
  for (const name of ERROR_FIELDS) {
    if (Object.prototype.propertyIsEnumerable.call(value, name)) end = writeHoles(walk, 1, end)
    else end = walk.part((value as { readonly [field in typeof name]?: unknown })[name], end)
  }
  return writeProperties(walk, value, Object.keys(value), enumerableSymbols(value), end)
}

/** The own enumerable string keys of a value that are not what its kind is made of. */
function extraKeys(value: object, kind: Kind): readonly string[] {
  if (kind.name === 'view' || kind.name === 'buffer') return keysOfView(value as Uint8Array)
  if (kind.name !== 'boxed') return Object.keys(value)
  const { length = 0 } = unboxed(value) as { readonly length?: number }
  return keysBeside(value, length)
}

/** The primitive in a boxed one, also where it has a `valueOf` of its own. */
function unboxed(value: object): unknown {
  // Its prototype is that of a class of boxed primitives.
  const prototype = Object.getPrototypeOf(value) as { valueOf(): unknown }
  return Reflect.apply(prototype.valueOf, value, [])
}
