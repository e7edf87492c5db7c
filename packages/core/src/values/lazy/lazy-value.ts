import { lazyHandle } from '../../digest/lazy-handle.ts'
import { type Ref, ref } from '../../ref.ts'
import { shownValue } from '../../shown-value.ts'
import { linkIn } from './outline.ts'
import type { Origin, Part, Parts } from './parts.ts'
import { partsOf } from './parts-of.ts'
import type { LazySource } from './source.ts'

/** The handle of a value of which the compiler knows nothing. */
export class LazyValue {
  readonly ref: Ref | undefined
  readonly #item: Uint8Array
  readonly #from: Origin
  #parts: Promise<Parts> | undefined

  /**
   * @param item - one item: the value, or a link to it
   * @param path - from the value that the source is of
   */
  constructor(source: LazySource, item: Uint8Array, path: string, own?: Ref) {
    // Not as a member: the types of an exported class have no computed names.
    Object.defineProperty(this, lazyHandle, { value: true })
    this.#item = item
    this.#from = { source, path }
    const link = own === undefined ? linkIn(item) : undefined
    this.ref = link === undefined ? own : ref(link.digest)
  }

  async type(): Promise<string> {
    return (await this.#open()).type
  }

  async at(...path: readonly unknown[]): Promise<LazyValue | undefined> {
    this.#from.source.inside.checkOpen()
    let here: LazyValue | undefined = this
    for (const key of path) {
      here = await here.#part(key)
      if (here === undefined) return undefined
    }
    return here
  }

  async keys(): Promise<readonly unknown[]> {
    const parts = await this.#open()
    const keys = parts.keys ?? this.#refuse(parts, 'keys')
    return keys.call(parts, this.#from)
  }

  async size(): Promise<number> {
    const parts = await this.#open()
    return parts.size ?? this.#refuse(parts, 'a size')
  }

  async slice(start?: number, end?: number): Promise<unknown> {
    const parts = await this.#open()
    if (parts.slice === undefined || parts.size === undefined) return this.#refuse(parts, 'slices')
    const from = placeOf(start, parts.size, 0)
    const to = Math.max(from, placeOf(end, parts.size, parts.size))
    return this.#from.source.load(await parts.slice(from, to, this.#from), this.#from.path, from)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown, void, undefined> {
    const parts = await this.#open()
    const iterate = parts.iterate ?? this.#refuse(parts, 'parts to iterate over')
    for await (const part of iterate.call(parts, this.#from)) {
      const handle = this.#handleOf(part)
      yield 'key' in part ? [part.key, handle] : handle
    }
  }

  async load(): Promise<unknown> {
    const { source, path } = this.#from
    source.inside.checkOpen()
    return source.load(this.#item, path)
  }

  async #part(key: unknown): Promise<LazyValue | undefined> {
    const parts = await this.#open()
    const at = parts.at ?? this.#refuse(parts, 'parts to take one by one')
    const part = await at.call(parts, key, this.#from)
    return part && this.#handleOf(part)
  }

  #handleOf({ item, step }: Part): LazyValue {
    const { source, path } = this.#from
    return new LazyValue(source, item, path + step)
  }

  async #open(): Promise<Parts> {
    this.#from.source.inside.checkOpen()
    this.#parts ??= partsOf(this.#item, this.#from)
    try {
      return await this.#parts
    } catch (error) {
      // What could not be read may be there the next time.
      this.#parts = undefined
      throw error
    }
  }

  #refuse({ type }: Parts, what: string): never {
    const { path } = this.#from
    const place = path === '' ? '' : ` at ${path}`
    throw new TypeError(`expected something with ${what}${place}; got ${type}, which is loaded as a whole: load it`)
  }
}

/** Where a bound of a slice lies, as `Array.prototype.slice` has it. */
function placeOf(bound: number | undefined, size: number, otherwise: number): number {
  if (bound === undefined) return otherwise
  if (typeof bound !== 'number')
    throw new TypeError(`expected the bounds of a slice as numbers; got ${shownValue(bound)}`)
  const whole = Number.isNaN(bound) ? 0 : Math.trunc(bound)
  return whole < 0 ? Math.max(0, size + whole) : Math.min(whole, size)
}
