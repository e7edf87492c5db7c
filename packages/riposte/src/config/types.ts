import type { CacheOptions, CompressedOptions, LimitedOptions, Store } from '@riposte/core'

/** What a `riposte.config.ts`, `.js` or `.json`, or the key `riposte` of a `package.json` says. */
export interface Config {
  /** Whether files in folders above this one are left out. Default `false`: they add the names that this one lacks. */
  readonly root?: boolean
  /** The name of the cache that `openCache()` opens, and that memoized functions use which nothing else names one for. */
  readonly default?: string
  /** Caches by name. One named `default` stands in place of the one in `.cache/riposte`. */
  readonly caches?: { readonly [name: string]: CacheConfig }
}

/** A cache: a store, and the options of `createCache`. */
export type CacheConfig = StoreConfig & CacheOptions

/** A store: its kind, where it is, and what is around it. Relative paths start at the folder of the file. */
export type StoreConfig = MemoryConfig | SqliteConfig | FsConfig | CustomConfig | TieredConfig | PoolConfig

export interface MemoryConfig extends ByteWrappers, StoreWrappers {
  readonly store: 'memory'
}

export interface SqliteConfig extends ByteWrappers, StoreWrappers {
  readonly store: 'sqlite'
  /** The database file, also as a `file:` URL, or `:memory:`. `~/` leads to the home directory. */
  readonly path: string
  /** Whether what was written survives a loss of power. Default `false`. */
  readonly durable?: boolean
}

export interface FsConfig extends ByteWrappers, StoreWrappers {
  readonly store: 'fs'
  /** The directory, also as a `file:` URL. `~/` leads to the home directory. */
  readonly path: string
  /** Whether what was written survives a loss of power. Default `false`. */
  readonly durable?: boolean
  /** Whether the store answers now, blocking the thread, so that `memoizeSync` can use it. Default `false`. */
  readonly sync?: boolean
}

/** Any other store. Only modules can say it. */
export interface CustomConfig extends ByteWrappers, StoreWrappers {
  /** Called whenever the cache is opened: a closed store does not open again. */
  readonly store: () => Store
}

export interface TieredConfig extends StoreWrappers {
  readonly store: 'tiered'
  /** The fastest first: stores, or names of caches, whose stores are meant. Each is a store of its own. */
  readonly tiers: readonly (string | StoreConfig)[]
}

export interface PoolConfig {
  readonly store: 'pool'
  /** Stores, or names of caches, whose stores are meant. Each is a store of its own. */
  readonly members: readonly (string | StoreConfig)[]
}

/** What changes bytes, and so stands next to an engine. */
export interface ByteWrappers {
  /** The environment variable that holds the keys for `signed()`, as hex digits; several with commas between, the current one first. */
  readonly signed?: { readonly env: string }
  readonly compressed?: boolean | CompressedOptions
}

export interface StoreWrappers {
  /** Bounds, as `limited()` takes them. */
  readonly limit?: LimitedOptions
  /** Whether writes are refused. Default `false`. */
  readonly readOnly?: boolean
}
