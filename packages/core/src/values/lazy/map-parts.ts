import { decodeValue } from '../../codec/decode-value.ts'
import type { Digest } from '../../digest/address.ts'
import { entryStep } from '../../digest/path.ts'
import { arrayOf, type ItemList } from './items.ts'
import { isPrimitive, linkIn, outlineOf } from './outline.ts'
import type { Origin, Part, Parts } from './parts.ts'

/** Entries of a Map, found by the content of their keys. */
export class MapParts implements Parts {
  readonly type = 'Map'
  readonly size: number
  readonly #items: ItemList
  #index: KeyIndex | undefined
  #byDigest: Promise<ReadonlyMap<Digest, number>> | undefined

  constructor(items: ItemList) {
    this.size = items.count / 2
    this.#items = items
  }

  async at(key: unknown, from: Origin): Promise<Part | undefined> {
    this.#index ??= indexKeys(this.#items, from)
    const entry = this.#index.primitives.get(key) ?? (await this.#entryOf(this.#index, key, from))
    return entry === undefined ? undefined : { item: this.#items.at(2 * entry + 1), step: entryStep(key, entry) }
  }

  async keys({ source, path }: Origin): Promise<readonly unknown[]> {
    const items = Array.from({ length: this.size }, (_, entry) => this.#items.at(2 * entry))
    // An array of items is loaded as an array.
    return (await source.load(arrayOf(items), `${path}.keys()`)) as readonly unknown[]
  }

  async *iterate(from: Origin): AsyncGenerator<Part & { readonly key: unknown }, void, undefined> {
    for (const [entry, key] of (await this.keys(from)).entries()) {
      yield { key, item: this.#items.at(2 * entry + 1), step: entryStep(key, entry) }
    }
  }

  async #entryOf(index: KeyIndex, key: unknown, from: Origin): Promise<number | undefined> {
    if (index.linked.size === 0 && index.others.length === 0) return undefined
    const digest = from.source.inside.digestOf(key)
    const linked = index.linked.get(digest)
    if (linked !== undefined || index.others.length === 0) return linked
    this.#byDigest ??= this.#digestKeys(index.others, from)
    try {
      return (await this.#byDigest).get(digest)
    } catch (error) {
      // What could not be read may be there the next time.
      this.#byDigest = undefined
      throw error
    }
  }

  /** Loads the keys that stand here and are no primitives. */
  async #digestKeys(entries: readonly number[], { source, path }: Origin): Promise<ReadonlyMap<Digest, number>> {
    const byDigest = new Map<Digest, number>()
    for (const entry of entries) {
      const key = await source.load(this.#items.at(2 * entry), `${path}.keys()[${entry}]`)
      setFirst(byDigest, source.inside.digestOf(key), entry)
    }
    return byDigest
  }
}

/** The entries of a Map by what their keys are. */
interface KeyIndex {
  readonly primitives: ReadonlyMap<unknown, number>
  /** Those of which only the digest stands in the Map. */
  readonly linked: ReadonlyMap<Digest, number>
  readonly others: readonly number[]
}

function indexKeys(items: ItemList, { source }: Origin): KeyIndex {
  const primitives = new Map<unknown, number>()
  const linked = new Map<Digest, number>()
  const others: number[] = []
  for (let entry = 0; 2 * entry < items.count; entry += 1) {
    const item = items.at(2 * entry)
    const link = linkIn(item)
    if (link !== undefined) setFirst(linked, link.digest, entry)
    else if (isPrimitive(outlineOf(item))) primitives.set(decodeValue(item, source.inside), entry)
    else others.push(entry)
  }
  return { primitives, linked, others }
}

/** Of keys that are equal, and two objects, the first is found. */
function setFirst(map: Map<Digest, number>, digest: Digest, entry: number): void {
  if (!map.has(digest)) map.set(digest, entry)
}
