/** Looks for entries, also for those that a guarded delete is looking at just now. */
import { join } from 'node:path'
import { type Digest, type MaybePromise, type Steps, wait } from '@riposte/core'
import type { Folder } from './folder.ts'
import { inParallel } from './in-parallel.ts'
import { asideFolder, asidePrefix, entryPath, type Place } from './layout.ts'

/** First bytes of entries, all of them unless `upTo` is given. */
export function* getEntries(folder: Folder, keys: readonly Digest[], upTo?: number): Steps<(Uint8Array | undefined)[]> {
  const { files } = folder.home
  return yield* findEntries(folder, keys, path => files.read(path, upTo))
}

export function* hasEntries(folder: Folder, keys: readonly Digest[]): Steps<boolean[]> {
  const { files } = folder.home
  const found = yield* findEntries(folder, keys, path => files.status(path))
  return found.map(status => status?.plain === true)
}

type Look<T> = (path: string) => MaybePromise<T | undefined>

function* findEntries<T>(folder: Folder, keys: readonly Digest[], look: Look<T>): Steps<(T | undefined)[]> {
  const place = keys.length === 0 ? undefined : yield* folder.home.find()
  if (place === undefined) return keys.map(() => undefined)
  const found = yield* inParallel(keys, key => wait(look(entryPath(place, folder.kind, key))))
  if (!found.includes(undefined)) return found
  const asides = yield* wait(folder.home.files.names(asideFolder(place)))
  // The directory is made before the first entry is put aside, and stays.
  if (asides === undefined) return found
  return yield* inParallel(
    keys.map((key, index) => ({ key, seen: found[index] })),
    function* ({ key, seen }) {
      if (seen !== undefined) return seen
      for (const aside of asidesOf(asides, folder, key)) {
        const bytes = yield* wait(look(join(asideFolder(place), aside)))
        if (bytes !== undefined) return bytes
      }
      // It may have been put back before we looked aside.
      return yield* wait(look(entryPath(place, folder.kind, key)))
    },
  )
}

/** The names under which an entry stands aside. */
function asidesOf(names: readonly string[], { kind }: Folder, key: Digest): readonly string[] {
  const prefix = asidePrefix(kind, key)
  return names.filter(name => name.startsWith(prefix))
}

/** As `asidesOf`, read from the directory, as whole paths. */
export function* asidePaths(folder: Folder, place: Place, key: Digest): Steps<readonly string[]> {
  const directory = asideFolder(place)
  const names = yield* wait(folder.home.files.names(directory))
  return names === undefined ? [] : asidesOf(names, folder, key).map(name => join(directory, name))
}
