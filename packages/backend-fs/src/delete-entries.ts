/** Removes entries, with a guard only those that were not touched meanwhile. */
import { join } from 'node:path'
import { type Digest, type Removal, type Steps, type Touched, wait } from '@riposte/core'
import { asidesNow } from './find-entries.ts'
import type { Folder } from './folder.ts'
import { discard } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { asideFolder, asideName, entryFolder, entryPath, type Place, removalName } from './layout.ts'

/** Gives how many were removed. */
export function* deleteEntries(folder: Folder, removals: readonly Removal[]): Steps<number> {
  return (yield* deleteEach(folder, removals)).filter(Boolean).length
}

/** Gives for each whether it was removed. */
export function* deleteEach(folder: Folder, removals: readonly Removal[]): Steps<readonly boolean[]> {
  const place = removals.length === 0 ? undefined : yield* folder.home.find()
  if (place === undefined) return removals.map(() => false)
  if (removals.every(({ touched }) => touched === undefined)) return yield* deleteAll(folder, place, removals)
  const { home } = folder
  yield* home.ensure(place, asideFolder(place))
  const announced = join(asideFolder(place), removalName())
  try {
    // Before anything is looked at: who misses an entry knows by it how often it may be taken yet.
    yield* wait(home.files.create(announced, new Uint8Array(), false))
    return yield* deleteAll(folder, place, removals)
  } finally {
    yield* discard(home.files, announced)
  }
}

function* deleteAll(folder: Folder, place: Place, removals: readonly Removal[]): Steps<readonly boolean[]> {
  return yield* inParallel(removals, function* ({ key, touched }) {
    if (!(yield* folder.home.holds(entryFolder(place, folder.kind, key)))) return false
    return touched === undefined
      ? yield* deleteEntry(folder, place, key)
      : yield* deleteUntouched(folder, place, key, touched)
  })
}

function* deleteEntry(folder: Folder, place: Place, key: Digest): Steps<boolean> {
  const { files } = folder.home
  const path = entryPath(place, folder.kind, key)
  let removed = yield* wait(files.unlink(path))
  let asides = yield* asidesNow(folder, place, key)
  if (removed && asides.paths.length === 0 && asides.takers === 0) return true
  // A guarded delete may have put it back, before its aside was unlinked or after its place was.
  for (let { takers } = asides; ; takers--) {
    for (const aside of asides.paths) {
      if (yield* wait(files.unlink(aside))) removed = true
    }
    if (yield* wait(files.unlink(path))) removed = true
    if (takers === 0) return removed
    asides = yield* asidesNow(folder, place, key)
  }
}

/**
 * The move aside is the one step in which an entry is taken, so that what came before it can be seen and what comes
 * after it finds nothing. It moves `ctime` itself: whether the entry was touched between the look and the move shows
 * in `mtime`, which every touch sets anew, or in another file's standing there.
 */
function* deleteUntouched(folder: Folder, place: Place, key: Digest, touched: Touched): Steps<boolean> {
  const { files } = folder.home
  const path = entryPath(place, folder.kind, key)
  const before = yield* wait(files.status(path))
  if (before?.touched !== touched || !before.plain) return false
  const aside = join(asideFolder(place), asideName(folder.kind, key))
  if ((yield* wait(files.rename(path, aside))) !== 'done') return false
  const after = yield* wait(files.status(aside))
  if (after === undefined) return false
  const unchanged = after.inode === before.inode && after.modified === before.modified
  // Whoever wrote the entry again meanwhile has the name; what they wrote stands.
  if (!unchanged) yield* wait(files.link(aside, path))
  return (yield* wait(files.unlink(aside))) && unchanged
}
