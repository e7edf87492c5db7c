import { neededBy } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import type { Steps } from '../flow.ts'
import type { Backend } from '../ports/backend.ts'
import { readHeaders } from './headers.ts'

/** Headers that are read at once. */
const BATCH = 512

/** Entries and all that they link to. */
export interface Closure {
  /** Children before parents, each once. */
  readonly order: readonly Digest[]
  /** What each links to; what is not there, or cannot be read, has no entry. */
  readonly links: ReadonlyMap<Digest, readonly Digest[]>
}

/**
 * Everything that `roots` reach, by headers alone.
 *
 * @param known - what need not be looked at, with all that it links to
 */
export function* closureOf(values: Backend, roots: readonly Digest[], known: (key: Digest) => boolean): Steps<Closure> {
  const links = new Map<Digest, readonly Digest[]>()
  const seen = new Set<Digest>()
  const fresh = (keys: readonly Digest[]): Digest[] =>
    keys.filter(key => !known(key) && !seen.has(key) && seen.add(key))
  let level = fresh(roots)
  while (level.length > 0) {
    const next: Digest[] = []
    for (let at = 0; at < level.length; at += BATCH) {
      const keys = level.slice(at, at + BATCH)
      const headers = yield* readHeaders(values, keys)
      for (const [i, key] of keys.entries()) {
        const header = headers[i]!
        if (typeof header === 'string') continue
        const needs = neededBy(header)
        links.set(key, needs)
        next.push(...fresh(needs))
      }
    }
    level = next
  }
  return { order: childrenFirst(roots, seen, links), links }
}

/** Depth first, without recursion. Headers that were made up may lead in circles: each key is taken once. */
function childrenFirst(
  roots: readonly Digest[],
  among: ReadonlySet<Digest>,
  links: ReadonlyMap<Digest, readonly Digest[]>,
): readonly Digest[] {
  const order: Digest[] = []
  const entered = new Set<Digest>()
  const stack: { readonly key: Digest; readonly children: readonly Digest[]; at: number }[] = []
  const enter = (key: Digest): void => {
    if (!among.has(key) || entered.has(key)) return
    entered.add(key)
    stack.push({ key, children: links.get(key) ?? [], at: 0 })
  }
  for (const root of roots) {
    enter(root)
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (top.at < top.children.length) {
        top.at += 1
        enter(top.children[top.at - 1]!)
      } else {
        order.push(top.key)
        stack.pop()
      }
    }
  }
  return order
}
