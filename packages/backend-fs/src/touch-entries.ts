/** Refreshes the age of entries. */
import { type Digest, type Steps, wait } from '@riposte/core'
import { stamp } from './clock.ts'
import { type Asides, asidesNow } from './find-entries.ts'
import type { Folder } from './folder.ts'
import { inParallel } from './in-parallel.ts'
import { entryFolder, entryPath, type Place } from './layout.ts'

export function* touchEntries(folder: Folder, keys: readonly Digest[]): Steps<boolean[]> {
  const place = keys.length === 0 ? undefined : yield* folder.home.find()
  if (place === undefined) return keys.map(() => false)
  return yield* inParallel(keys, key => touchEntry(folder, place, key))
}

function* touchEntry(folder: Folder, place: Place, key: Digest): Steps<boolean> {
  const { home, kind } = folder
  if (!(yield* home.holds(entryFolder(place, kind, key)))) return false
  const path = entryPath(place, kind, key)
  if (yield* touchFile(folder, path)) return true
  let asides = yield* asidesNow(folder, place, key)
  for (let { takers } = asides; ; ) {
    const isBack = yield* rescue(folder, path, asides)
    if (yield* touchFile(folder, path)) return true
    if (!isBack && takers-- === 0) return false
    asides = yield* asidesNow(folder, place, key)
  }
}

/**
 * Touches a file and looks whether it still stands: a guarded delete that puts it aside later sees that it was
 * touched and puts it back; one that did so before may have looked at it already.
 */
function* touchFile({ home: { files } }: Folder, path: string): Steps<boolean> {
  if (!(yield* wait(files.touch(path, stamp())))) return false
  return (yield* wait(files.status(path)))?.plain === true
}

/** Puts back what a guarded delete has put aside. To that delete, it was put again when it was gone. */
function* rescue({ home: { files } }: Folder, path: string, { paths }: Asides): Steps<boolean> {
  for (const aside of paths) {
    const outcome = yield* wait(files.link(aside, path))
    if (outcome === 'done') return true
    // What is in the way may be an entry, or have been one a moment ago; for what never is one nobody need look again.
    if (outcome === 'taken') return (yield* wait(files.status(path)))?.plain !== false
  }
  return false
}
