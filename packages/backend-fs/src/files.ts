/** The few file operations a store is made of. One implementation answers now, one answers later. */
import type { MaybePromise, Touched } from '@riposte/core'

export interface Status {
  /** A plain file: no directory, link, pipe or device. */
  readonly plain: boolean
  readonly directory: boolean
  readonly size: number
  /** Time of the last change of content, times or links (`ctime`), which nobody can set. */
  readonly touched: Touched
  /** Time of the last change of content, or what `touch` set it to. */
  readonly modified: bigint
  readonly inode: bigint
}

/** `taken`: something stands where the file should go. `gone`: there is no such file, or no directory to put it in. */
export type Outcome = 'done' | 'taken' | 'gone'

/** Expected outcomes are answers; everything else is thrown as the system reports it. Links are never followed at the end of a path. */
export interface Files {
  /** The first `upTo` bytes of a plain file, all by default; `undefined` if there is none. */
  read(path: string, upTo?: number): MaybePromise<Uint8Array | undefined>
  /** Writes a new file, to the disk if `durable`; `gone` if its directory is missing. On failure a part of it may stand. */
  create(path: string, bytes: Uint8Array, durable: boolean): MaybePromise<'done' | 'gone'>
  /** Adds to the end of a plain file; `gone` if there is none. On failure a part of it may stand. */
  append(path: string, bytes: Uint8Array): MaybePromise<'done' | 'gone'>
  status(path: string): MaybePromise<Status | undefined>
  /** Moves a file over what stands at `to`, or a directory to where no directory with content stands. */
  rename(from: string, to: string): MaybePromise<Outcome>
  /** Gives a file a second name where nothing stands. */
  link(from: string, to: string): MaybePromise<Outcome>
  /** Whether there was something to unlink. */
  unlink(path: string): MaybePromise<boolean>
  /** Sets both times of a file to `seconds` since 1970, and so moves its `touched`; says whether it is there. */
  touch(path: string, seconds: number): MaybePromise<boolean>
  /** What a directory holds, in no order; `undefined` if there is none. */
  names(directory: string): MaybePromise<readonly string[] | undefined>
  /** Where a path leads when all links in it are followed; `undefined` if nowhere. */
  realPath(path: string): MaybePromise<string | undefined>
  /** Makes a directory where there is nothing; says whether there was nothing. */
  makeDirectory(path: string): MaybePromise<boolean>
  /** Removes an empty directory; `taken` if it is not empty. */
  removeDirectory(path: string): MaybePromise<Outcome>
  /** Brings a file or directory to the disk. */
  sync(path: string): MaybePromise<void>
  sleep(milliseconds: number): MaybePromise<void>
}

export interface SyncFiles extends Files {
  read(path: string, upTo?: number): Uint8Array | undefined
}
