/** What the description of a store, and of a cache, may say. */
import {
  amount,
  anArray,
  type Check,
  type Fields,
  fields,
  flag,
  functionOnly,
  objectAt,
  oneOf,
  path,
} from './checks.ts'
import { knownNames } from './known-names.ts'
import { checkNesting } from './nesting.ts'
import { below, mismatch, mistake, type Place } from './place.ts'
import type { CacheConfig, StoreConfig } from './types.ts'

const packing: Check = fields({ algorithm: oneOf('brotli', 'zstd'), above: amount, level: amount })
const bytes: Fields = {
  signed: checkSigned,
  compressed: (value, place) => {
    if (typeof value !== 'boolean') packing(value, place)
  },
}
const around: Fields = {
  limit: fields({ bytes: amount, items: amount, age: amount, policy: oneOf('lru', 'lfu', 'fifo') }),
  readOnly: flag,
}

const kinds: Readonly<Record<string, Fields>> = {
  memory: { ...bytes, ...around },
  sqlite: { path, durable: flag, ...bytes, ...around },
  fs: { path, durable: flag, sync: flag, ...bytes, ...around },
  tiered: { tiers: parts, ...around },
  pool: { members: parts },
}
const custom: Fields = { ...bytes, ...around }
const required = ['path', 'tiers', 'members']

const cacheOptions: Fields = {
  inlineBelow: amount,
  hot: (value, place) => {
    if (value !== false) fields({ entries: amount, bytes: amount })(value, place)
  },
  hotFor: amount,
  duplicates: oneOf('refuse', 'warn'),
  registry: objectAt,
  onWarning: functionOnly,
  tags: objectAt,
  collect: anArray,
}

/** @throws {TypeError} that names the place and what was expected there */
export function checkCacheConfig(value: unknown, place: Place): CacheConfig {
  checkNesting(value, place)
  checkStoreWith(value, place, cacheOptions)
  // Every field has just been checked.
  return value as CacheConfig
}

function checkStoreConfig(value: unknown, place: Place): StoreConfig {
  checkStoreWith(value, place, {})
  // Every field has just been checked.
  return value as StoreConfig
}

function checkStoreWith(value: unknown, place: Place, more: Fields): void {
  const given = objectAt(value, place)
  const known = fieldsOfKind(given['store'], below(place, 'store'))
  fields({ store: () => {}, ...known, ...more })(value, place)
  for (const name of required) {
    if (Object.hasOwn(known, name) && given[name] === undefined) known[name]!(undefined, below(place, name))
  }
  if (given['readOnly'] === true && given['limit'] !== undefined) {
    throw mistake(below(place, 'limit'), 'a read-only store evicts nothing: leave out limit or readOnly')
  }
}

function fieldsOfKind(kind: unknown, place: Place): Fields {
  if (typeof kind === 'function') return custom
  if (typeof kind === 'object' && kind !== null && 'commit' in kind) {
    throw mistake(place, 'expected a function that makes the store, as a closed one does not open again: () => store')
  }
  if (typeof kind !== 'string')
    throw mismatch(place, `a kind of store (${Object.keys(kinds).join(', ')}) or a function`, kind)
  if (Object.hasOwn(kinds, kind)) return kinds[kind]!
  throw mistake(place, `there is no kind of store ${JSON.stringify(kind)}; ${knownNames(Object.keys(kinds), kind)}`)
}

function parts(value: unknown, place: Place): void {
  if (!Array.isArray(value) || value.length === 0) throw mismatch(place, 'an array of stores or names of caches', value)
  for (const [index, part] of value.entries()) {
    if (typeof part !== 'string') checkStoreConfig(part, below(place, index))
  }
}

/** What stands here may be a key by mistake, so no value is shown. */
function checkSigned(value: unknown, place: Place): void {
  const hint = 'expected { env }, the name of the environment variable that holds the keys'
  if (typeof value !== 'object' || value === null) throw mistake(place, hint)
  const { env, ...others } = value as Readonly<Record<string, unknown>>
  if (typeof env !== 'string' || !/^[A-Za-z_]\w{0,62}$/.test(env) || Object.keys(others).length > 0) {
    throw mistake(place, hint)
  }
}
