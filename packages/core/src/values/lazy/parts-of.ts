import { decodeValue } from '../../codec/decode-value.ts'
import { ArrayParts, SetParts } from './array-parts.ts'
import { BytesParts } from './bytes-parts.ts'
import { MapParts } from './map-parts.ts'
import { nameOf, ObjectParts } from './object-parts.ts'
import { isPrimitive, malformed, type Outline, outlineOf } from './outline.ts'
import type { Origin, Part, Parts } from './parts.ts'

/** The parts of an item, or of what it links to. */
export async function partsOf(item: Uint8Array, from: Origin): Promise<Parts> {
  const { source, path } = from
  const payload = await source.resolve(item, path)
  const known = source.parts.get(payload)
  if (known !== undefined) return known
  const parts = await partsIn(payload, from)
  source.parts.set(payload, parts)
  return parts
}

/** Reads another entry only where what the value is made of stands there. */
async function partsIn(item: Uint8Array, from: Origin): Promise<Parts> {
  const outline = outlineOf(item)
  if (outline.is !== 'extra') return plainParts(outline, from)
  const { source, path } = from
  const properties = outlineOf(await source.resolve(outline.properties, path))
  if (properties.is !== 'object') throw malformed('properties are no object')
  const base = await plainParts(outlineOf(await source.resolve(outline.base, path)), from)
  return withProperties(base, new ObjectParts(properties.items))
}

async function plainParts(outline: Outline, { source, path }: Origin): Promise<Parts> {
  switch (outline.is) {
    case 'whole':
      return isPrimitive(outline) ? new Primitive(outline.type) : { type: outline.type }
    case 'boxed':
      return { type: BOXED[outlineType(await source.resolve(outline.content, path))] ?? 'Object' }
    case 'error': {
      const name = decodeValue(await source.resolve(outline.content, path), source.inside)
      return { type: typeof name === 'string' ? name : 'Error' }
    }
    case 'instance':
      return { type: source.inside.registry.ofId(outline.id)?.name ?? `class ${outline.id}` }
    case 'object':
      return new ObjectParts(outline.items)
    case 'array':
      return new ArrayParts(outline.items)
    case 'map':
      return new MapParts(outline.items)
    case 'set':
      return new SetParts(outline.items)
    case 'bytes':
      return new BytesParts(outline.tags, outline.content)
    case 'tagged': {
      const content = outlineOf(await source.resolve(outline.content, path))
      if (content.is !== 'bytes') throw malformed('a tag has content of another kind')
      return new BytesParts([outline.tag, ...content.tags], content.content)
    }
    default:
      throw malformed('what has properties is made of nothing')
  }
}

/** The classes of boxed primitives. */
const BOXED: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  boolean: 'Boolean',
  bigint: 'BigInt',
  symbol: 'Symbol',
}

function outlineType(item: Uint8Array): string {
  const outline = outlineOf(item)
  return outline.is === 'whole' ? outline.type : ''
}

/** A primitive has no parts under any key. */
class Primitive implements Parts {
  readonly type: string
  constructor(type: string) {
    this.type = type
  }
  async at(): Promise<undefined> {
    return undefined
  }
}

/** Adds properties that stand beside what something is made of. They are found, and like those of an array no part of a listing. */
function withProperties(base: Parts, properties: ObjectParts): Parts {
  return {
    type: base.type,
    ...(base.size !== undefined && { size: base.size }),
    async at(key: unknown, from: Origin): Promise<Part | undefined> {
      const extra = base instanceof MapParts ? undefined : properties.find(nameOf(key))
      return extra ?? base.at?.(key, from)
    },
    ...(base.keys && { keys: from => base.keys!(from) }),
    ...(base.slice && { slice: (start, end, from) => base.slice!(start, end, from) }),
    ...(base.iterate && { iterate: from => base.iterate!(from) }),
  }
}
