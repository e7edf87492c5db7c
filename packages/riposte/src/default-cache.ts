import type { Cache } from '@riposte/core'
import { openCache, openedFrom } from './config/open-cache.ts'

// One for the process: every memoized function without a cache of its own shares it, wherever the process goes.
let opened: Cache | undefined

/** The cache of calls that nothing names a cache for: what `openCache()` gave at its first use, or at the first since it was closed. */
export function defaultCache(): Cache {
  if (opened === undefined || openedFrom(opened) === undefined) opened = openCache()
  return opened
}
