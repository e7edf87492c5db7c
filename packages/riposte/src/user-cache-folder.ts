/** Where programs of this user keep what can be computed again. */
import { isAbsolute, join } from 'node:path'
import { homeFolder } from './folders.ts'

/**
 * The folder for Riposte: in `$XDG_CACHE_HOME` or `~/.cache`, in `~/Library/Caches` on macOS, in `%LOCALAPPDATA%` on Windows.
 * None for a user without a home directory.
 */
export function userCacheFolder(): string | undefined {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = process.env
  if (process.platform === 'win32') return absolute(local, 'riposte/Cache') ?? inHome('AppData/Local/riposte/Cache')
  if (process.platform === 'darwin') return inHome('Library/Caches/riposte')
  return absolute(xdg, 'riposte') ?? inHome('.cache/riposte')
}

/** The XDG base directory specification has relative paths ignored. */
function absolute(folder: string | undefined, path: string): string | undefined {
  return folder !== undefined && isAbsolute(folder) ? join(folder, path) : undefined
}

function inHome(path: string): string | undefined {
  const home = homeFolder()
  return home === undefined ? undefined : join(home, path)
}
