import type { OpenedEntry } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { isRiposteError, RiposteError } from '../../errors.ts'
import { run } from '../../flow.ts'
import type { Inside } from '../../inside/inside.ts'
import { openOrRemove } from '../corruption.ts'

/** What an entry takes in memory beside its bytes, roughly. */
const OVERHEAD = 300

/** What came of reading an entry. */
type Read = OpenedEntry | RiposteError

/** Reads entries, verified, and keeps those that were used last, up to a number of bytes. */
export class LazyEntries {
  readonly #inside: Inside
  readonly #mostBytes: number
  /** The entry that was used last comes last. */
  readonly #kept = new Map<Digest, OpenedEntry>()
  #bytes = 0
  /** Reads under way, by each of their keys. */
  readonly #pending = new Map<Digest, Promise<ReadonlyMap<Digest, Read>>>()

  constructor(inside: Inside, mostBytes: number) {
    this.#inside = inside
    this.#mostBytes = mostBytes
  }

  /**
   * Entries in the order of their keys, each of which is given once; those that are not at hand in one round trip.
   *
   * @throws {RiposteError} `ERR_NOT_FOUND`, `ERR_CORRUPT`, `ERR_UNKNOWN_FORMAT`, with the key of the entry
   */
  async read(keys: readonly Digest[]): Promise<readonly OpenedEntry[]> {
    const wanted = keys.filter(key => !this.#kept.has(key) && !this.#pending.has(key))
    if (wanted.length > 0) this.#begin(wanted)
    const found = keys.map(key => this.#kept.get(key) ?? this.#pending.get(key)!)
    const entries: OpenedEntry[] = []
    for (const [i, key] of keys.entries()) {
      const read = found[i]!
      const entry = read instanceof Promise ? (await read).get(key)! : read
      if (entry instanceof RiposteError) throw entry
      this.#keep(key, entry)
      entries.push(entry)
    }
    return entries
  }

  #begin(keys: readonly Digest[]): void {
    const reading = this.#fetch(keys).finally(() => {
      for (const key of keys) this.#pending.delete(key)
    })
    // Whoever waits for an entry of it hears of the failure; others may have failed before they came to it.
    reading.catch(() => {})
    for (const key of keys) this.#pending.set(key, reading)
  }

  async #fetch(keys: readonly Digest[]): Promise<ReadonlyMap<Digest, Read>> {
    const { values } = this.#inside.store
    const found = await values.get(keys)
    const reads = new Map<Digest, Read>()
    for (const [i, key] of keys.entries()) {
      const bytes = found[i]
      reads.set(key, bytes === undefined ? notFound(key) : await this.#open(key, bytes))
    }
    return reads
  }

  async #open(key: Digest, bytes: Uint8Array): Promise<Read> {
    try {
      return await run(openOrRemove(this.#inside, this.#inside.store.values, key, bytes))
    } catch (error) {
      if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return error
      throw error
    }
  }

  #keep(key: Digest, entry: OpenedEntry): void {
    const size = sizeOf(entry)
    if (this.#kept.delete(key)) this.#bytes -= size
    if (size > this.#mostBytes) return
    this.#kept.set(key, entry)
    this.#bytes += size
    for (const [oldest, { payload, links }] of this.#kept) {
      if (this.#bytes <= this.#mostBytes) break
      this.#kept.delete(oldest)
      this.#bytes -= sizeOf({ payload, links })
    }
  }
}

function sizeOf({ payload, links }: Pick<OpenedEntry, 'payload' | 'links'>): number {
  return payload.length + links.length * 64 + OVERHEAD
}

function notFound(key: Digest): RiposteError<'ERR_NOT_FOUND'> {
  return new RiposteError('ERR_NOT_FOUND', `no value is stored as ${key}`, { key })
}
