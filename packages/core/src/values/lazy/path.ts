/** Names places in a stored value, for people. */
import { decodeValue, linksOf } from '../../codec/decode-value.ts'
import { addressOf } from '../../codec/types.ts'
import type { Digest } from '../../digest/address.ts'
import { entryStep, propertyStep } from '../../digest/path.ts'
import { createRegistry } from '../../registry/registry.ts'
import type { ItemList } from './items.ts'
import { isPrimitive, malformed, outlineOf } from './outline.ts'

/**
 * The path inside an item to its link to an entry, as far as parts have names.
 *
 * @param first - the index that the first element has, where the item is a slice of an array
 */
export function pathToLink(item: Uint8Array, address: Digest, first: number): string {
  let path = ''
  let found = partWith(item, address, first)
  while (found !== undefined) {
    path += found.step
    found = partWith(found.item, address, 0)
  }
  return path
}

interface Found {
  readonly item: Uint8Array
  readonly step: string
}

function partWith(item: Uint8Array, address: Digest, first: number): Found | undefined {
  const outline = outlineOf(item)
  switch (outline.is) {
    case 'array':
      return placeWith(outline.items, address, place => `[${first + place}]`)
    case 'set':
      return placeWith(outline.items, address, place => `.values()[${place}]`)
    case 'object':
    case 'map':
      return entryWith(outline.items, address, outline.is === 'map')
    case 'extra': {
      const part = leadsTo(outline.properties, address) ? outline.properties : outline.base
      return { item: part, step: '' }
    }
    default:
      return undefined
  }
}

function placeWith(items: ItemList, address: Digest, stepTo: (place: number) => string): Found | undefined {
  for (const place of items.places()) {
    const item = items.place(place)
    if (item !== undefined && leadsTo(item, address)) return { item, step: stepTo(place) }
  }
  return undefined
}

function entryWith(items: ItemList, address: Digest, isMap: boolean): Found | undefined {
  for (let i = 0; i < items.count; i += 1) {
    const item = items.at(i)
    if (!leadsTo(item, address)) continue
    const place = i >> 1
    if (i % 2 === 0) return { item, step: `.keys()[${place}]` }
    const key = items.at(i - 1)
    if (!isMap) return { item, step: propertyStep(nameIn(key)) }
    const shown = isPrimitive(outlineOf(key)) ? decodeValue(key, NO_CLASSES) : {}
    return { item, step: entryStep(shown, place) }
  }
  return undefined
}

/** The name of a property from its item. */
export function nameIn(item: Uint8Array): string | symbol {
  const name = decodeValue(item, NO_CLASSES)
  if (typeof name === 'string' || typeof name === 'symbol') return name
  throw malformed('a property has no name')
}

function leadsTo(item: Uint8Array, address: Digest): boolean {
  return linksOf(item).some(link => addressOf(link) === address)
}

/** For what holds no instances. */
const NO_CLASSES = { registry: /* @__PURE__ */ createRegistry() }
