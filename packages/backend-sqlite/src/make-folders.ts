/** Makes a folder and those above it. The recursive `mkdir` of Node 20 never ends where the system makes none, as below `/proc`. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Times that folders are made again which somebody else removes. */
const ATTEMPTS = 10

/** @throws what the system says of the first folder that cannot be made */
export function makeFolders(folder: string): void {
  for (let left = ATTEMPTS; ; left -= 1) {
    try {
      for (const missing of missingOf(folder)) makeFolder(missing)
      return
    } catch (error) {
      // The one above was there.
      if (left === 1 || codeOf(error) !== 'ENOENT') throw error
    }
  }
}

/** Those to make, the topmost first. */
function missingOf(folder: string): readonly string[] {
  const missing: string[] = []
  for (let at = folder; !isFolder(at); at = dirname(at)) {
    missing.unshift(at)
    if (at === dirname(at)) break
  }
  return missing
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another process may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST' || !isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
