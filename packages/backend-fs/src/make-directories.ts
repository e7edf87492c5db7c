/** Makes a directory and those above it. The recursive `mkdir` of Node 20 never ends where the system makes none, as below `/proc`. */
import { dirname } from 'node:path'
import { RiposteError, type Steps, wait } from '@riposte/core'
import { systemCode } from './failure.ts'
import type { Files } from './files.ts'

/** Times that directories are made again which somebody else removes. */
const ATTEMPTS = 10

/**
 * Gives the topmost that was made.
 *
 * @throws what the system says of the first directory that cannot be made; `ERR_BACKEND` when something else stands there
 */
export function* makeDirectories(files: Files, path: string): Steps<string | undefined> {
  let topmost: string | undefined
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      for (const missing of yield* missingOf(files, path)) {
        if (yield* make(files, missing)) topmost = shorter(topmost, missing)
      }
      return topmost
    } catch (error) {
      // The one above was there.
      if (left === 1 || systemCode(error) !== 'ENOENT') throw error
    }
  }
}

/** Those to make, the topmost first. */
function* missingOf(files: Files, path: string): Steps<readonly string[]> {
  const missing: string[] = []
  for (let at = path; !(yield* isDirectory(files, at)); at = dirname(at)) {
    missing.unshift(at)
    if (at === dirname(at)) break
  }
  return missing
}

/** Whether it was made here: another process may have made it meanwhile. */
function* make(files: Files, path: string): Steps<boolean> {
  if (yield* wait(files.makeDirectory(path))) return true
  if (yield* isDirectory(files, path)) return false
  const message = `${path} cannot be made: what stands there is no directory, and leads to none`
  throw new RiposteError('ERR_BACKEND', message, { operation: 'write', location: path })
}

function* isDirectory(files: Files, path: string): Steps<boolean> {
  const real = yield* wait(files.realPath(path))
  const status = real === undefined ? undefined : yield* wait(files.status(real))
  return status?.directory ?? false
}

function shorter(topmost: string | undefined, path: string): string {
  return topmost !== undefined && topmost.length < path.length ? topmost : path
}
