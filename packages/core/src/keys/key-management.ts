import type { Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { checkOptionNames } from '../option-names.ts'
import type { EntryInfo } from '../ports/backend.ts'
import { containsKey, evictKey, expandKey, type KeySpace } from './key-space.ts'
import { listPrefix } from './prefix.ts'
import { shrinkKeys } from './shrink.ts'
import type { KeyManagement } from './types.ts'

/** What a key management is told of, and asks, beside its backend. */
export interface KeyHooks {
  /** Throws when the cache is closed. */
  readonly checkOpen: () => void
  readonly evicted?: (key: Digest) => void
}

/** What users can do with the keys of a space. K is how the keys of this space are branded. */
export function createKeyManagement<K extends string>(space: KeySpace, hooks: KeyHooks): KeyManagement<K> {
  return {
    async contains(key) {
      hooks.checkOpen()
      return run(containsKey(space, key))
    },
    async expand(prefix) {
      hooks.checkOpen()
      // The keys of a space all carry the brand K; its backend does not know which.
      return (await run(expandKey(space, prefix))) as string as K
    },
    async shrink(keys) {
      hooks.checkOpen()
      return run(shrinkKeys(space, keys))
    },
    async evict(key) {
      hooks.checkOpen()
      const gone = await run(evictKey(space, key))
      if (gone !== undefined) hooks.evicted?.(gone)
      return gone !== undefined
    },
    async *list(options = {}): AsyncGenerator<EntryInfo, void, undefined> {
      hooks.checkOpen()
      checkOptionNames(options, ['prefix'])
      const prefix = listPrefix(options.prefix ?? '')
      if (prefix !== undefined) yield* space.backend.list({ prefix })
    },
  }
}
