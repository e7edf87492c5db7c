import { neededBy } from '../codec/entry.ts'
import type { Steps } from '../flow.ts'
import type { Store } from '../ports/store.ts'
import { readHeaders } from '../values/headers.ts'
import type { Held, Ledger } from './ledger.ts'

/** Headers that are read at once. */
const PAGE = 512

/** Entries whose links a ledger does not know, in pages of one side each. */
export function* unreadPages(ledger: Ledger): Iterable<readonly Held[]> {
  const unread = [...ledger.unread]
  for (const side of ['values', 'calls'] as const) {
    const ofSide = unread.filter(held => held.side === side)
    for (let at = 0; at < ofSide.length; at += PAGE) yield ofSide.slice(at, at + PAGE)
  }
}

/**
 * Reads the headers of a page, and notes who needs whom. Returns what is of a format that this version does not know.
 */
export function* readLinks(store: Store, ledger: Ledger, page: readonly Held[]): Steps<readonly Held[]> {
  const [first] = page
  if (first === undefined) return []
  const headers = yield* readHeaders(
    store[first.side],
    page.map(({ key }) => key),
  )
  page.forEach((held, i) => {
    const header = headers[i]!
    ledger.link(held, typeof header === 'string' ? [] : neededBy(header))
  })
  return page.filter((_, i) => headers[i] === 'unknown format')
}
