/** Which codes of the system are answers of a file operation, the same for both implementations. */
import type { BigIntStats } from 'node:fs'
import { constants } from 'node:fs'
import type { Outcome, Status } from './files.ts'

/** Links and directories are no entries, so there is nothing to read. Some systems say `EMLINK` for a link. */
export const NO_FILE: Readonly<Record<string, undefined>> = {
  ENOENT: undefined,
  ELOOP: undefined,
  EMLINK: undefined,
  EISDIR: undefined,
}
export const NOTHING: Readonly<Record<string, undefined>> = { ENOENT: undefined }
export const NOT_THERE: Readonly<Record<string, false>> = { ENOENT: false }
export const GONE: Readonly<Record<string, 'gone'>> = { ENOENT: 'gone' }
export const MOVED: Readonly<Record<string, Outcome>> = { ENOENT: 'gone', EEXIST: 'taken', ENOTEMPTY: 'taken' }
export const STANDS: Readonly<Record<string, false>> = { EEXIST: false }

/**
 * Opens for reading, never through a link, and without waiting for the other end of a pipe.
 * Systems without one of these have no such constant, and `undefined` counts as no bit.
 */
export const READ: number = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** The same for writing at the end, whatever others add there meanwhile. */
export const APPEND: number = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** A file that is smaller is read without asking for its size first. */
export const SMALL: number = 16_384

/** Largest piece of one read or write; Node refuses 2 GiB. */
export const PIECE: number = 2 ** 30

export function statusOf(stats: BigIntStats): Status {
  return {
    plain: stats.isFile(),
    directory: stats.isDirectory(),
    size: Number(stats.size),
    // A double holds today's milliseconds to 1/4096, so times that differ by less than 250 ns may be one. The
    // same nanoseconds always give the same number, which is what a comparison of a listed time needs.
    touched: Number(stats.ctimeNs) / 1e6,
    modified: stats.mtimeNs,
    inode: stats.ino,
  }
}
