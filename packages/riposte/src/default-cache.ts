import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { sqliteStore } from '@riposte/backend-sqlite'
import { type Cache, createCache } from '@riposte/core'

// One for the process: every memoized function without a cache of its own shares it.
let opened: Cache | undefined

/**
 * The cache of calls that nothing names a cache for: a SQLite store in `.cache/riposte` beside the nearest
 * `package.json`, upward from the working directory; without one, in the working directory. Made at the first use.
 */
export function defaultCache(): Cache {
  opened ??= createCache(sqliteStore(join(prepareFolder(), 'riposte.db')))
  return opened
}

/** A folder that git leaves out. */
function prepareFolder(): string {
  const folder = join(projectFolder(process.cwd()), '.cache', 'riposte')
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch (error) {
    // `EEXIST`: it was written before. The others: nothing can be made here, which the store says at its first use.
    if (!['EEXIST', 'EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(codeOf(error))) throw error
  }
  return folder
}

function projectFolder(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return from
  }
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code)
}
