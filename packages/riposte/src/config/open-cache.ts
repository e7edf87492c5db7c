/** Caches by name. The state here belongs to the process: one name is one cache. */
import { type Cache, createCache } from '@riposte/core'
import { foldersUpward } from '../folders.ts'
import { buildStore } from './build-store.ts'
import { splitConfig } from './cache-options.ts'
import type { ConfigFile } from './config-file.ts'
import { cacheFromEnvironment, configFromEnvironment } from './environment.ts'
import { knownNames } from './known-names.ts'
import { findConfigs, loadConfig } from './load-config.ts'
import { below, mistake } from './place.ts'
import { type NamedCache, namesIn, resolveCache } from './resolve-store.ts'
import type { CacheConfig } from './types.ts'

/** What a cache was opened from. */
export interface OpenedFrom {
  readonly name: string
  /** The file that says it; none for the cache that needs no configuration. */
  readonly file: string | undefined
  /** What it says, with whole paths, and stores in the place of names: so it means the same in any file. Holds no keys. */
  readonly config: CacheConfig
}

const opened = new Map<string, Cache>()
/** What is being opened: a store may be made by any code. */
const opening = new Set<string>()
const origins = new WeakMap<Cache, OpenedFrom>()

/**
 * Opens a cache that a `riposte.config.ts`, `.js` or `.json`, or the key `riposte` of a `package.json` names, in the
 * working directory or one above it. While it is open, the same name gives the same cache.
 *
 * @param name - without it: what `RIPOSTE_CACHE` says, or the configuration as `default`; without a configuration, a SQLite store in
 * `.cache/riposte` beside the nearest `package.json`
 * @throws {TypeError} when nothing has this name, or a configuration is not what it must be; it names the file and the place
 */
export function openCache(name?: string): Cache {
  const found = findCache(name)
  const key = `${found.file ?? ''}\0${found.file === undefined ? found.place.file : found.name}`
  const open = opened.get(key)
  if (open !== undefined) return open
  if (opening.has(key)) throw mistake(found.place, `the cache ${JSON.stringify(found.name)} is opened by its own store`)
  opening.add(key)
  let cache: Cache
  try {
    cache = build(found)
  } finally {
    opening.delete(key)
  }
  opened.set(key, cache)
  origins.set(cache, { name: found.name, file: found.file, config: found.config })
  const close = cache.close
  // Not a cache around the cache, since a cache is known by what it is. It stops being the one of its name when its closing starts.
  cache.close = () => {
    if (opened.get(key) === cache) opened.delete(key)
    origins.delete(cache)
    return close()
  }
  return cache
}

/** What `openCache` opened this cache from; nothing once it is closed, and for other caches. */
export function openedFrom(cache: Cache): OpenedFrom | undefined {
  return origins.get(cache)
}

function build({ config, place }: NamedCache): Cache {
  const store = buildStore(config, place)
  try {
    return createCache(store, splitConfig(config).options)
  } catch (error) {
    throw error instanceof TypeError || error instanceof RangeError ? mistake(place, error.message, error) : error
  }
}

function findCache(name: string | undefined): NamedCache {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new TypeError(`expected the name of a cache; got ${JSON.stringify(name)}`)
  }
  const files = configurations()
  if (name !== undefined) return resolveCache(files, name, message => new TypeError(message))
  const fromEnvironment = cacheFromEnvironment()
  if (fromEnvironment !== undefined) {
    return resolveCache(files, fromEnvironment, message => new TypeError(`RIPOSTE_CACHE: ${message}`))
  }
  const saying = files.find(file => file.default !== undefined)
  if (saying?.default !== undefined) {
    return resolveCache(files, saying.default, message => mistake(below(saying, 'default'), message))
  }
  const names = namesIn(files)
  const naming = files.find(({ caches }) => caches.size > 0)
  if (naming !== undefined && !files.some(({ caches }) => caches.has('default'))) {
    throw mistake(
      below(naming, 'default'),
      `expected the name of the cache to open where none is named; ${knownNames(names, '')}, of which "default" is the ` +
        'one in .cache/riposte',
    )
  }
  return resolveCache(files, 'default', message => new TypeError(message))
}

function configurations(): readonly ConfigFile[] {
  const file = configFromEnvironment()
  if (file === undefined) return findConfigs(foldersUpward())
  try {
    return [loadConfig(file)]
  } catch (error) {
    throw new TypeError(`RIPOSTE_CONFIG: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
