import type { Inside } from '../cache/inside.ts'
import { sameSeal } from '../codec/entry.ts'
import type { CallDigest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { removeIf } from '../keys/removal.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import { openForPeople } from './open-record.ts'
import { createQuery } from './query.ts'
import type { Query } from './query-types.ts'
import { findMatches } from './search.ts'
import { compileTemplate } from './template.ts'
import type { CallRecord, CallTemplate } from './types.ts'

/** A query for the records that match a template, as it is now: later changes of the template change nothing. */
export function queryCalls(
  inside: Inside,
  template: CallTemplate,
  evicted: (digest: CallDigest) => void,
): Query<CallRecord> {
  const searches = compileTemplate(template, inside.digestOf)
  return createQuery<CallRecord>({
    inside,
    order: undefined,
    async *pass({ after }) {
      inside.checkOpen()
      for await (const match of findMatches(inside, searches, after?.digest)) {
        yield { ...match, shown: openForPeople(inside, match.record) }
      }
    },
    async remove(entries) {
      const seen = new Map(entries.map(({ key, bytes }) => [key, bytes]))
      const removed = await run(
        removeIf(inside.store.calls, [...seen.keys()], (key, bytes) => sameSeal(bytes, seen.get(key)!), PREFIX_BYTES),
      )
      // The key of an entry of a call is the call's.
      for (const { key } of entries) evicted(key as string as CallDigest)
      return removed
    },
  })
}
