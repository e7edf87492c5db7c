import { propertyStep } from '../../digest/path.ts'
import type { ItemList } from './items.ts'
import type { Part, Parts } from './parts.ts'
import { nameIn } from './path.ts'

/** Properties: an object's, or those beside what something is made of. */
export class ObjectParts implements Parts {
  readonly type = 'Object'
  readonly size: number
  readonly #items: ItemList
  /** Where the value of each property is among the items. */
  readonly #places = new Map<string | symbol, number>()

  constructor(items: ItemList) {
    this.#items = items
    for (let i = 0; i < items.count; i += 2) this.#places.set(nameIn(items.at(i)), i + 1)
    this.size = this.#places.size
  }

  async at(key: unknown): Promise<Part | undefined> {
    return this.find(nameOf(key))
  }

  find(name: string | symbol): Part | undefined {
    const place = this.#places.get(name)
    return place === undefined ? undefined : { item: this.#items.at(place), step: propertyStep(name) }
  }

  async keys(): Promise<readonly unknown[]> {
    return [...this.#places.keys()]
  }

  async *iterate(): AsyncGenerator<Part & { readonly key: unknown }, void, undefined> {
    for (const [key, place] of this.#places) yield { key, item: this.#items.at(place), step: propertyStep(key) }
  }
}

/** The name of a property as a step of a path gives it. */
export function nameOf(key: unknown): string | symbol {
  if (typeof key === 'symbol' || typeof key === 'string') return key
  if (typeof key === 'number') return String(key)
  const got = key === null ? 'null' : typeof key
  throw new TypeError(`expected a property name or an index as a step of the path; got ${got}`)
}
