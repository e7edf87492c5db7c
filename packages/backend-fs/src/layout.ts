/**
 * Where things stand in a store's directory:
 *
 *     riposte.json                   says that this is a store, and its format
 *     CACHEDIR.TAG                   says to backup programs that it can be made again
 *     v1/values/3f/6c/3f6c…          entries, under their whole key
 *     v1/calls/…
 *     v1/refs/<hash of the name>/    one file for each named reference
 *     v1/leases/<hash of the key>    one file for each lease
 *     v1/tmp/                        files being written
 *     v1/aside/                      entries that a guarded delete is looking at, and a file for each such delete
 *
 * Names are lower-case hex, so that file systems which fold case keep them apart. Files being written stand in one
 * directory of the same file system, so that opening a store finds what crashes left in one read, not in 65,536.
 */
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type Digest, isDigest } from '@riposte/core'

export const FORMAT = 1
export const MARKER = 'riposte.json'
export const CACHE_TAG = 'CACHEDIR.TAG'

export type Kind = 'values' | 'calls'

/** The directory of a store that exists, as an absolute path without links. */
export type Place = string

export const formatPath = (place: Place): string => join(place, `v${FORMAT}`)
export const temporaryFolder = (place: Place): string => join(formatPath(place), 'tmp')
export const asideFolder = (place: Place): string => join(formatPath(place), 'aside')
export const refsFolder = (place: Place): string => join(formatPath(place), 'refs')
export const leasesFolder = (place: Place): string => join(formatPath(place), 'leases')
export const kindFolder = (place: Place, kind: Kind): string => join(formatPath(place), kind)

/** The directory that an entry stands in. */
export function entryFolder(place: Place, kind: Kind, key: Digest): string {
  return join(kindFolder(place, kind), key.slice(0, 2), key.slice(2, 4))
}

export function entryPath(place: Place, kind: Kind, key: Digest): string {
  return join(entryFolder(place, kind, key), key)
}

export const temporaryPath = (place: Place): string => join(temporaryFolder(place), randomUUID())

/** A name of its own for an entry that is put aside. */
export const asideName = (kind: Kind, key: Digest): string => `${asidePrefix(kind, key)}${randomUUID()}`

/** How the names of an entry that was put aside begin. */
export const asidePrefix = (kind: Kind, key: Digest): string => `${kind}.${key}.`

const REMOVAL = 'removal.'

/** A name for the file that says that a guarded delete is under way. */
export const removalName = (): string => `${REMOVAL}${randomUUID()}`

export const isRemoval = (name: string): boolean => name.startsWith(REMOVAL)

/** What stood aside under this name; `undefined` for names that are not ours. */
export function asideEntry(name: string): { readonly kind: Kind; readonly key: Digest } | undefined {
  const [kind, key] = name.split('.')
  return (kind === 'values' || kind === 'calls') && isDigest(key) ? { kind, key } : undefined
}

export function refFolder(place: Place, name: string): string {
  return join(refsFolder(place), hashOf(name))
}

export function leasePath(place: Place, key: string): string {
  return join(leasesFolder(place), hashOf(key))
}

/** @throws {TypeError} for what is no key, before it becomes a path */
export function checkKeys(keys: Iterable<unknown>): void {
  for (const key of keys) {
    if (!isDigest(key)) {
      throw new TypeError(`expected a key of 64 lower-case hex digits, got ${JSON.stringify(key) ?? typeof key}`)
    }
  }
}

/** What stands for a text in a path. It may be any, lone surrogates included: the hash is of its UTF-16 code units. */
function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex')
}
