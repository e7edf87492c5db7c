/**
 * Leases. Each is a file that says who holds the key. A free key is taken by giving a finished file its name, which one
 * process alone can do. To take over is to claim first, in the same way, a name that belongs to this very holding, and
 * then to move another file over the lease: the random part of a holding never comes again. The time of a lease is the
 * file's `ctime`, so that to renew it is to touch the file, and its clock is the file system's. (A directory for each
 * lease would do without claims, but directories take 0.1 ms to make, and on some systems 3 to remove.)
 */
import { join } from 'node:path'
import { type LeaseMark, type LeaseRow, type LeaseTable, type LeaseTerms, type Steps, wait } from '@riposte/core'
import { now, readingNow, stamp } from './clock.ts'
import type { Files } from './files.ts'
import type { Form } from './form.ts'
import type { Gate } from './gate.ts'
import { discard, type Home } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { leasePath, leasesFolder, type Place } from './layout.ts'
import { move } from './move.ts'

/** A claim that is older, in milliseconds, was left by a crash: it stands for some operations on small files. */
const CLAIM_STALE = 300
/** Whoever finds a claim comes again after so long. Those who take a lease try a hundred times. */
const CLAIM_WAIT = 5

export function leaseTable(home: Home, form: Form, gate: Gate): LeaseTable {
  const { files } = home
  return {
    shared: true,
    read: key =>
      form.answer(
        gate.reads('read of a lease', function* () {
          const place = yield* home.find()
          if (place === undefined || !(yield* home.holds(leasesFolder(place)))) return undefined
          return yield* read(home, leasePath(place, key))
        }),
      ),
    swap: (key, from, to) => form.answer(gate.writes('swap of a lease', () => swap(home, key, from, to))),
    forget: isStale =>
      form.answer(
        gate.writes('forgetting of leases', function* () {
          const place = yield* home.find()
          if (place === undefined || !(yield* home.holds(leasesFolder(place)))) return
          const names = (yield* wait(files.names(leasesFolder(place)))) ?? []
          if (names.length === 0) return
          const time = yield* now(home, place)
          yield* inParallel(names, function* (name) {
            const path = join(leasesFolder(place), name)
            if (isClaim(name)) return yield* removeStaleClaim(home, path, time)
            const row = yield* read(home, path)
            if (row !== undefined && isStale(row, time)) yield* wait(files.unlink(path))
          })
        }),
      ),
    now: () => form.answer(gate.reads('now', () => readingNow(home))),
  }
}

function* swap(home: Home, key: string, from: LeaseMark | undefined, to: LeaseTerms | undefined): Steps<boolean> {
  const { files } = home
  if (to === undefined) {
    const place = yield* home.find()
    if (place === undefined || from === undefined) return false
    const path = leasePath(place, key)
    return (yield* stands(home, path, from)) && (yield* wait(files.unlink(path)))
  }
  const place = yield* home.make()
  const path = leasePath(place, key)
  yield* home.ensure(place, leasesFolder(place))
  if (from === undefined) return yield* give(home, place, path, to)
  if (isSame(from, to)) return (yield* wait(files.touch(path, stamp()))) && (yield* stands(home, path, from))
  const claim = claimOf(path, from)
  if (!(yield* give(home, place, claim, to))) {
    yield* removeStaleClaim(home, claim, yield* now(home, place))
    yield* wait(files.sleep(CLAIM_WAIT))
    return false
  }
  try {
    // While the claim stands nobody else takes the holding over, so what is seen now is what is replaced.
    return (yield* stands(home, path, from)) && (yield* replace(home, place, path, to))
  } finally {
    yield* discard(files, claim)
  }
}

/** Not by moving the claim: where it was taken for one that a crash left, another may stand in its place by now. */
function* replace(home: Home, place: Place, path: string, terms: LeaseTerms): Steps<boolean> {
  const draft = yield* home.stage(place, bytesOf(terms))
  if ((yield* move(home.files, draft, path)) === 'done') return true
  yield* discard(home.files, draft)
  return false
}

/** Writes a lease and gives it a name, unless something stands there. */
function* give(home: Home, place: Place, path: string, terms: LeaseTerms): Steps<boolean> {
  const { files } = home
  const draft = yield* home.stage(place, bytesOf(terms))
  try {
    const outcome = yield* wait(files.link(draft, path))
    if (outcome === 'taken') yield* removeForeign(home, path)
    return outcome === 'done'
  } finally {
    yield* discard(files, draft)
  }
}

/** A lease is whole when it gets its name: what says nothing is none. What holds something is left alone. */
function* removeForeign({ files }: Home, path: string): Steps<void> {
  const bytes = yield* wait(files.read(path))
  if (bytes !== undefined && termsOf(new TextDecoder().decode(bytes)) === undefined) yield* wait(files.unlink(path))
  else if ((yield* wait(files.status(path)))?.directory) yield* wait(files.removeDirectory(path))
}

/** The lease that stands under a name. */
function* read({ files }: Home, path: string): Steps<LeaseRow | undefined> {
  const terms = yield* readTerms(files, path)
  const status = terms && (yield* wait(files.status(path)))
  return terms && status && { ...terms, renewed: status.touched }
}

function* readTerms(files: Files, path: string): Steps<LeaseTerms | undefined> {
  const bytes = yield* wait(files.read(path))
  return bytes && termsOf(new TextDecoder().decode(bytes))
}

/** Whether the holding that was read still is as it was. */
function* stands({ files }: Home, path: string, row: LeaseMark): Steps<boolean> {
  const terms = yield* readTerms(files, path)
  return terms !== undefined && isSame(terms, row)
}

function isSame(one: LeaseMark, other: LeaseMark): boolean {
  return one.token === other.token && one.failed === other.failed
}

/** Belongs to one state of one holding. */
function claimOf(path: string, { token, failed }: LeaseMark): string {
  return `${path}.${token}.${failed}`
}

const isClaim = (name: string): boolean => name.includes('.')

function* removeStaleClaim({ files }: Home, path: string, time: number): Steps<void> {
  const status = yield* wait(files.status(path))
  if (status !== undefined && time - status.touched > CLAIM_STALE) yield* wait(files.unlink(path))
}

/** A host may have dots in its name; nothing else has. The start of a process has a thread after it, unless that is the main one. */
function bytesOf({ token, epoch, failed, ttlMs, holder: { host, pid, started, thread } }: LeaseTerms): Uint8Array {
  const begun = thread === '' ? started : `${started}:${thread}`
  return new TextEncoder().encode([token, epoch, failed, host, pid, begun, ttlMs].join('.'))
}

const TEXT = /^([0-9a-f]{16})\.(\d+)\.(\d+)\.([\w.-]+)\.(\d+)\.([\w-]*)(?::([\w-]+))?\.(\d+)$/

/** `undefined` for texts that are not ours. */
function termsOf(text: string): LeaseTerms | undefined {
  const match = TEXT.exec(text)
  if (match === null) return undefined
  const [, token = '', epoch, failed, host = '', pid, started = '', thread = '', ttlMs] = match
  const holder = { host, pid: Number(pid), started, thread }
  return { token, epoch: Number(epoch), failed: Number(failed), holder, ttlMs: Number(ttlMs) }
}
