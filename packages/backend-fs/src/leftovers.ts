/** Tidies up after processes that crashed. */
import { basename, join, relative } from 'node:path'
import { type Leftover, type Steps, wait } from '@riposte/core'
import { readingNow } from './clock.ts'
import { saysReadOnly } from './failure.ts'
import type { Files, Status } from './files.ts'
import type { Home } from './home.ts'
import { asideEntry, asideFolder, entryFolder, entryPath, isRemoval, type Place, temporaryFolder } from './layout.ts'

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

/** What `clearLeftovers` would see to. */
export function* findLeftovers(home: Home, place: Place): Steps<readonly Leftover[]> {
  const found = [...(yield* abandonedAsides(home, place)), ...(yield* staleFiles(home, place))]
  return found.map(({ path, status: { size, touched } }) => ({ name: relative(place, path), size, touched }))
}

function* abandonedAsides(home: Home, place: Place): Steps<readonly Abandoned[]> {
  const names = (yield* namesIn(home, asideFolder(place))).filter(name => !isRemoval(name))
  return yield* abandoned(home, place, asideFolder(place), names, ABANDONED, ({ touched }) => touched)
}

function* staleFiles(home: Home, place: Place): Steps<readonly Abandoned[]> {
  const since = ({ modified }: Status) => Number(modified) / 1e6
  const removals = (yield* namesIn(home, asideFolder(place))).filter(isRemoval)
  const unfinished = yield* namesIn(home, temporaryFolder(place))
  return [
    ...(yield* abandoned(home, place, asideFolder(place), removals, STALE, since)),
    ...(yield* abandoned(home, place, temporaryFolder(place), unfinished, STALE, since)),
  ]
}

interface Abandoned {
  readonly path: string
  readonly status: Status
}

/** What of a directory stands there for longer than `age`. */
function* abandoned(
  home: Home,
  place: Place,
  directory: string,
  names: readonly string[],
  age: number,
  since: (status: Status) => number,
): Steps<readonly Abandoned[]> {
  if (names.length === 0) return []
  const time = yield* readingNow(home, place)
  const found: Abandoned[] = []
  for (const name of [...names].sort()) {
    const path = join(directory, name)
    const status = yield* wait(home.files.status(path))
    if (status !== undefined && time - since(status) >= age) found.push({ path, status })
  }
  return found
}

function* restoreAsides(home: Home, place: Place): Steps<void> {
  const { files } = home
  for (const { path } of yield* abandonedAsides(home, place)) {
    const entry = asideEntry(basename(path))
    if (entry === undefined) continue
    yield* home.ensure(place, entryFolder(place, entry.kind, entry.key))
    const outcome = yield* wait(files.link(path, entryPath(place, entry.kind, entry.key)))
    if (outcome !== 'gone') yield* wait(files.unlink(path))
  }
}

function* removeStale(home: Home, place: Place): Steps<void> {
  const { files } = home
  for (const { path, status } of yield* staleFiles(home, place)) {
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
