import type { CacheOptions } from '@riposte/core'
import type { CacheConfig, StoreConfig } from './types.ts'

/** What a configuration says of a cache: options of `createCache`, where it gives any, and the store. */
export function splitConfig(config: CacheConfig): { readonly options: CacheOptions; readonly store: StoreConfig } {
  const { inlineBelow, hot, hotFor, duplicates, registry, onWarning, tags, collect, ...store } = config
  const options = { inlineBelow, hot, hotFor, duplicates, registry, onWarning, tags, collect }
  return { options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)), store }
}
