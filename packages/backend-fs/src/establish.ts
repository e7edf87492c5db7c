/** New directories of one file, where at most one may stand. */
import { join } from 'node:path'
import { type Steps, wait } from '@riposte/core'
import type { Outcome } from './files.ts'
import { discard, type Home } from './home.ts'
import { type Place, temporaryPath } from './layout.ts'

export interface OneFile {
  readonly name: string
  readonly text: string
  /** Whether it has reached the disk before the directory is moved. */
  readonly durable: boolean
}

/** Moves a new directory with one file in it to where none stands but an empty one; `taken` if another does. */
export function* establish(home: Home, place: Place, directory: string, file: OneFile): Steps<Outcome> {
  const { files } = home
  const draft = temporaryPath(place)
  yield* wait(files.makeDirectory(draft))
  try {
    yield* wait(files.create(join(draft, file.name), new TextEncoder().encode(file.text), file.durable))
    // An empty one is what a removal leaves; not every system moves a directory over it.
    yield* wait(files.removeDirectory(directory))
    const outcome = yield* wait(files.rename(draft, directory))
    if (outcome === 'done') return outcome
    yield* discardDraft(home, draft, file.name)
    return outcome
  } catch (error) {
    yield* discardDraft(home, draft, file.name)
    throw error
  }
}

function* discardDraft({ files }: Home, draft: string, name: string): Steps<void> {
  yield* discard(files, join(draft, name))
  yield* wait(files.removeDirectory(draft))
}
