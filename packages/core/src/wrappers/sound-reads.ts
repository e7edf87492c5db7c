/** Reads one key after the other from several stores, so that a damaged entry hides no sound one behind it. */
import { type OpenedEntry, openEntry } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import type { Steps } from '../flow.ts'
import type { Entry } from '../ports/backend.ts'
import type { Source } from './fill-in.ts'

/** Reads whole entries of one store. */
export type Reader = Source<Uint8Array | undefined>

/** An entry that fits its seal. */
export interface SoundEntry {
  readonly key: Digest
  readonly bytes: Uint8Array
  readonly opened: OpenedEntry
  /** The place of the reader that had it. */
  readonly from: number
}

export interface SoundReads {
  readonly sound: ReadonlyMap<Digest, SoundEntry>
  /** Of keys that no reader has sound: what the first one had, for the caller to judge. */
  readonly unsound: ReadonlyMap<Digest, Uint8Array>
  /** For each reader, the keys of corrupt entries it had. */
  readonly corrupt: readonly ReadonlySet<Digest>[]
}

/**
 * Asks each reader for what those before it do not have sound. Of no keys all are asked, so that the answer tells
 * whether all answer now.
 */
export function* readSound(readers: readonly Reader[], keys: readonly Digest[]): Steps<SoundReads> {
  const sound = new Map<Digest, SoundEntry>()
  const unsound = new Map<Digest, Uint8Array>()
  const corrupt = readers.map(() => new Set<Digest>())
  let missing = keys
  for (const [from, read] of readers.entries()) {
    if (missing.length === 0 && keys.length > 0) break
    const found = yield* read(missing)
    missing = missing.filter((key, i) => {
      const bytes = found[i]
      if (bytes === undefined) return true
      const opened = judge(key, bytes)
      if (typeof opened === 'object') {
        sound.set(key, { key, bytes, opened, from })
        unsound.delete(key)
        return false
      }
      if (opened === 'corrupt') corrupt[from]!.add(key)
      if (!unsound.has(key)) unsound.set(key, bytes)
      return true
    })
  }
  return { sound, unsound, corrupt }
}

/** Of equal entries the first that fits its seal, or the first. */
export function soundest<E extends Entry>(equal: readonly { readonly item: E }[]): E {
  return (equal.find(({ item }) => typeof judge(item.key, item.bytes) === 'object') ?? equal[0]!).item
}

function judge(key: Digest, bytes: Uint8Array): OpenedEntry | 'corrupt' | 'unknown format' {
  try {
    return openEntry(key, bytes)
  } catch (error) {
    if (isRiposteError(error, 'ERR_CORRUPT')) return 'corrupt'
    if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return 'unknown format'
    throw error
  }
}
