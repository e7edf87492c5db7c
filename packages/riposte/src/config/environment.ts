/** The environment variables that say more than a configuration does. One that is empty is not set. */
import { resolve } from 'node:path'
import { filePath } from '@riposte/core'

/** The name of the cache that is opened where none is named. */
export function cacheFromEnvironment(): string | undefined {
  return process.env['RIPOSTE_CACHE'] || undefined
}

/** The configuration file that counts, alone. */
export function configFromEnvironment(): string | undefined {
  const file = process.env['RIPOSTE_CONFIG']
  return file ? resolve(filePath(file, 'RIPOSTE_CONFIG')) : undefined
}

/** The folder of the cache that needs no configuration. */
export function folderFromEnvironment(): string | undefined {
  const folder = process.env['RIPOSTE_DIR']
  return folder ? resolve(filePath(folder, 'RIPOSTE_DIR')) : undefined
}
