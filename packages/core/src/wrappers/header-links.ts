import type { EntryHeader } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'

/** The entries that one needs: its links and, for a second form, the first one. What is no entry needs none. */
export function linksOf(header: EntryHeader | undefined): readonly Digest[] {
  if (header === undefined) return []
  return header.formOf === undefined ? header.links : [header.formOf, ...header.links]
}
