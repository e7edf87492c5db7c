import type { Inside } from '../cache/inside.ts'
import { sameSeal } from '../codec/entry.ts'
import type { CallDigest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { removeIf } from '../keys/removal.ts'
import { type Entry, PREFIX_BYTES } from '../ports/backend.ts'
import { openForPeople } from './open-record.ts'
import { createQuery } from './query.ts'
import { findMatches } from './search.ts'
import { compileTemplate } from './template.ts'
import type { CallRecord, CallTemplate, Query } from './types.ts'

/** A query for the records that match a template, as it is now: later changes of the template change nothing. */
export function queryCalls(
  inside: Inside,
  template: CallTemplate,
  evicted: (digest: CallDigest) => void,
): Query<CallRecord> {
  const searches = compileTemplate(template, inside.digestOf)
  return createQuery<CallRecord, Entry>({
    async *pass() {
      inside.checkOpen()
      for await (const { record, entry } of findMatches(inside, searches)) {
        yield { shown: openForPeople(inside, record), source: entry }
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
    startedAt: ({ metadata }) => {
      const { startedAt } = { startedAt: undefined, ...metadata.runtime }
      return typeof startedAt === 'number' ? startedAt : undefined
    },
  })
}
