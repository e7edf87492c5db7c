import { SIMPLE } from '../../digest/format.ts'
import type { ItemList } from './items.ts'
import { nameOf } from './object-parts.ts'
import type { Part, Parts } from './parts.ts'

/** What is read where an array has a hole: the item of `undefined`. */
const UNDEFINED: Uint8Array = /* @__PURE__ */ new Uint8Array([SIMPLE.undefined])

/** Elements of an array. */
export class ArrayParts implements Parts {
  readonly type = 'Array'
  readonly size: number
  readonly #items: ItemList

  constructor(items: ItemList) {
    this.size = items.length
    this.#items = items
  }

  async at(key: unknown): Promise<Part | undefined> {
    const index = indexOf(key, this.size)
    const item = index === undefined ? undefined : this.#items.place(index)
    return item && { item, step: `[${index}]` }
  }

  async keys(): Promise<readonly unknown[]> {
    return this.#items.places()
  }

  async slice(start: number, end: number): Promise<Uint8Array> {
    return this.#items.slice(start, end)
  }

  async *iterate(): AsyncGenerator<Part, void, undefined> {
    for (let index = 0; index < this.size; index += 1) {
      yield { item: this.#items.place(index) ?? UNDEFINED, step: `[${index}]` }
    }
  }
}

/** Members of a Set. */
export class SetParts implements Parts {
  readonly type = 'Set'
  readonly size: number
  readonly #items: ItemList

  constructor(items: ItemList) {
    this.size = items.count
    this.#items = items
  }

  async *iterate(): AsyncGenerator<Part, void, undefined> {
    for (let i = 0; i < this.size; i += 1) yield { item: this.#items.at(i), step: `.values()[${i}]` }
  }
}

/** The index that a step of a path is, from the end if negative; `undefined` where it is another property. */
export function indexOf(key: unknown, size: number): number | undefined {
  if (typeof key === 'number') return Number.isInteger(key) ? (key < 0 ? size + key : key) : undefined
  const name = nameOf(key)
  return typeof name === 'string' && /^(?:0|[1-9]\d*)$/.test(name) ? Number(name) : undefined
}
