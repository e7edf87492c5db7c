import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digest } from '@riposte/core'
import { folderFromEnvironment } from './config/environment.ts'
import { foldersUpward, projectFolder } from './folders.ts'
import { userCacheFolder } from './user-cache-folder.ts'

/**
 * The folder of the cache that needs no configuration: what `RIPOSTE_DIR` says; else `.cache/riposte` beside the nearest
 * `package.json`, upward from the working directory, made here, so that git leaves it out; else, as where the project
 * is read-only, a folder of the user's cache directory, one for each project or working directory.
 */
export function defaultFolder(): string {
  const said = folderFromEnvironment()
  if (said !== undefined) return said
  const project = projectFolder(foldersUpward())
  const place = project ?? process.cwd()
  const beside = join(place, '.cache', 'riposte')
  const ofUser = userCacheFolder()
  // A user without a home directory has no other place than the working directory.
  if ((project !== undefined || ofUser === undefined) && prepare(beside)) return beside
  // Programs of different projects may give different functions one name, so they share no cache that nobody chose.
  return ofUser === undefined ? beside : join(ofUser, digest(place).slice(0, 16))
}

/** Makes a folder, and the one above it, that git leaves out. Says whether this user may. */
function prepare(folder: string): boolean {
  try {
    // One by one: on Node 20 a recursive `mkdir` never ends where the system makes no folder, as in /proc.
    for (const part of [dirname(folder), folder]) makeOne(part)
  } catch (error) {
    // What else is in the way is for people to see. The store meets it as well, at its first use, and says it.
    return !['EACCES', 'EPERM', 'EROFS'].includes(String((error as NodeJS.ErrnoException).code))
  }
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch {
    // It was written before, or it cannot be, as where the folder came with a project that is read-only: its calls can be
    // read all the same, and no call may fail for the lack of it.
  }
  return true
}

function makeOne(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // mkdir throws the system's errors only
  }
}
