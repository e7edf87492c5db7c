/** File operations that answer now. */
import {
  closeSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { APPEND, GONE, MOVED, NO_FILE, NOT_THERE, NOTHING, PIECE, READ, SMALL, STANDS, statusOf } from './answers.ts'
import { answerFor } from './failure.ts'
import type { SyncFiles } from './files.ts'

export const syncFiles: SyncFiles = {
  read: (path, upTo) => attempt(NO_FILE, () => read(path, upTo)),
  create: (path, bytes, durable) => attempt(GONE, () => create(path, bytes, durable)),
  append: (path, bytes) => attempt(GONE, () => withFile(openSync(path, APPEND), file => writeAll(file, bytes))),
  status: path => {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    return stats && statusOf(stats)
  },
  rename: (from, to) => perform('done', MOVED, () => renameSync(from, to)),
  link: (from, to) => perform('done', MOVED, () => linkSync(from, to)),
  unlink: path => perform(true, NOT_THERE, () => unlinkSync(path)),
  touch: (path, seconds) => perform(true, NOT_THERE, () => lutimesSync(path, seconds, seconds)),
  names: directory => attempt(NOTHING, () => readdirSync(directory)),
  realPath: path => attempt(NOTHING, () => realpathSync.native(path)),
  makeDirectory: path => perform(true, STANDS, () => mkdirSync(path)),
  removeDirectory: path => perform('done', MOVED, () => rmdirSync(path)),
  sync: path => withFile(openSync(path, READ), fsyncSync),
  sleep: milliseconds => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds),
}

function attempt<T, A>(answers: Readonly<Record<string, A>>, operation: () => T): T | A {
  try {
    return operation()
  } catch (error) {
    return answerFor(error, answers)
  }
}

function perform<const T, A>(success: T, answers: Readonly<Record<string, A>>, operation: () => void): T | A {
  return attempt(answers, () => {
    operation()
    return success
  })
}

function withFile<T>(file: number, use: (file: number) => T): T {
  try {
    return use(file)
  } finally {
    closeSync(file)
  }
}

function read(path: string, upTo = Number.POSITIVE_INFINITY): Uint8Array | undefined {
  return withFile(openSync(path, READ), file => {
    const first = readSync(file, small, 0, Math.min(upTo, SMALL), 0)
    // Nothing may be a pipe, and all of it a device.
    if (first > 0 && (first < SMALL || upTo <= SMALL)) return small.slice(0, first)
    const stats = fstatSync(file)
    if (!stats.isFile()) return undefined
    const bytes = new Uint8Array(Math.min(stats.size, upTo))
    let length = 0
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, Math.min(bytes.length - length, PIECE), length)
      if (count === 0) return bytes.slice(0, length)
      length += count
    }
    return bytes
  })
}

/** Nothing else is read while it is in use. */
const small = /* @__PURE__ */ new Uint8Array(SMALL)

function create(path: string, bytes: Uint8Array, durable: boolean): 'done' {
  return withFile(openSync(path, 'wx'), file => {
    const done = writeAll(file, bytes)
    if (durable) fsyncSync(file)
    return done
  })
}

function writeAll(file: number, bytes: Uint8Array): 'done' {
  let length = 0
  while (length < bytes.length) {
    length += writeSync(file, bytes, length, Math.min(bytes.length - length, PIECE))
  }
  return 'done'
}
