/**
 * Named references. Each is a directory with one file in it: the file's name holds a random part and the value, its
 * content is the reference's name. To swap is to rename that very file, which one process alone can do, as the random
 * part never comes again; the first value comes with its directory, which moves to where none with a file in it
 * stands. So no lock is held, and a crash at any point leaves the old value or the new one.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { compareCodePoints, isDigest, type NamedRef, type Refs, RiposteError, type Steps, wait } from '@riposte/core'
import { establish } from './establish.ts'
import type { Files, Outcome, Status } from './files.ts'
import type { Form } from './form.ts'
import type { Gate } from './gate.ts'
import type { Home } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { type Place, refFolder, refsFolder } from './layout.ts'
import { syncIfThere } from './sync-if-there.ts'

interface Held {
  readonly file: string
  readonly value: string
  /** Files that stand beside it in a store that another was copied over: it is the one that came last. */
  readonly others: readonly string[]
}

export function namedRefs(home: Home, form: Form, gate: Gate): Refs {
  const { files } = home
  return {
    read: name =>
      form.answer(
        gate.reads('read', function* () {
          checkName(name)
          const place = yield* home.find()
          return place && (yield* find(home, refFolder(place, name)))?.value
        }),
      ),
    swap: (name, expected, next) =>
      form.answer(
        gate.writes('swap', function* () {
          checkName(name)
          checkValue(next)
          return yield* swap(home, name, expected, next)
        }),
      ),
    list: ({ prefix = '' } = {}) => {
      let listed = false
      return form.stream(() =>
        gate.reads('list', function* () {
          if (listed) return undefined
          listed = true
          const place = yield* home.find()
          if (place === undefined) return undefined
          const names = (yield* wait(files.names(refsFolder(place)))) ?? []
          const found = yield* inParallel(names, name => readRef(home, place, name))
          return found
            .filter(ref => ref !== undefined)
            .filter(({ name }) => name.startsWith(prefix))
            .sort((one, other) => compareCodePoints(one.name, other.name))
        }),
      )
    },
  }
}

/** Of those who swap at once each attempt lets one through. */
const ATTEMPTS = 1000

function* swap(home: Home, name: string, expected: string | undefined, next: string | undefined): Steps<boolean> {
  const place = next === undefined ? yield* home.find() : yield* home.make()
  if (place === undefined) return expected === undefined
  const directory = refFolder(place, name)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (next !== undefined) yield* home.ensure(place, refsFolder(place))
    const held = (yield* home.holds(directory)) ? yield* find(home, directory) : undefined
    if (held?.value !== expected) return false
    if (held === undefined && next === undefined) return true
    const outcome = yield* change(home, place, directory, name, held, next)
    if (outcome !== 'done') continue
    if (home.durable) {
      // It was set, also if somebody has removed it since.
      if (next !== undefined) yield* syncIfThere(home, directory)
      yield* home.sync(refsFolder(place))
    }
    return true
  }
  throw new RiposteError(
    'ERR_BACKEND',
    `${directory} could not be changed in ${ATTEMPTS} attempts: something else stands in it`,
    { operation: 'swap', location: directory },
  )
}

function* change(
  home: Home,
  place: Place,
  directory: string,
  name: string,
  held: Held | undefined,
  next: string | undefined,
): Steps<Outcome> {
  const { files } = home
  for (const other of held?.others ?? []) yield* wait(files.unlink(join(directory, other)))
  if (next === undefined) {
    if (held === undefined || !(yield* wait(files.unlink(join(directory, held.file))))) return 'gone'
    yield* wait(files.removeDirectory(directory))
    return 'done'
  }
  const file = `${randomUUID()}.${next}`
  return held === undefined
    ? yield* establish(home, place, directory, { name: file, text: JSON.stringify(name), durable: home.durable })
    : yield* wait(files.rename(join(directory, held.file), join(directory, file)))
}

const FILE = /^[0-9a-f-]{36}\.([0-9a-f]{64})$/

/** The file that holds a reference now. A directory that is read while the file is renamed may show none, or both names. */
function* find({ files }: Home, directory: string): Steps<Held | undefined> {
  let empty = 0
  while (empty < 2) {
    const names = yield* wait(files.names(directory))
    if (names === undefined) return undefined
    const held: Held[] = names.flatMap(file => {
      const value = FILE.exec(file)?.[1]
      return value === undefined ? [] : [{ file, value, others: [] }]
    })
    const found = held.length > 1 ? yield* lastOf(files, directory, held) : held[0]
    if (found !== undefined) return found
    if (held.length === 0) empty++
  }
  return undefined
}

/** Of several files that stand side by side the last; `undefined` where some are names of one that is renamed meanwhile. */
function* lastOf(files: Files, directory: string, held: readonly Held[]): Steps<Held | undefined> {
  const standing = yield* standingOf(files, directory, held)
  const inodes = new Set(standing.map(({ status }) => status.inode))
  if (standing.length < 2) return undefined
  // Links to one file, in a store that was copied by links, all stand also when all were seen. A name that it was renamed from does not.
  if (inodes.size < standing.length) {
    const again = yield* standingOf(
      files,
      directory,
      standing.map(one => one.held),
    )
    if (again.length < standing.length) return undefined
  }
  // By name where the clock of the file system does not tell, so that all agree.
  standing.sort((one, other) => other.status.touched - one.status.touched || (one.held.file < other.held.file ? -1 : 1))
  const [last, ...others] = standing
  return last && { ...last.held, others: others.map(({ held: { file } }) => file) }
}

interface Standing {
  readonly held: Held
  readonly status: Status
}

function* standingOf(files: Files, directory: string, held: readonly Held[]): Steps<Standing[]> {
  const standing: Standing[] = []
  for (const one of held) {
    const status = yield* wait(files.status(join(directory, one.file)))
    if (status !== undefined) standing.push({ held: one, status })
  }
  return standing
}

/** What a reference in a directory is called and holds. */
function* readRef(home: Home, place: Place, folder: string): Steps<NamedRef | undefined> {
  const directory = join(refsFolder(place), folder)
  for (;;) {
    const held = yield* find(home, directory)
    if (held === undefined) return undefined
    const path = join(directory, held.file)
    const bytes = yield* wait(home.files.read(path))
    // It was swapped between the two looks.
    if (bytes === undefined && (yield* wait(home.files.status(path))) === undefined) continue
    const name = bytes && nameIn(bytes)
    // A name that a crash of the system cut off, or that is no file any more: what it names is known, and must be kept as before.
    const isName = name !== undefined && name !== '' && refFolder(place, name) === directory
    return { name: isName ? name : `damaged/${folder}`, value: held.value }
  }
}

function nameIn(bytes: Uint8Array): string | undefined {
  try {
    const name: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return typeof name === 'string' ? name : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function checkName(name: unknown): void {
  if (typeof name !== 'string' || name === '') {
    throw new TypeError(`expected the name of a reference, a non-empty string, got ${JSON.stringify(name)}`)
  }
}

function checkValue(next: unknown): void {
  if (next !== undefined && !isDigest(next)) {
    throw new TypeError(
      `expected a digest to refer to, 64 lower-case hex digits, or undefined to remove the reference; got ${JSON.stringify(next)}`,
    )
  }
}
