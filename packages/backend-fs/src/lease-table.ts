/**
 * Leases. Each is a directory with one file in it, whose name says everything: to take over is to rename that very
 * file, which one process alone can do, as the random part never comes again. The time of a lease is the file's
 * `ctime`, so that to renew it is to touch the file, and its clock is the file system's.
 */
import { join } from 'node:path'
import { type LeaseRow, type LeaseTable, type LeaseTerms, type Steps, wait } from '@riposte/core'
import { now, readingNow, stamp } from './clock.ts'
import { establish } from './establish.ts'
import type { Form } from './form.ts'
import type { Gate } from './gate.ts'
import type { Home } from './home.ts'
import { inParallel } from './in-parallel.ts'
import { leaseFolder, leasesFolder } from './layout.ts'

export function leaseTable(home: Home, form: Form, gate: Gate): LeaseTable {
  const { files } = home
  return {
    read: key =>
      form.answer(
        gate.reads('read of a lease', function* () {
          const place = yield* home.find()
          return place === undefined ? undefined : yield* find(home, leaseFolder(place, key))
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
            const directory = join(leasesFolder(place), name)
            const row = yield* find(home, directory)
            if (row === undefined || isStale(row, time)) yield* remove(home, directory, row)
          })
        }),
      ),
    now: () => form.answer(gate.reads('now', () => readingNow(home))),
  }
}

function* swap(home: Home, key: string, from: LeaseRow | undefined, to: LeaseTerms | undefined): Steps<boolean> {
  const { files } = home
  if (to === undefined) {
    const place = yield* home.find()
    return place !== undefined && from !== undefined && (yield* remove(home, leaseFolder(place, key), from))
  }
  const place = yield* home.make()
  const directory = leaseFolder(place, key)
  const file = nameOf(to)
  if (from === undefined) {
    yield* home.ensure(place, leasesFolder(place))
    const outcome = yield* establish(home, place, directory, { name: file, text: JSON.stringify(key), durable: false })
    return outcome === 'done'
  }
  if (!(yield* home.holds(directory))) return false
  if (file !== nameOf(from)) {
    if ((yield* wait(files.rename(join(directory, nameOf(from)), join(directory, file)))) !== 'done') return false
    // Not on every file system a rename sets the time. If somebody has taken it over already, it was taken all the same.
    yield* wait(files.touch(join(directory, file), stamp()))
    return true
  }
  return yield* wait(files.touch(join(directory, file), stamp()))
}

function* remove({ files }: Home, directory: string, row: LeaseRow | undefined): Steps<boolean> {
  if (row !== undefined && !(yield* wait(files.unlink(join(directory, nameOf(row)))))) return false
  yield* wait(files.removeDirectory(directory))
  return true
}

/** The lease that stands in a directory. One that is read while a file is renamed may show none, or both names. */
function* find(home: Home, directory: string): Steps<LeaseRow | undefined> {
  if (!(yield* home.holds(directory))) return undefined
  for (let empty = 0; empty < 2; ) {
    const names = yield* wait(home.files.names(directory))
    if (names === undefined) return undefined
    const found = names.map(termsOf).filter(terms => terms !== undefined)
    const terms = found.reduce<LeaseTerms | undefined>(
      (last, one) => (last && isAfter(last, one) ? last : one),
      undefined,
    )
    if (terms === undefined) {
      empty++
      continue
    }
    const status = yield* wait(home.files.status(join(directory, nameOf(terms))))
    if (status !== undefined) return { ...terms, renewed: status.touched }
  }
  return undefined
}

function isAfter(one: LeaseTerms, other: LeaseTerms): boolean {
  return one.epoch === other.epoch ? one.failed > other.failed : one.epoch > other.epoch
}

/** At most 255 characters, as what stands in it is bounded. A host may have dots in its name; nothing else has. */
function nameOf({ token, epoch, failed, ttlMs, holder: { host, pid, started } }: LeaseTerms): string {
  return [token, epoch, failed, host, pid, started, ttlMs].join('.')
}

const NAME = /^([0-9a-f]{16})\.(\d+)\.(\d+)\.([\w.-]+)\.(\d+)\.([\w-]*)\.(\d+)$/

/** `undefined` for names that are not ours. */
function termsOf(name: string): LeaseTerms | undefined {
  const match = NAME.exec(name)
  if (match === null) return undefined
  const [, token = '', epoch, failed, host = '', pid, started = '', ttlMs] = match
  const holder = { host, pid: Number(pid), started }
  return { token, epoch: Number(epoch), failed: Number(failed), holder, ttlMs: Number(ttlMs) }
}
