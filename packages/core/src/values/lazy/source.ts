import { linksOf } from '../../codec/decode-value.ts'
import type { OpenedEntry } from '../../codec/entry.ts'
import { addressOf } from '../../codec/types.ts'
import type { Digest } from '../../digest/address.ts'
import { CHUNK_BYTES } from '../../digest/format.ts'
import { type ErrorCode, isRiposteError, RiposteError } from '../../errors.ts'
import type { Inside } from '../../inside/inside.ts'
import { byteStringOf, type ChunkList, chunkLength } from '../chunk-list.ts'
import { buildPayload } from '../load.ts'
import { LazyEntries } from './entries.ts'
import { linkIn } from './outline.ts'
import type { Parts } from './parts.ts'
import { pathToLink } from './path.ts'

/** Where the handles of one value read from. Each failure names the path to what is missing or corrupt. */
export class LazySource {
  readonly inside: Inside
  /** What was found of payloads, for as long as those are kept. */
  readonly parts: WeakMap<Uint8Array, Parts> = new WeakMap()
  readonly #entries: LazyEntries

  constructor(inside: Inside, keepBytes: number) {
    this.inside = inside
    this.#entries = new LazyEntries(inside, keepBytes)
  }

  /**
   * An item that is no link: the given one, or what it links to.
   *
   * @param path - left out for the value that all this is of
   */
  async resolve(item: Uint8Array, path?: string): Promise<Uint8Array> {
    const link = linkIn(item)
    if (link === undefined) return item
    const address = addressOf(link)
    const [{ payload }] = await this.#read([address], () => path)
    if (linkIn(payload) !== undefined) throw damaged(address, 'it holds a link only')
    return payload
  }

  /**
   * The value of an item, with all that it links to: one round trip a level.
   *
   * @param first - the index that the first element has, where the item is a slice of an array
   */
  async load(item: Uint8Array, path: string, first = 0): Promise<unknown> {
    const payloads = new Map<Digest, Uint8Array>()
    const linkedFrom = new Map<Digest, Digest | undefined>()
    let level: Digest[] = []
    const want = (address: Digest, from: Digest | undefined): void => {
      if (linkedFrom.has(address)) return
      linkedFrom.set(address, from)
      level.push(address)
    }
    for (const link of linksOf(item)) want(addressOf(link), undefined)
    while (level.length > 0) {
      const keys = level
      level = []
      const entries = await this.#read(keys, key => path + pathThrough(key))
      for (const [i, key] of keys.entries()) {
        const { payload, links } = entries[i]!
        payloads.set(key, payload)
        for (const link of links) want(link, key)
      }
    }
    return buildPayload(this.inside, item, payloads)

    /** From the item to an entry, by the way on which it was found. */
    function pathThrough(key: Digest): string {
      const way: Digest[] = []
      for (let at: Digest | undefined = key; at !== undefined; at = linkedFrom.get(at)) way.unshift(at)
      let within = item
      let steps = ''
      for (const address of way) {
        steps += pathToLink(within, address, within === item ? first : 0)
        // The last is the one that could not be read.
        within = payloads.get(address) ?? within
      }
      return steps
    }
  }

  /** The bytes from `start` up to `end`, in pieces: chunks outside of the range are not read. */
  async bytes(
    content: Uint8Array | ChunkList,
    start: number,
    end: number,
    path: string,
  ): Promise<readonly Uint8Array[]> {
    if (start >= end) return []
    if (content instanceof Uint8Array) return [content.subarray(start, end)]
    const first = Math.floor(start / CHUNK_BYTES)
    const wanted = content.chunks.slice(first, Math.ceil(end / CHUNK_BYTES))
    const keys = [...new Set(wanted.filter(chunk => typeof chunk === 'string'))]
    const entries = await this.#read(keys, () => path)
    const payloads = new Map(keys.map((key, i) => [key, entries[i]!.payload]))
    return wanted.map((chunk, i) => {
      const bytes = byteStringOf(typeof chunk === 'string' ? payloads.get(chunk)! : chunk)
      if (bytes?.length !== chunkLength(content, first + i)) {
        throw damaged(typeof chunk === 'string' ? chunk : '', 'a chunk has another length than its list says')
      }
      const from = (first + i) * CHUNK_BYTES
      return bytes.subarray(Math.max(0, start - from), end - from)
    })
  }

  async #read<const K extends readonly Digest[]>(
    keys: K,
    pathOf: (key: Digest) => string | undefined,
  ): Promise<{ readonly [I in keyof K]: OpenedEntry }> {
    this.inside.checkOpen()
    try {
      // An entry for each key.
      return (await this.#entries.read(keys)) as { readonly [I in keyof K]: OpenedEntry }
    } catch (error) {
      if (!isRiposteError(error) || !OF_ENTRIES.includes(error.code)) throw error
      // Errors of these codes name a key: that of one of the entries.
      const { key } = error.details as { readonly key: Digest }
      const path = pathOf(key)
      if (path === undefined) throw error
      const place = path === '' ? '' : ` at ${path}`
      const message =
        error.code === 'ERR_NOT_FOUND'
          ? `the part${place} is not stored, under ${key}: the value is no longer whole`
          : `the part${place} cannot be read: ${error.message}`
      throw new RiposteError(error.code, message, error.details, { cause: error })
    }
  }
}

/** What reading an entry may come to. */
const OF_ENTRIES: readonly ErrorCode[] = ['ERR_NOT_FOUND', 'ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT']

function damaged(key: string, reason: string): RiposteError<'ERR_CORRUPT'> {
  return new RiposteError('ERR_CORRUPT', `entry ${key} is corrupt: ${reason}`, { key, reason })
}
