/**
 * The last calls that were evicted: lines at the end of a file that any number of processes write to. A full file takes the
 * place of the one before it, so that there are two at most. A line that was torn, or lost, costs an explanation.
 */
import {
  type Digest,
  EVICTIONS_KEPT,
  EVICTIONS_KEPT_FOR,
  type Eviction,
  type EvictionCause,
  isPromise,
  isRiposteError,
  run,
  type Steps,
  wait,
} from '@riposte/core'
import { systemCode } from './failure.ts'
import type { Home } from './home.ts'
import { evictionLog, formatPath, oldEvictionLog, type Place } from './layout.ts'
import { move } from './move.ts'

const LINE = /^([0-9a-f]{64}) (evict|limit|result) (\d{13})$/

/** Lines of one file. */
const LINES = EVICTIONS_KEPT / 2

/** Bytes of a file, from which it is full: a line of the longest cause takes so many. */
const FULL = LINES * 86

/** Bytes of a file that none of these processes can have written, however many they are: it is not read. */
const DAMAGED = 4 * 2 ** 20

/** Bytes that this process adds before it looks again how many there are. */
const UNCHECKED = 65_536

/** Milliseconds until what was noted is written; a process that is done waits for it. */
const SOON = 25

/** Evictions of one store. */
export interface EvictionLog {
  /** Notes them, some a moment later, and fails never because of what it finds in the file system. */
  note(keys: readonly Digest[], cause: EvictionCause): Steps<void>
  /** Writes what was noted and is not written yet. */
  flush(): Steps<void>
  find(keys: readonly Digest[]): Steps<readonly (Eviction | undefined)[]>
  /** Removes files all of whose evictions are forgotten. */
  clear(): Steps<void>
}

/**
 * To write each eviction by itself would nearly double what one takes. So those of some milliseconds are written together;
 * but a file is made, or begun anew, before the answer: nothing new appears in a directory that whoever got the answer may
 * be about to remove.
 */
export function evictionLogOf(home: Home): EvictionLog {
  const { files } = home
  let waiting = ''
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let isThere = false
  let unchecked = 0

  function* flush(): Steps<void> {
    while (waiting !== '' || writing !== undefined) {
      writing ??= begin()
      yield* wait(writing)
    }
  }

  /** One write: what comes meanwhile has its own time. */
  function beginSoon(): void {
    timer = undefined
    if (writing === undefined) writing = begin()
    else timer = setTimeout(beginSoon, SOON)
  }

  function begin(): Promise<void> | undefined {
    // After a line break, as the line before may have been torn.
    const bytes = new TextEncoder().encode(`\n${waiting}`)
    waiting = ''
    clearTimeout(timer)
    timer = undefined
    const written = run(append(bytes))
    if (!isPromise(written)) return undefined
    return written.finally(() => {
      writing = undefined
    })
  }

  function* append(bytes: Uint8Array): Steps<void> {
    try {
      const place = yield* home.find()
      if (place === undefined) return
      const mayMake = isDue(bytes.length)
      if (mayMake) {
        yield* makeRoom(home, place, bytes.length)
        unchecked = 0
      }
      unchecked += bytes.length
      isThere = (yield* wait(files.append(evictionLog(place), bytes))) === 'done'
      if (!isThere && mayMake) isThere = (yield* wait(files.create(evictionLog(place), bytes, false))) === 'done'
    } catch (error) {
      isThere = false
      // Some of it runs by a timer, where nobody could hear of it.
      if (systemCode(error) === undefined && !isRiposteError(error)) throw error
    }
  }

  function isDue(bytes: number): boolean {
    return !isThere || unchecked + bytes > UNCHECKED
  }

  return {
    *note(keys, cause) {
      const time = Date.now()
      for (const key of keys.slice(-LINES)) waiting += `${key} ${cause} ${time}\n`
      if (isDue(waiting.length + 1)) yield* flush()
      else timer ??= setTimeout(beginSoon, SOON)
    },
    flush,
    *find(keys) {
      yield* flush()
      const place = keys.length === 0 ? undefined : yield* home.find()
      if (place === undefined || !(yield* home.holds(formatPath(place)))) return keys.map(() => undefined)
      const found = yield* read(home, place, new Set(keys))
      return keys.map(key => found.get(key))
    },
    *clear() {
      const place = yield* home.find()
      if (place !== undefined && (yield* home.holds(formatPath(place)))) yield* makeRoom(home, place, 0)
    },
  }
}

/** Begins a new file where another so many bytes are too many, and removes files all of whose lines are too old. */
function* makeRoom({ files }: Home, place: Place, bytes: number): Steps<void> {
  const [log, old] = [evictionLog(place), oldEvictionLog(place)]
  for (const path of [log, old]) {
    const status = yield* wait(files.status(path))
    if (status?.plain !== true) continue
    if (status.size > DAMAGED || isForgotten(Number(status.modified) / 1e6)) yield* wait(files.unlink(path))
    else if (path === log && status.size + bytes > FULL) yield* move(files, log, old)
  }
}

function* read({ files }: Home, place: Place, keys: ReadonlySet<string>): Steps<ReadonlyMap<string, Eviction>> {
  const decoder = new TextDecoder()
  let lines: readonly string[] = []
  for (const path of [oldEvictionLog(place), evictionLog(place)]) {
    const status = yield* wait(files.status(path))
    if (status?.plain !== true || status.size > DAMAGED) continue
    const bytes = yield* wait(files.read(path))
    if (bytes !== undefined) lines = lines.concat(decoder.decode(bytes).split('\n'))
  }
  const found = new Map<string, Eviction>()
  for (const line of lines.filter(line => line !== '').slice(-EVICTIONS_KEPT)) {
    const [, key = '', cause, time] = LINE.exec(line) ?? []
    if (!keys.has(key) || isForgotten(Number(time))) continue
    // The expression names no other cause.
    found.set(key, { cause: cause as EvictionCause, at: Number(time) })
  }
  return found
}

function isForgotten(at: number): boolean {
  return Date.now() - at > EVICTIONS_KEPT_FOR
}
