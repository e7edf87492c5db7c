import { linksOf } from '../codec/decode-value.ts'
import { addressOf } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import type { Steps } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { readHeaders } from '../values/headers.ts'
import type { StoredRecord } from './stored-record.ts'

/** Whether the result of a record is stored with all its parts. Reads headers only, a round trip or two a level. */
export function* isResultWhole({ store }: Inside, { result }: StoredRecord): Steps<boolean> {
  const seen = new Set<Digest>(
    result.inline === undefined ? [addressOf(result)] : linksOf(result.inline).map(addressOf),
  )
  let level: readonly Digest[] = [...seen]
  while (level.length > 0) {
    const next: Digest[] = []
    for (const header of yield* readHeaders(store.values, level)) {
      if (typeof header === 'string') return false
      for (const link of header.links) {
        if (seen.has(link)) continue
        seen.add(link)
        next.push(link)
      }
    }
    level = next
  }
  return true
}
