import { type OpenedRecord, openRecord } from '../calls/record-codec.ts'
import { type OpenedEntry, openEntry } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { type EntryInfo, PREFIX_BYTES } from '../ports/backend.ts'
import type { Leftover } from '../ports/leftovers.ts'
import type { Registry } from '../registry/registry.ts'
import type { Found } from './fsck-again.ts'
import type { FsckKind, FsckReport } from './fsck-types.ts'
import type { ReadEntry } from './read-all.ts'

/** Orphans that are named. */
const MOST_NAMED = 1000

interface Sum {
  entries: number
  bytes: number
}

/** What was counted and found so far. */
export class Findings {
  readonly values: Sum = { entries: 0, bytes: 0 }
  readonly calls: Sum = { entries: 0, bytes: 0 }
  leftovers: readonly Leftover[] = []
  unverified = 0
  problems: Found[] = []
  /** Entries that are there and of no use. */
  readonly bad: Map<Digest, Found> = new Map()
  readonly #orphans: Sum = { entries: 0, bytes: 0 }
  readonly #orphanKeys: Digest[] = []
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  report(): FsckReport {
    return {
      sound: this.problems.length === 0,
      values: this.values,
      calls: this.calls,
      orphans: { ...this.#orphans, keys: this.#orphanKeys },
      leftovers: this.leftovers,
      unverified: this.unverified,
      problems: this.problems.map(({ seen: _, ...problem }) => problem),
    }
  }

  count(place: 'values' | 'calls', entries: readonly EntryInfo[]): void {
    addTo(this[place], entries)
  }

  countOrphans(entries: readonly EntryInfo[]): void {
    addTo(this.#orphans, entries)
    for (const { key } of entries.slice(0, MOST_NAMED - this.#orphanKeys.length)) this.#orphanKeys.push(key)
  }

  add(
    kind: FsckKind,
    place: 'values' | 'calls',
    entry: EntryInfo & { readonly bytes?: Uint8Array },
    reason: string,
    to?: Digest,
  ): Found {
    const { key, size, bytes } = entry
    // A copy: a view would hold all of the entry.
    const seen = bytes && new Uint8Array(bytes.subarray(0, PREFIX_BYTES))
    const found = { kind, in: place, key, to, size, reason, seen, removed: false, quarantined: undefined }
    this.problems.push(found)
    return found
  }

  /** A named ref that leads nowhere. */
  addRef(name: string, to: Digest, reason: string): void {
    const none = { size: 0, seen: undefined, removed: false, quarantined: undefined }
    this.problems.push({ kind: 'dangling', in: 'refs', key: name, to, reason, ...none })
  }

  /** Why a link leads nowhere, if it does. */
  absence(to: Digest, missing: ReadonlySet<Digest>): string | undefined {
    if (missing.has(to)) return `it needs ${to}, which is not stored`
    return this.bad.has(to) ? `it needs ${to}, which is of no use itself` : undefined
  }

  openValue(entry: ReadEntry): OpenedEntry | undefined {
    return this.#judged('values', entry, () => openEntry(entry.key, entry.bytes))
  }

  openRecord(entry: ReadEntry): OpenedRecord | undefined {
    return this.#judged('calls', entry, () => openRecord(entry, this.#registry))
  }

  #judged<T>(place: 'values' | 'calls', entry: ReadEntry, open: () => T): T | undefined {
    try {
      return open()
    } catch (error) {
      if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) this.add('unknown format', place, entry, error.message)
      else if (isRiposteError(error, 'ERR_UNKNOWN_CLASS') || isRiposteError(error, 'ERR_LIMIT')) {
        this.add('unreadable', place, entry, error.message)
      } else if (isRiposteError(error, 'ERR_CORRUPT')) {
        const found = this.add('corrupt', place, entry, error.details.reason)
        if (place === 'values') this.bad.set(entry.key, found)
      } else throw error
      return undefined
    }
  }
}

function addTo(sum: Sum, entries: readonly EntryInfo[]): void {
  sum.entries += entries.length
  for (const { size } of entries) sum.bytes += size
}
