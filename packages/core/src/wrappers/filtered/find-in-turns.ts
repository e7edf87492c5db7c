import type { CallIndex, FindOptions, FindPlace, FoundEntry } from '../../ports/call-index.ts'
import { answersLater, cursorOf, type Stream, streamFrom } from '../streams.ts'

/** All that an index finds, asked for as many at a time as the limit says: more are looked up when more are read. */
export function findInTurns(index: CallIndex, options: FindOptions): Stream<FoundEntry> {
  const { limit } = options
  const first = index.find(options)
  if (limit === undefined) return first
  let cursor = cursorOf(first)
  let given = 0
  let last: FindPlace | undefined
  return streamFrom(
    {
      *next() {
        for (;;) {
          const entry = yield* cursor.next()
          if (entry !== undefined) {
            given += 1
            last = { key: entry.key, value: entry.value }
            return entry
          }
          if (given < limit || last === undefined) return undefined
          given = 0
          cursor = cursorOf(index.find({ ...options, after: last }))
        }
      },
      close: () => cursor.close(),
    },
    answersLater(first),
  )
}
