import { sameSeal } from '../codec/entry.ts'
import { type MaybePromise, run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { removeIf } from '../keys/removal.ts'
import type { SortKey } from '../matching/sort-keys.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import { openForPeople } from './open-record.ts'
import { createQuery } from './query.ts'
import { findOrderOf, findPlaceOf, orderByField } from './query-order.ts'
import { type Item, type Pass, sorted } from './query-passes.ts'
import type { Query } from './query-types.ts'
import { answersInOrder, findPages, type Wanting } from './search.ts'
import { shownShort } from './shown-short.ts'
import { compileTemplate } from './template.ts'
import type { CallRecord, CallTemplate } from './types.ts'

/**
 * A query for the records that match a template, as it is now: later changes of the template change nothing.
 *
 * @param evicted - told when calls were evicted, also such as the store had let go of before
 */
export function queryCalls(inside: Inside, template: CallTemplate, evicted: () => void): Query<CallRecord> {
  const searches = compileTemplate(template, inside.digestOf)

  async function* matches(wanting: Wanting): AsyncGenerator<readonly Item<CallRecord>[], void, undefined> {
    inside.checkOpen()
    for await (const page of findPages(inside, searches, wanting)) {
      yield page.map(({ record, entry }) => ({ record, entry, shown: openForPeople(inside, record) }))
    }
  }

  const pass: Pass<CallRecord> = ({ after, limit }) =>
    matches({ after: after && { key: after.digest, value: undefined }, limit })

  return createQuery<CallRecord>({
    inside,
    shown: () => shownTemplate(template),
    order: undefined,
    pass,
    orderedBy: (field, direction) => {
      const order = orderByField(field, direction)
      const ofIndex = findOrderOf(field, direction)
      const keyOf = ({ record }: Item<CallRecord>): MaybePromise<SortKey> => order.keyOf(record)
      return async function* ordered(wanted) {
        inside.checkOpen()
        if (ofIndex === undefined || !(await answersInOrder(inside, searches, ofIndex))) {
          yield* sorted(pass, { ...order, keyOf }, wanted)
          return
        }
        const { after, limit } = wanted
        const found = matches({ order: ofIndex, after: after && findPlaceOf(after, ofIndex), limit })
        for await (const page of found) {
          yield page.map(item => ({ ...item, sortKey: ofIndex.by === 'key' ? item.entry.key : item.entry.value }))
        }
      }
    },
    async remove(entries) {
      const seen = new Map(entries.map(({ key, bytes }) => [key, bytes]))
      const removed = await run(
        removeIf(
          inside.store.calls,
          [...seen.keys()],
          (key, bytes) => sameSeal(bytes, seen.get(key)!),
          PREFIX_BYTES,
          'evict',
        ),
      )
      evicted()
      return removed
    },
  })
}

/** What a template says, for people; not that there is no namespace or version. */
function shownTemplate(template: CallTemplate): string {
  const parts = Object.entries(template).filter(([, part]) => part !== undefined && part !== '')
  return parts.length === 0 ? '{}' : `{ ${parts.map(([name, part]) => `${name}: ${shownShort(part)}`).join(', ')} }`
}
