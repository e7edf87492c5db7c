import type { CallDigest } from '@riposte/core'

interface Node {
  children: Map<unknown, Node> | undefined
  digest: CallDigest | undefined
}

/** Leaves before the trie begins anew: as many as a cache keeps hot calls, unless told otherwise. */
const MAX_CALLS = 10_000
/** Longer strings would be kept alive by the trie, and take longer to compare. */
const MAX_LENGTH = 256
/** A Map takes `-0` for `0`; they are two values. */
const NEGATIVE_ZERO = Symbol('-0')

/**
 * Finds the digest of a call whose arguments are primitive, without encoding or hashing them.
 * It says who a call is and nothing of its result, so that nothing in it grows stale.
 */
export class CallTrie {
  #root: Node = { children: undefined, digest: undefined }
  #size = 0

  find(values: readonly unknown[]): CallDigest | undefined {
    let node: Node | undefined = this.#root
    for (const value of values) {
      if (node.children === undefined) return undefined
      node = node.children.get(Object.is(value, -0) ? NEGATIVE_ZERO : value)
      if (node === undefined) return undefined
    }
    return node.digest
  }

  /** Does nothing where an argument is not primitive, or long. */
  add(values: readonly unknown[], digest: CallDigest): void {
    if (!values.every(isShortPrimitive)) return
    if (this.#size >= MAX_CALLS) {
      this.#root = { children: undefined, digest: undefined }
      this.#size = 0
    }
    let node = this.#root
    for (const value of values) {
      const key = Object.is(value, -0) ? NEGATIVE_ZERO : value
      node.children ??= new Map()
      let child = node.children.get(key)
      if (child === undefined) {
        child = { children: undefined, digest: undefined }
        node.children.set(key, child)
      }
      node = child
    }
    if (node.digest === undefined) this.#size += 1
    node.digest = digest
  }
}

/** Whether a value is one that nobody can change. */
export function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function'
}

function isShortPrimitive(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= MAX_LENGTH
  // Symbols are rare, and most have no digest.
  return isPrimitive(value) && typeof value !== 'symbol'
}
