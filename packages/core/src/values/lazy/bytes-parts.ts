import { encodeValue } from '../../codec/encode-value.ts'
import type { ChunkList } from '../chunk-list.ts'
import { indexOf } from './array-parts.ts'
import { bytesOf } from './items.ts'
import { bytesType, malformed } from './outline.ts'
import type { Origin, Part, Parts } from './parts.ts'

/** Bytes, and numbers in bytes: of typed arrays, or of an array that is packed. */
export class BytesParts implements Parts {
  readonly type: string
  readonly size: number
  readonly #tags: readonly number[]
  readonly #content: Uint8Array | ChunkList
  readonly #width: number

  constructor(tags: readonly number[], content: Uint8Array | ChunkList) {
    const { type, width } = bytesType(tags)
    this.type = type
    this.#width = width
    this.#tags = tags
    this.#content = content
    this.size = (content instanceof Uint8Array ? content.length : content.total) / width
    if (!Number.isInteger(this.size)) throw malformed('bytes end in the middle of an element')
  }

  async at(key: unknown, from: Origin): Promise<Part | undefined> {
    const index = indexOf(key, this.size)
    if (index === undefined || index < 0 || index >= this.size || HAVE_NO_ELEMENTS.includes(this.type)) return undefined
    const { source, path } = from
    const list = (await source.load(await this.slice(index, index + 1, from), path)) as ArrayLike<number | bigint>
    // A number is one node.
    const [node] = encodeValue(list[0], { ...source.inside, inlineBelow: Number.POSITIVE_INFINITY }).nodes
    return { item: node!.payload, step: `[${index}]` }
  }

  async keys(): Promise<readonly unknown[]> {
    return Array.from({ length: HAVE_NO_ELEMENTS.includes(this.type) ? 0 : this.size }, (_, i) => i)
  }

  async slice(start: number, end: number, { source, path }: Origin): Promise<Uint8Array> {
    const width = this.#width
    return bytesOf(this.#tags, await source.bytes(this.#content, start * width, end * width, path))
  }

  async *iterate(from: Origin): AsyncGenerator<Part, void, undefined> {
    for (let index = 0; index < this.size; index += 1) {
      const part = await this.at(index, from)
      if (part === undefined) return
      yield part
    }
  }
}

/** Bytes that can be seen only through a view. */
const HAVE_NO_ELEMENTS: readonly string[] = ['ArrayBuffer', 'SharedArrayBuffer', 'DataView']
