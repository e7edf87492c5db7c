import type { EntryHeader } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { pagesOf } from '../keys/walk.ts'
import { readHeaders } from './headers.ts'

const PAGE = 512

/** For every stored value, how many stored values link to it directly. Second forms count as the value they hold. */
export async function countReuses(inside: Inside): Promise<ReadonlyMap<Digest, number>> {
  const values = inside.store.values
  const parents = new Map<Digest, EntryHeader>()
  const secondForms = new Map<Digest, EntryHeader>()
  for await (const page of pagesOf(values.list(), PAGE)) {
    const keys = page.map(({ key }) => key)
    const headers = await run(readHeaders(values, keys))
    keys.forEach((key, i) => {
      const header = headers[i]!
      if (typeof header === 'string') return
      if (header.formOf === undefined) parents.set(key, header)
      else secondForms.set(key, header)
    })
  }
  const valueAt = (address: Digest): Digest => secondForms.get(address)?.formOf ?? address
  const childrenOf = new Map<Digest, Set<Digest>>()
  for (const [key, { links }] of [...parents, ...secondForms]) {
    if (links.length === 0) continue
    const parent = valueAt(key)
    const children = childrenOf.get(parent) ?? new Set()
    for (const link of links) children.add(valueAt(link))
    childrenOf.set(parent, children)
  }
  const counts = new Map<Digest, number>(Array.from(parents.keys(), key => [key, 0]))
  for (const children of childrenOf.values()) {
    for (const child of children) if (counts.has(child)) counts.set(child, counts.get(child)! + 1)
  }
  return counts
}
