/** A store's directory: found, made and kept in order. */
import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { type MaybePromise, RiposteError, run, type Steps, wait } from '@riposte/core'
import { systemCode } from './failure.ts'
import type { Files } from './files.ts'
import { CACHE_TAG, formatPath, MARKER, type Place, temporaryFolder, temporaryPath } from './layout.ts'
import { clearLeftovers } from './leftovers.ts'
import { makeDirectories } from './make-directories.ts'
import { beginningName, CACHE_TAG_TEXT, checkMarker, MARKER_TEXT, mayStandBefore, notAStore } from './marker.ts'

export interface Home {
  readonly files: Files
  /** Whether writes reach the disk before they are acknowledged. */
  readonly durable: boolean
  /** The place of the store, once it was opened. */
  readonly place: Place | undefined
  /** The place of the store if it exists. Its first use tidies up after crashes. */
  find(): Steps<Place | undefined>
  /** The place of the store, which is made if need be, with its directory for files being written. */
  make(): Steps<Place>
  /** Makes a directory of the store if need be; says whether it did. Throws if a link leads from it to somewhere else. */
  ensure(place: Place, directory: string): Steps<boolean>
  /** Whether a directory of the store exists. Throws if a link leads from it to somewhere else. */
  holds(directory: string): Steps<boolean>
  /** Brings a file or directory to the disk. */
  sync(path: string): Steps<void>
  /** Writes a new file to be moved to where it belongs; gives its path. */
  stage(place: Place, bytes: Uint8Array): Steps<string>
}

export function createHome(root: string, files: Files, durable: boolean): Home {
  let opened: Place | undefined
  // Whoever comes while the store is being opened waits for the same opening.
  let finding: MaybePromise<Place | undefined> | undefined
  let making: MaybePromise<Place> | undefined

  const home: Home = {
    files,
    durable,
    get place() {
      return opened
    },
    *find() {
      if (opened !== undefined) return opened
      try {
        finding ??= run(open())
        return yield* wait(finding)
      } finally {
        finding = undefined
      }
    },
    *make() {
      const place = (yield* home.find()) ?? (yield* begin())
      yield* home.ensure(place, temporaryFolder(place))
      return place
    },
    *ensure(place, directory) {
      if (yield* home.holds(directory)) return false
      let made = false
      if (directory === formatPath(place)) {
        // The whole store was removed while it was in use.
        opened = undefined
        yield* create()
      } else {
        yield* home.ensure(place, dirname(directory))
        made = yield* wait(files.makeDirectory(directory))
        if (durable) yield* home.sync(dirname(directory))
      }
      if (!made && !(yield* home.holds(directory))) throw outside(directory)
      return made
    },
    *holds(directory) {
      const real = yield* wait(files.realPath(directory))
      if (real !== undefined && real !== directory) throw outside(directory)
      return real !== undefined
    },
    *sync(path) {
      // Windows brings no directory to the disk, and no file that is open for reading only.
      if (process.platform !== 'win32') yield* wait(files.sync(path))
    },
    *stage(place, bytes) {
      const path = temporaryPath(place)
      try {
        if ((yield* wait(files.create(path, bytes, durable))) === 'done') return path
        // Somebody removed the directory since the store was opened.
        yield* home.ensure(place, temporaryFolder(place))
        if ((yield* wait(files.create(path, bytes, durable))) === 'done') return path
      } catch (error) {
        yield* discard(files, path)
        throw error
      }
      throw vanishing(temporaryFolder(place))
    },
  }

  function* begin(): Steps<Place> {
    try {
      making ??= run(create())
      yield* wait(making)
    } finally {
      making = undefined
    }
    return (yield* home.find()) ?? raise(vanishing(root))
  }

  function* open(): Steps<Place | undefined> {
    const place = yield* inspect()
    if (place !== undefined) {
      yield* clearLeftovers(home, place)
      opened = place
    }
    return place
  }

  function* inspect(): Steps<Place | undefined> {
    const place = yield* wait(files.realPath(root))
    if (place === undefined) return undefined
    const status = yield* wait(files.status(place))
    // It was removed meanwhile.
    if (status === undefined) return undefined
    if (!status.directory) throw notAStore(root)
    const marker = yield* readMarker(place)
    if (marker === undefined && (yield* holdsNothing(place))) return undefined
    // What is there now may be what another process made since we looked.
    const text = marker ?? (yield* readMarker(place)) ?? raise(notAStore(root))
    checkMarker(text, root)
    return place
  }

  function* readMarker(place: Place): Steps<string | undefined> {
    const bytes = yield* wait(files.read(join(place, MARKER)))
    return bytes && new TextDecoder().decode(bytes)
  }

  function* holdsNothing(place: Place): Steps<boolean> {
    const names = yield* wait(files.names(place))
    return names === undefined || names.every(mayStandBefore)
  }

  function* create(): Steps<Place> {
    const topmost = yield* makeDirectories(files, root)
    if (durable && topmost !== undefined) yield* syncAbove(topmost)
    yield* inspect()
    const place = (yield* wait(files.realPath(root))) ?? raise(vanishing(root))
    yield* publish(place, MARKER, MARKER_TEXT)
    yield* publish(place, CACHE_TAG, CACHE_TAG_TEXT)
    yield* wait(files.makeDirectory(formatPath(place)))
    yield* wait(files.makeDirectory(temporaryFolder(place)))
    if (durable) for (const directory of [formatPath(place), place]) yield* home.sync(directory)
    return place
  }

  /** Brings the names of the root and of the directories made above it to the disk. */
  function* syncAbove(topmost: string): Steps<void> {
    for (let made = root; made.length >= topmost.length; made = dirname(made)) {
      // The one above all that was made may be a link.
      const above = dirname(made)
      yield* home.sync((yield* wait(files.realPath(above))) ?? above)
    }
  }

  /** Writes a file that is not there yet, so that nobody sees a part of it. */
  function* publish(place: Place, name: string, text: string): Steps<void> {
    if (yield* wait(files.status(join(place, name)))) return
    const beginning = join(place, beginningName(randomUUID()))
    try {
      yield* wait(files.create(beginning, new TextEncoder().encode(text), durable))
      yield* wait(files.link(beginning, join(place, name)))
    } finally {
      yield* wait(files.unlink(beginning))
    }
  }

  function outside(directory: string): RiposteError {
    return failedWrite(`${directory} is a link, or vanishes as soon as it is made; nothing was written through it`)
  }

  function vanishing(directory: string): RiposteError {
    return failedWrite(`${directory} vanishes as soon as it is made; see who removes it`)
  }

  function failedWrite(message: string): RiposteError {
    return new RiposteError('ERR_BACKEND', message, { operation: 'write', location: root })
  }

  return home
}

/** Removes a file that was never finished. If that fails too, a later opening does it. */
export function* discard(files: Files, path: string): Steps<void> {
  try {
    yield* wait(files.unlink(path))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
  }
}

function raise(error: Error): never {
  throw error
}
