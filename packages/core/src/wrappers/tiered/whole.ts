/** What an entry needs beside it, so that a tier never shows a parent without its children. */
import { readHeader } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { type Steps, wait } from '../../flow.ts'
import type { Backend, Entry } from '../../ports/backend.ts'
import { linksOf } from '../header-links.ts'
import { type Reader, readSound } from '../sound-reads.ts'

/** Entries to put into a tier, and whether a record that needs these entries is whole there afterwards. */
export interface WholeEntries {
  /** Children before parents; those left out that cannot be made whole. */
  readonly entries: readonly Entry[]
  has(links: readonly Digest[]): boolean
  /** Whether an entry is among them. */
  places(key: Digest): boolean
}

interface Node {
  readonly entry: Entry
  readonly links: readonly Digest[]
}

/**
 * Makes values whole for a tier: adds what they and `needed` reach and the tier lacks. What the tier has is taken for
 * whole there, since nothing comes into it otherwise.
 *
 * @param near - the values of the tier
 * @param read - reads values of the slower tiers
 */
export function* wholeEntries(
  near: Backend,
  read: Reader,
  given: readonly Entry[],
  needed: readonly Digest[],
): Steps<WholeEntries> {
  const nodes = new Map<Digest, Node>()
  const present = new Set<Digest>()
  const asked = new Set<Digest>()
  for (const entry of given) nodes.set(entry.key, { entry, links: linksOf(readHeader(entry.bytes)) })
  const fresh = (links: readonly Digest[]): Digest[] =>
    links.filter(link => !nodes.has(link) && !asked.has(link) && asked.add(link))
  let level = fresh([...needed, ...Array.from(nodes.values(), ({ links }) => links).flat()])
  while (level.length > 0) {
    const there = yield* wait(near.has(level))
    const absent = level.filter((key, i) => {
      if (there[i]) present.add(key)
      return !there[i]
    })
    level = []
    if (absent.length === 0) break
    const { sound } = yield* readSound([read], absent)
    for (const { key, bytes, opened } of sound.values())
      nodes.set(key, { entry: { key, bytes }, links: linksOf(opened) })
    for (const key of sound.keys()) level.push(...fresh(nodes.get(key)!.links))
  }
  return childrenFirst(nodes, present)
}

function childrenFirst(nodes: ReadonlyMap<Digest, Node>, present: ReadonlySet<Digest>): WholeEntries {
  const entries: Entry[] = []
  const placed = new Set<Digest>()
  const seen = new Set<Digest>()
  const has = (links: readonly Digest[]): boolean => links.every(link => placed.has(link) || present.has(link))
  // A stack of our own: values may nest deeper than the engine's goes.
  const stack = Array.from(nodes.keys(), key => ({ key, entered: false })).reverse()
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { key, entered } = top
    const node = nodes.get(key)
    if (node === undefined) continue
    if (entered) {
      if (!has(node.links)) continue
      entries.push(node.entry)
      placed.add(key)
    } else if (!seen.has(key)) {
      seen.add(key)
      stack.push({ key, entered: true })
      for (const link of node.links) stack.push({ key: link, entered: false })
    }
  }
  return { entries, has, places: key => placed.has(key) }
}
