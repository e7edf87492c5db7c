/** What an entry needs beside it, so that a tier never shows a parent without its children. */
import { neededBy, readHeader } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { type Steps, wait } from '../../flow.ts'
import type { Backend, Entry } from '../../ports/backend.ts'
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
  /** `undefined` where the tier has it. */
  readonly entry: Entry | undefined
  readonly links: readonly Digest[]
}

/** Of each key that a tier has: the links that are to be followed from it; `undefined` of those that it lacks. */
export type LookUp = (keys: readonly Digest[]) => Steps<readonly (readonly Digest[] | undefined)[]>

/** What a near tier has is taken for whole there, since nothing comes into it otherwise. */
export function takenForWhole(near: Backend): LookUp {
  return function* (keys) {
    const there = yield* wait(near.has(keys))
    return keys.map((_, i) => (there[i] ? [] : undefined))
  }
}

/**
 * Makes values whole for a tier: adds what they and `needed` reach and the tier lacks.
 *
 * @param lookUp - tells what the tier has
 * @param read - reads values of the slower tiers
 */
export function* wholeEntries(
  lookUp: LookUp,
  read: Reader,
  given: readonly Entry[],
  needed: readonly Digest[],
): Steps<WholeEntries> {
  const nodes = new Map<Digest, Node>()
  const asked = new Set<Digest>()
  for (const entry of given) nodes.set(entry.key, { entry, links: neededBy(readHeader(entry.bytes)) })
  const fresh = (links: readonly Digest[]): Digest[] =>
    links.filter(link => !nodes.has(link) && !asked.has(link) && asked.add(link))
  let level = fresh([...needed, ...Array.from(nodes.values(), ({ links }) => links).flat()])
  while (level.length > 0) {
    const there = yield* lookUp(level)
    const absent = level.filter((key, i) => {
      const links = there[i]
      if (links !== undefined) nodes.set(key, { entry: undefined, links })
      return links === undefined
    })
    const { sound } = yield* readSound(absent.length === 0 ? [] : [read], absent)
    for (const { key, bytes, opened } of sound.values())
      nodes.set(key, { entry: { key, bytes }, links: neededBy(opened) })
    level = fresh(level.flatMap(key => nodes.get(key)?.links ?? []))
  }
  return childrenFirst(nodes)
}

function childrenFirst(nodes: ReadonlyMap<Digest, Node>): WholeEntries {
  const entries: Entry[] = []
  const placed = new Set<Digest>()
  const seen = new Set<Digest>()
  const has = (links: readonly Digest[]): boolean => links.every(link => placed.has(link))
  // A stack of our own: values may nest deeper than the engine's goes.
  const stack = Array.from(nodes.keys(), key => ({ key, entered: false })).reverse()
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { key, entered } = top
    const node = nodes.get(key)
    if (node === undefined) continue
    if (entered) {
      if (!has(node.links)) continue
      if (node.entry !== undefined) entries.push(node.entry)
      placed.add(key)
    } else if (!seen.has(key)) {
      seen.add(key)
      stack.push({ key, entered: true })
      for (const link of node.links) stack.push({ key: link, entered: false })
    }
  }
  return { entries, has, places: key => placed.has(key) }
}
