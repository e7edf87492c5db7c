/** Tidies up after processes that crashed. */
import { join } from 'node:path'
import { type Steps, wait } from '@riposte/core'
import { now } from './clock.ts'
import { saysReadOnly } from './failure.ts'
import type { Files } from './files.ts'
import type { Home } from './home.ts'
import { asideEntry, asideFolder, entryFolder, entryPath, type Place, temporaryFolder } from './layout.ts'

/** Age from which no living writer is still busy with a file of its own. If one is, it writes it again. */
const STALE = 3_600_000

/** Age from which no living process is still looking at what it put aside. If one is, the entry merely stays. */
const ABANDONED = 1000

/** Brings back entries that a crashed delete left aside, and removes files that were never finished. */
export function* clearLeftovers(home: Home, place: Place): Steps<void> {
  try {
    yield* restoreAsides(home, place)
    yield* removeStale(home, place)
  } catch (error) {
    // Readers find what is aside by themselves, and unfinished files disturb nobody.
    if (!saysReadOnly(error)) throw error
  }
}

function* restoreAsides(home: Home, place: Place): Steps<void> {
  const { files } = home
  const names = yield* namesIn(home, asideFolder(place))
  if (names.length === 0) return
  const time = yield* now(home, place)
  for (const name of names) {
    const entry = asideEntry(name)
    const path = join(asideFolder(place), name)
    const status = yield* wait(files.status(path))
    if (entry === undefined || status === undefined || time - status.touched < ABANDONED) continue
    yield* home.ensure(place, entryFolder(place, entry.kind, entry.key))
    const outcome = yield* wait(files.link(path, entryPath(place, entry.kind, entry.key)))
    if (outcome !== 'gone') yield* wait(files.unlink(path))
  }
}

function* removeStale(home: Home, place: Place): Steps<void> {
  const { files } = home
  const names = yield* namesIn(home, temporaryFolder(place))
  if (names.length === 0) return
  const time = yield* now(home, place)
  for (const name of names) {
    const path = join(temporaryFolder(place), name)
    const status = yield* wait(files.status(path))
    if (status === undefined || time - Number(status.modified) / 1e6 < STALE) continue
    if (status.directory) yield* removeDirectory(files, path)
    else yield* wait(files.unlink(path))
  }
}

/** What is in a directory of the store; never what a link leads to, where nothing is ours. */
function* namesIn(home: Home, directory: string): Steps<readonly string[]> {
  return (yield* home.holds(directory)) ? ((yield* wait(home.files.names(directory))) ?? []) : []
}

function* removeDirectory(files: Files, path: string): Steps<void> {
  for (const name of (yield* wait(files.names(path))) ?? []) yield* wait(files.unlink(join(path, name)))
  yield* wait(files.removeDirectory(path))
}
