/** Looks for entries, also for those that a guarded delete is looking at just now. */
import { join } from 'node:path'
import { type Digest, type MaybePromise, type Steps, wait } from '@riposte/core'
import type { SyncFiles } from './files.ts'
import type { Folder } from './folder.ts'
import { inParallel } from './in-parallel.ts'
import { asideFolder, asidePrefix, entryPath, isRemoval, type Place } from './layout.ts'

type Bytes = Uint8Array | undefined

/**
 * First bytes of entries, all of them unless `upTo` is given.
 *
 * @param seen - what was seen at their places, where somebody looked
 */
export function* getEntries(
  folder: Folder,
  keys: readonly Digest[],
  upTo?: number,
  seen?: readonly Bytes[],
): Steps<readonly Bytes[]> {
  const { files } = folder.home
  return yield* findEntries(folder, keys, path => files.read(path, upTo), seen)
}

/**
 * What is seen at the place of the one key that is asked for, without steps: these take a fifth of the time of a small
 * read. `undefined` if other than one are asked for, or the store was not opened yet.
 */
export function lookNow(
  { home, kind }: Folder,
  files: SyncFiles,
  keys: readonly Digest[],
  upTo?: number,
): readonly Bytes[] | undefined {
  const [key] = keys
  if (key === undefined || keys.length > 1 || home.place === undefined) return undefined
  return [files.read(entryPath(home.place, kind, key), upTo)]
}

export function* hasEntries(folder: Folder, keys: readonly Digest[]): Steps<boolean[]> {
  const { files } = folder.home
  const found = yield* findEntries(folder, keys, path => files.status(path))
  return found.map(status => status?.plain === true)
}

type Look<T> = (path: string) => MaybePromise<T | undefined>

function* findEntries<T>(
  folder: Folder,
  keys: readonly Digest[],
  look: Look<T>,
  seen?: readonly (T | undefined)[],
): Steps<readonly (T | undefined)[]> {
  const place = keys.length === 0 ? undefined : yield* folder.home.find()
  if (place === undefined) return keys.map(() => undefined)
  const found = seen ?? (yield* inParallel(keys, key => wait(look(entryPath(place, folder.kind, key)))))
  if (!found.includes(undefined)) return found
  const names = yield* wait(folder.home.files.names(asideFolder(place)))
  // The directory is made before the first entry is put aside, and stays.
  if (names === undefined) return found
  return yield* inParallel(
    keys.map((key, index) => ({ key, seen: found[index] })),
    function* ({ key, seen }) {
      if (seen !== undefined) return seen
      let asides = asidesAmong(names, folder, place, key)
      for (let { takers } = asides; ; takers--) {
        for (const path of asides.paths) {
          const found = yield* wait(look(path))
          if (found !== undefined) return found
        }
        // It may have been put back before we looked aside.
        const found = yield* wait(look(entryPath(place, folder.kind, key)))
        if (found !== undefined || takers === 0) return found
        asides = yield* asidesNow(folder, place, key)
      }
    },
  )
}

/**
 * Where an entry may stand that is missing at its place. When it has been put back before we look there, the next
 * guarded delete may have taken it by the time we look at its place again. Each takes it once at most: one that begins
 * later sees its new age. So who has seen it missing at its place once more than there were `takers`, with a look
 * aside each time, has seen it gone.
 */
export interface Asides {
  readonly paths: readonly string[]
  /** How many guarded deletes were under way. */
  readonly takers: number
}

/** More than ever sweep at once; what crashes left counts too. */
const MOST_TAKERS = 16

export function* asidesNow(folder: Folder, place: Place, key: Digest): Steps<Asides> {
  return asidesAmong((yield* wait(folder.home.files.names(asideFolder(place)))) ?? [], folder, place, key)
}

function asidesAmong(names: readonly string[], { kind }: Folder, place: Place, key: Digest): Asides {
  const prefix = asidePrefix(kind, key)
  const paths = names.filter(name => name.startsWith(prefix)).map(name => join(asideFolder(place), name))
  return { paths, takers: Math.min(names.filter(isRemoval).length, MOST_TAKERS) }
}
