/** What a name stands for: the description of its store, with whole paths, and without further names. */
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { filePath } from '@riposte/core'
import { defaultFolder } from '../default-folder.ts'
import { splitConfig } from './cache-options.ts'
import type { ConfigFile } from './config-file.ts'
import { knownNames } from './known-names.ts'
import { countStore, type StoreCount } from './nesting.ts'
import { below, mistake, type Place } from './place.ts'
import type { CacheConfig, StoreConfig } from './types.ts'

/** A cache by name, as the nearest file says that has the name. */
export interface NamedCache {
  readonly name: string
  /** The file that says it; none for the one that needs no configuration. */
  readonly file: string | undefined
  readonly place: Place
  readonly config: CacheConfig
}

/** Where a part of a store is written that another one names. */
const placesOfNamed = new WeakMap<StoreConfig, Place>()

/** Where a resolved part is written, if it was given by name. */
export function placeOfNamed(part: StoreConfig): Place | undefined {
  return placesOfNamed.get(part)
}

/** Every name that these files know, and that of the cache that needs none. */
export function namesIn(files: readonly ConfigFile[]): readonly string[] {
  return [...new Set([...files.flatMap(({ caches }) => [...caches.keys()]), 'default'])]
}

/**
 * @param by - who names it, for the error
 * @throws {TypeError} when no file knows the name
 */
export function resolveCache(
  files: readonly ConfigFile[],
  name: string,
  by: (message: string) => TypeError,
): NamedCache {
  return resolveWithin(files, name, by, { outer: [], count: { stores: 1 }, depth: 0 })
}

function resolveWithin(
  files: readonly ConfigFile[],
  name: string,
  by: (message: string) => TypeError,
  { outer, count, depth }: Nest,
): NamedCache {
  const at = files.findIndex(({ caches }) => caches.has(name))
  const found = files[at]
  const config = found?.caches.get(name)
  if (found === undefined || config === undefined) {
    if (name === 'default') return builtIn()
    const where =
      files.length === 0 ? ' (no configuration was found)' : ` in ${files.map(({ file }) => file).join(', ')}`
    throw by(`there is no cache ${JSON.stringify(name)}${where}; ${knownNames(namesIn(files), name)}`)
  }
  const place = below(below(found, 'caches'), name)
  const key = `${found.file} ${name}`
  if (outer.includes(key)) throw by(`the cache ${JSON.stringify(name)} is a part of itself`)
  // What a file names is what it, or one above it, says: a file below it changes nothing in it.
  const scope: Scope = { files: files.slice(at), folder: dirname(found.file), outer: [...outer, key], count, depth }
  return { name, file: found.file, place, config: { ...config, ...resolveStore(config, place, scope) } }
}

/** What a store stands in. */
interface Nest {
  readonly outer: readonly string[]
  readonly count: StoreCount
  readonly depth: number
}

interface Scope extends Nest {
  readonly files: readonly ConfigFile[]
  readonly folder: string
}

function resolveStore(config: StoreConfig, place: Place, scope: Scope): StoreConfig {
  switch (config.store) {
    case 'sqlite':
      return config.path === ':memory:' ? config : { ...config, path: whole(config.path, place, scope) }
    case 'fs':
      return { ...config, path: whole(config.path, place, scope) }
    case 'tiered':
      return { ...config, tiers: resolveParts(config.tiers, below(place, 'tiers'), scope) }
    case 'pool':
      return { ...config, members: resolveParts(config.members, below(place, 'members'), scope) }
    default:
      return config
  }
}

function resolveParts(parts: readonly (string | StoreConfig)[], place: Place, scope: Scope): readonly StoreConfig[] {
  return parts.map((part, index) => {
    const at = below(place, index)
    const inner = { ...scope, depth: scope.depth + 1 }
    countStore(inner.count, inner.depth, at)
    if (typeof part !== 'string') return resolveStore(part, at, inner)
    const named = resolveWithin(scope.files, part, message => mistake(at, message), inner)
    const { store } = splitConfig(named.config)
    placesOfNamed.set(store, named.place)
    return store
  })
}

function whole(said: string, place: Place, { folder }: Scope): string {
  try {
    const path = filePath(said, 'a store')
    return isAbsolute(path) ? path : resolve(folder, path)
  } catch (error) {
    // What is no place of a file.
    if (error instanceof TypeError) throw mistake(below(place, 'path'), error.message, error)
    throw error
  }
}

function builtIn(): NamedCache {
  const path = join(defaultFolder(), 'riposte.db')
  return { name: 'default', file: undefined, place: { file: path, path: '' }, config: { store: 'sqlite', path } }
}
