/** Writes entries: each into a file of its own first, which then gets the entry's name in one step. */
import { type Digest, type Entry, PREFIX_BYTES, type PutMode, RiposteError, type Steps, wait } from '@riposte/core'
import { stamp } from './clock.ts'
import type { Folder } from './folder.ts'
import { discard, type Home } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { checkKeys, entryFolder, entryPath, type Place } from './layout.ts'
import { move } from './move.ts'
import { syncIfThere } from './sync-if-there.ts'

type Prefix = Uint8Array | undefined

/** Entries to be put into one folder. */
export interface Put {
  readonly folder: Folder
  readonly entries: readonly Entry[]
  readonly mode: PutMode
}

/** For each entry, the first bytes of what stood there and stays; `undefined` where it was written. */
export function* putEntries(put: Put): Steps<Prefix[]> {
  const [prefixes = []] = yield* putInOrder(put.folder.home, [put])
  return prefixes
}

/** As `putEntries`, for each of several: what one puts is seen, and durable if it is to be, before what the next one puts. */
export function* putInOrder(home: Home, puts: readonly Put[]): Steps<Prefix[][]> {
  for (const { entries } of puts) checkKeys(entries.map(({ key }) => key))
  if (puts.every(({ entries }) => entries.length === 0)) return puts.map(() => [])
  const place = yield* home.make()
  const groups = puts.map(({ folder, entries, mode }) => entries.map(entry => new Draft(folder, place, entry, mode)))
  const drafts = groups.flat()
  try {
    // Writing files takes long and goes side by side; names are given in order, so that children come before parents.
    yield* inParallel(drafts, draft => draft.begin())
    const prefixes: Prefix[][] = []
    for (const group of groups) prefixes.push(yield* publishAll(home, group))
    return prefixes
  } finally {
    yield* inParallel(drafts, draft => draft.discard())
  }
}

function* publishAll(home: Home, drafts: readonly Draft[]): Steps<Prefix[]> {
  const written = new Map<Digest, Uint8Array>()
  const prefixes: Prefix[] = []
  for (const draft of drafts) {
    const { key, bytes } = draft.entry
    const earlier = draft.mode === 'replace' ? undefined : written.get(key)?.slice(0, PREFIX_BYTES)
    const stands = draft.kept ?? earlier ?? (yield* publish(draft))
    if (stands === undefined) written.set(key, bytes)
    prefixes.push(stands)
  }
  const directories = new Set(drafts.map(({ directory }) => directory))
  if (home.durable) yield* inParallel([...directories], directory => home.sync(directory))
  return prefixes
}

/** An entry and the file that it is written to before it gets its name. */
class Draft {
  readonly entry: Entry
  readonly mode: PutMode
  readonly home: Home
  readonly directory: string
  readonly path: string
  /** Of what stood there and was to be kept: its first bytes. */
  kept: Prefix
  readonly #place: Place
  #file: string | undefined

  constructor({ home, kind }: Folder, place: Place, entry: Entry, mode: PutMode) {
    this.entry = entry
    this.mode = mode
    this.home = home
    this.directory = entryFolder(place, kind, entry.key)
    this.path = entryPath(place, kind, entry.key)
    this.#place = place
  }

  *begin(): Steps<void> {
    const made = yield* this.home.ensure(this.#place, this.directory)
    if (this.mode === 'keep' && !made) this.kept = yield* refresh(this)
    if (this.kept === undefined) yield* this.write()
  }

  /** The file, which is written if there is none. */
  *write(): Steps<string> {
    this.#file ??= yield* this.home.stage(this.#place, this.entry.bytes)
    return this.#file
  }

  /** Begins again: file or directory were removed by somebody. */
  *restart(): Steps<void> {
    yield* this.discard()
    yield* this.home.ensure(this.#place, this.directory)
  }

  *discard(): Steps<void> {
    if (this.#file !== undefined) yield* discard(this.home.files, this.#file)
    this.#file = undefined
  }

  /** The file was moved to where it belongs. */
  moved(): void {
    this.#file = undefined
  }
}

/** Makes what stands there as good as new. Reading it after the touch shows that no guarded delete was quicker. */
function* refresh(draft: Draft): Steps<Prefix> {
  return (yield* wait(draft.home.files.touch(draft.path, stamp()))) ? yield* prefixOf(draft) : undefined
}

function* prefixOf({ home, path }: Draft): Steps<Prefix> {
  const prefix = yield* wait(home.files.read(path, PREFIX_BYTES))
  if (prefix === undefined || !home.durable) return prefix
  // Who wrote it may not have waited for the disk.
  return (yield* syncIfThere(home, path)) ? prefix : undefined
}

const ATTEMPTS = 5

/** Gives a draft its name. */
function* publish(draft: Draft): Steps<Prefix> {
  const { files } = draft.home
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = yield* draft.write()
    if (draft.mode !== 'absent') {
      if ((yield* move(files, file, draft.path)) === 'done') {
        draft.moved()
        return undefined
      }
      yield* draft.restart()
      continue
    }
    const outcome = yield* wait(files.link(file, draft.path))
    if (outcome === 'done') return undefined
    if (outcome === 'gone') {
      yield* draft.restart()
      continue
    }
    const stands = yield* prefixOf(draft)
    if (stands !== undefined) return stands
    yield* removeForeign(draft)
  }
  throw new RiposteError(
    'ERR_BACKEND',
    `${draft.path} could not be written in ${ATTEMPTS} attempts: something else stands there, or files vanish as soon as they are made`,
    { operation: 'put', location: draft.path },
  )
}

/** A link under an entry's name is no entry, and nobody reads through it. It goes. */
function* removeForeign({ home: { files }, path }: Draft): Steps<void> {
  const status = yield* wait(files.status(path))
  if (status !== undefined && !status.plain && !status.directory) yield* wait(files.unlink(path))
}
