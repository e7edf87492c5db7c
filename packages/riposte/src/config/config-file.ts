/** One configuration: a file, or a key of a package.json, checked. */
import { basename } from 'node:path'
import { checkCacheConfig } from './check-store.ts'
import { fields, flag, objectAt } from './checks.ts'
import { below, isMistakeIn, mismatch, mistake } from './place.ts'
import type { CacheConfig } from './types.ts'

export interface ConfigFile {
  readonly file: string
  /** Path of the configuration in the file: empty, or the key of a package.json. */
  readonly path: string
  readonly root: boolean
  readonly default: string | undefined
  readonly caches: ReadonlyMap<string, CacheConfig>
}

/** @throws {TypeError} that names file and place */
export function readConfig(file: string, value: unknown): ConfigFile {
  try {
    return checked(file, value)
  } catch (error) {
    if (isMistakeIn(file, error)) throw error
    // What a module exports may throw when it is looked at.
    throw mistake(
      { file, path: '' },
      `it cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      error,
    )
  }
}

function checked(file: string, value: unknown): ConfigFile {
  const place = { file, path: basename(file) === 'package.json' ? 'riposte' : '' }
  const caches = new Map<string, CacheConfig>()
  fields({
    root: flag,
    default: (name, at) => {
      if (typeof name !== 'string' || name === '') throw mismatch(at, 'the name of a cache', name)
    },
    caches: (byName, at) => {
      for (const [name, cache] of Object.entries(objectAt(byName, at))) {
        if (name === '') throw mistake(at, 'a cache needs a name that is not empty')
        caches.set(name, checkCacheConfig(cache, below(at, name)))
      }
    },
  })(value, place)
  // Both have just been checked.
  const { root = false, default: name } = value as { readonly root?: boolean; readonly default?: string }
  return { ...place, root, default: name, caches }
}
