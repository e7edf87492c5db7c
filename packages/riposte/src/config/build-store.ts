/** Stores as a configuration describes them. */
import { fsStore } from '@riposte/backend-fs'
import { sqliteStore } from '@riposte/backend-sqlite'
import { compressed, limited, memoryStore, pool, readOnly, type Store, signed, tiered } from '@riposte/core'
import { below, mismatch, mistake, type Place } from './place.ts'
import { placeOfNamed } from './resolve-store.ts'
import type { ByteWrappers, StoreConfig, StoreWrappers } from './types.ts'

/**
 * The store that a resolved description means. Nothing is touched but the environment variables that hold keys.
 *
 * @throws {TypeError} that names the place
 */
export function buildStore(config: StoreConfig, place: Place): Store {
  switch (config.store) {
    case 'memory':
      return wrap(wrapBytes(memoryStore(), config, place), config, place)
    case 'sqlite': {
      const { path, durable = false } = config
      return wrap(wrapBytes(sqliteStore(path, { durable }), config, place), config, place)
    }
    case 'fs': {
      const { path, durable, sync } = config
      return wrap(wrapBytes(fsStore(path, { durable, sync }), config, place), config, place)
    }
    case 'tiered':
      return wrap(tiered(buildParts(config.tiers, below(place, 'tiers'))), config, place)
    case 'pool':
      return pool(buildParts(config.members, below(place, 'members')))
    default:
      return wrap(wrapBytes(madeStore(config.store, below(place, 'store')), config, place), config, place)
  }
}

function buildParts(parts: readonly (string | StoreConfig)[], place: Place): readonly Store[] {
  return parts.map((part, index) => {
    // Names were resolved before.
    if (typeof part === 'string') throw new Error(`the name ${part} was left in ${place.file}`)
    return buildStore(part, placeOfNamed(part) ?? below(place, index))
  })
}

function wrapBytes(engine: Store, { signed: keys, compressed: packing = false }: ByteWrappers, place: Place): Store {
  const trusted = keys === undefined ? engine : sign(engine, keys.env, below(place, 'signed'))
  if (packing === false) return trusted
  return within(below(place, 'compressed'), () => compressed(trusted, packing === true ? {} : packing))
}

function wrap(store: Store, { limit, readOnly: onlyReads = false }: StoreWrappers, place: Place): Store {
  const bounded = limit === undefined ? store : within(below(place, 'limit'), () => limited(store, limit))
  return onlyReads ? readOnly(bounded) : bounded
}

function sign(engine: Store, variable: string, place: Place): Store {
  // Also what every object has by a name such as "constructor" is no variable.
  const keys: unknown = process.env[variable]
  if (typeof keys !== 'string' || keys === '')
    throw mistake(
      place,
      `expected keys as hex digits in the environment variable ${variable}; it is not set: \`openssl rand -hex 32\` makes a key`,
    )
  // What is wrong with a key is told by its place in `keys`, and never shows it.
  return within(below(place, variable), () => signed(engine, { keys: keys.split(',').map(key => key.trim()) }))
}

function madeStore(make: () => Store, place: Place): Store {
  const made: unknown = make()
  if (made instanceof Promise) {
    // Nobody else hears how it ends.
    made.catch(() => {})
    throw mistake(place, 'expected a function that returns a store at once; got a promise: connect at the first use')
  }
  if (typeof made !== 'object' || made === null || !('commit' in made)) {
    throw mismatch(place, 'a function that returns a store', made)
  }
  // `createCache` looks at the rest of it.
  return made as Store
}

/** Adds the place to what a wrapper says of its options. */
function within<T>(place: Place, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) throw mistake(place, error.message, error)
    throw error
  }
}
