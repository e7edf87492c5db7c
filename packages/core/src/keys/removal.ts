import type { Digest } from '../digest/address.ts'
import { type Steps, wait } from '../flow.ts'
import type { Backend, Removal } from '../ports/backend.ts'
import { type EvictionCause, evictEntries } from '../ports/evicting.ts'
import { firstItems } from './walk.ts'

/**
 * Removes entries that still are what the caller saw. Looks at their age first and at their bytes after that, so
 * an entry that is written or touched in between stays. Returns how many went.
 *
 * @param still - whether the bytes, read again, are still to be removed
 * @param upTo - how many first bytes `still` needs; all unless given
 * @param cause - what the backend is to remember of it; nothing unless given
 */
export function* removeIf(
  backend: Backend,
  keys: readonly Digest[],
  still: (key: Digest, bytes: Uint8Array) => boolean,
  upTo?: number,
  cause?: EvictionCause,
): Steps<number> {
  if (keys.length === 0) return 0
  const listed: Removal[] = []
  for (const prefix of keys) {
    for (const { key, touched } of yield* firstItems(backend.list({ prefix }), 1)) listed.push({ key, touched })
  }
  const again = yield* wait(
    backend.get(
      listed.map(({ key }) => key),
      upTo === undefined ? {} : { upTo },
    ),
  )
  const removals = listed.filter(({ key }, i) => {
    const bytes = again[i]
    return bytes !== undefined && still(key, bytes)
  })
  if (removals.length === 0) return 0
  return yield* wait(cause === undefined ? backend.delete(removals) : evictEntries(backend, removals, cause))
}
