/** Writes entries: each into a file of its own first, which then gets the entry's name in one step. */
import { type Digest, type Entry, PREFIX_BYTES, type PutMode, RiposteError, type Steps, wait } from '@riposte/core'
import { stamp } from './clock.ts'
import type { Folder } from './folder.ts'
import { discard } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { checkKeys, entryFolder, entryPath, type Place } from './layout.ts'
import { move } from './move.ts'

type Prefix = Uint8Array | undefined

/** For each entry, the first bytes of what stood there and stays; `undefined` where it was written. */
export function* putEntries(folder: Folder, entries: readonly Entry[], mode: PutMode): Steps<Prefix[]> {
  checkKeys(entries.map(({ key }) => key))
  if (entries.length === 0) return []
  const { durable } = folder.home
  const place = yield* folder.home.make()
  const drafts = entries.map(entry => new Draft(folder, place, entry))
  try {
    const kept = yield* inParallel(drafts, function* (draft) {
      yield* folder.home.ensure(place, draft.directory)
      const stands = mode === 'keep' ? yield* refresh(folder, draft.path) : undefined
      if (stands === undefined) yield* draft.write()
      return stands
    })
    // Writing files takes long and goes side by side; names are given in order, so that children come before parents.
    const written = new Map<Digest, Uint8Array>()
    const results: Prefix[] = []
    for (const [index, draft] of drafts.entries()) {
      const { key, bytes } = draft.entry
      const earlier = mode === 'replace' ? undefined : written.get(key)?.slice(0, PREFIX_BYTES)
      const stands = kept[index] ?? earlier ?? (yield* publish(folder, draft, mode))
      if (stands === undefined) written.set(key, bytes)
      results.push(stands)
    }
    const directories = new Set(drafts.map(({ directory }) => directory))
    if (durable) yield* inParallel([...directories], directory => folder.home.sync(directory))
    return results
  } finally {
    yield* inParallel(drafts, draft => draft.discard())
  }
}

/** An entry and the file that it is written to before it gets its name. */
class Draft {
  readonly entry: Entry
  readonly directory: string
  readonly path: string
  readonly #folder: Folder
  readonly #place: Place
  #file: string | undefined

  constructor(folder: Folder, place: Place, entry: Entry) {
    this.entry = entry
    this.directory = entryFolder(place, folder.kind, entry.key)
    this.path = entryPath(place, folder.kind, entry.key)
    this.#folder = folder
    this.#place = place
  }

  /** The file, which is written if there is none. */
  *write(): Steps<string> {
    this.#file ??= yield* this.#folder.home.stage(this.#place, this.entry.bytes)
    return this.#file
  }

  /** Begins again: file or directory were removed by somebody. */
  *restart(): Steps<void> {
    yield* this.discard()
    yield* this.#folder.home.ensure(this.#place, this.directory)
  }

  *discard(): Steps<void> {
    if (this.#file !== undefined) yield* discard(this.#folder.home.files, this.#file)
    this.#file = undefined
  }

  /** The file was moved to where it belongs. */
  moved(): void {
    this.#file = undefined
  }
}

/** Makes what stands there as good as new. Reading it after the touch shows that no guarded delete was quicker. */
function* refresh(folder: Folder, path: string): Steps<Prefix> {
  return (yield* wait(folder.home.files.touch(path, stamp()))) ? yield* prefixOf(folder, path) : undefined
}

function* prefixOf({ home }: Folder, path: string): Steps<Prefix> {
  const prefix = yield* wait(home.files.read(path, PREFIX_BYTES))
  // Who wrote it may not have waited for the disk.
  if (prefix !== undefined && home.durable) yield* home.sync(path)
  return prefix
}

const ATTEMPTS = 5

/** Gives a draft its name. */
function* publish(folder: Folder, draft: Draft, mode: PutMode): Steps<Prefix> {
  const { files } = folder.home
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = yield* draft.write()
    if (mode !== 'absent') {
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
    const stands = yield* prefixOf(folder, draft.path)
    if (stands !== undefined) return stands
    yield* removeForeign(folder, draft.path)
  }
  throw new RiposteError(
    'ERR_BACKEND',
    `${draft.path} could not be written in ${ATTEMPTS} attempts: something else stands there, or files vanish as soon as they are made`,
    { operation: 'put', location: draft.path },
  )
}

/** A link under an entry's name is no entry, and nobody reads through it. It goes. */
function* removeForeign({ home: { files } }: Folder, path: string): Steps<void> {
  const status = yield* wait(files.status(path))
  if (status !== undefined && !status.plain && !status.directory) yield* wait(files.unlink(path))
}
