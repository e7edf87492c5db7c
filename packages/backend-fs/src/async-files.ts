/** File operations that answer later, off this thread. */
import { close, fstat, fsync, open, read, realpath, write } from 'node:fs'
import { link, lstat, lutimes, mkdir, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { APPEND, GONE, MOVED, NO_FILE, NOT_THERE, NOTHING, PIECE, READ, SMALL, STANDS, statusOf } from './answers.ts'
import { answerFor } from './failure.ts'
import type { Files } from './files.ts'

// Numbers for files instead of node:fs/promises' FileHandle, which makes a small read a quarter slower.
const openFile = /* @__PURE__ */ promisify(open)
const closeFile = /* @__PURE__ */ promisify(close)
const statFile = /* @__PURE__ */ promisify(fstat)
const readFile = /* @__PURE__ */ promisify(read)
const writeFile = /* @__PURE__ */ promisify(write)
const syncFile = /* @__PURE__ */ promisify(fsync)
// The one in node:fs/promises walks the path in JavaScript, an lstat for each step.
const followLinks = /* @__PURE__ */ promisify(realpath.native)

export const asyncFiles: Files = {
  read: (path, upTo) => attempt(NO_FILE, readAll(path, upTo)),
  create: (path, bytes, durable) => attempt(GONE, create(path, bytes, durable)),
  append: (path, bytes) =>
    attempt(
      GONE,
      withFile(openFile(path, APPEND), file => writeAll(file, bytes)),
    ),
  status: async path => {
    const stats = await attempt(NOTHING, lstat(path, { bigint: true }))
    return stats && statusOf(stats)
  },
  rename: (from, to) => attempt(MOVED, rename(from, to).then(done)),
  link: (from, to) => attempt(MOVED, link(from, to).then(done)),
  unlink: path => attempt(NOT_THERE, unlink(path).then(yes)),
  touch: (path, seconds) => attempt(NOT_THERE, lutimes(path, seconds, seconds).then(yes)),
  names: directory => attempt(NOTHING, readdir(directory)),
  realPath: path => attempt(NOTHING, followLinks(path)),
  makeDirectory: path => attempt(STANDS, mkdir(path).then(yes)),
  removeDirectory: path => attempt(MOVED, rmdir(path).then(done)),
  sync: path => withFile(openFile(path, READ), syncFile),
  sleep: milliseconds => sleep(milliseconds),
}

async function attempt<T, A>(answers: Readonly<Record<string, A>>, operation: Promise<T>): Promise<T | A> {
  try {
    return await operation
  } catch (error) {
    return answerFor(error, answers)
  }
}

const done = () => 'done' as const
const yes = (): true => true

async function withFile<T>(opening: Promise<number>, use: (file: number) => Promise<T>): Promise<T> {
  const file = await opening
  try {
    return await use(file)
  } finally {
    await closeFile(file)
  }
}

/** As `withFile`, for reading only: nobody waits for the closing, which is an eighth of the time of a small read. */
async function readingFile<T>(opening: Promise<number>, use: (file: number) => Promise<T>): Promise<T> {
  const file = await opening
  try {
    return await use(file)
  } finally {
    close(file, ignore)
  }
}

/** What was read is there, whatever comes of the closing. */
const ignore = (): void => {}

function readAll(path: string, upTo = Number.POSITIVE_INFINITY): Promise<Uint8Array | undefined> {
  return readingFile(openFile(path, READ), async file => {
    const small = Buffer.allocUnsafeSlow(Math.min(upTo, SMALL))
    const { bytesRead: first } = await readFile(file, small, 0, small.length, 0)
    // Nothing may be a pipe, and all of it a device.
    if (first > 0 && (first < SMALL || upTo <= SMALL)) return new Uint8Array(small.subarray(0, first))
    const stats = await statFile(file)
    if (!stats.isFile()) return undefined
    const bytes = new Uint8Array(Math.min(stats.size, upTo))
    let length = 0
    while (length < bytes.length) {
      const { bytesRead } = await readFile(file, bytes, length, Math.min(bytes.length - length, PIECE), length)
      if (bytesRead === 0) return bytes.slice(0, length)
      length += bytesRead
    }
    return bytes
  })
}

function create(path: string, bytes: Uint8Array, durable: boolean): Promise<'done'> {
  return withFile(openFile(path, 'wx'), async file => {
    const done = await writeAll(file, bytes)
    if (durable) await syncFile(file)
    return done
  })
}

async function writeAll(file: number, bytes: Uint8Array): Promise<'done'> {
  let length = 0
  while (length < bytes.length) {
    const { bytesWritten } = await writeFile(file, bytes, length, Math.min(bytes.length - length, PIECE))
    length += bytesWritten
  }
  return 'done'
}
