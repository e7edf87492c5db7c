/** Folders that the working directory leads to: where configurations and projects are looked for. */
import { existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * The working directory and those above it, up to the home directory or the root. A folder that all users of the host may write to, such
 * as `/tmp`, ends the way: what others lay there must not run here.
 */
export function foldersUpward(from: string = process.cwd()): readonly string[] {
  const home = homeFolder()
  const folders: string[] = []
  for (let folder = from; !isShared(folder); folder = dirname(folder)) {
    folders.push(folder)
    if (folder === home || folder === dirname(folder)) break
  }
  return folders
}

/** The nearest of the folders with a `package.json`. */
export function projectFolder(folders: readonly string[]): string | undefined {
  return folders.find(folder => existsSync(join(folder, 'package.json')))
}

/** The home directory, if there is one: a user that the system does not know may have none. */
export function homeFolder(): string | undefined {
  try {
    return homedir()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === 'uv_os_homedir') return undefined
    throw error
  }
}

/** Writable for all, and sticky: so that all can lay files there, and none can remove those of others. */
function isShared(folder: string): boolean {
  const bits = 0o1002
  return ((statSync(folder, { throwIfNoEntry: false })?.mode ?? 0) & bits) === bits
}
