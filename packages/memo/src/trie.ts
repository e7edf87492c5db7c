import type { Digest } from '@riposte/core'
import type { HotCall, HotCalls } from '@riposte/core/engine'
import type { KeyedCall } from './keyed-call.ts'

interface Node {
  /** By a value that stands for itself. */
  byValue: Map<unknown, Node> | undefined
  /** By the digest of any other. Apart, for a digest is a string, and a string may be a value. */
  byDigest: Map<Digest, Node> | undefined
  call: HotCall | undefined
}

/** Longer strings would be kept alive by the trie, and take longer to compare. */
const MAX_LENGTH = 256
/** Each argument takes a node. */
const MAX_STEPS = 8
/** A Map takes `-0` for `0`; they are two values. */
const NEGATIVE_ZERO = Symbol('-0')
/** Leaves beside twice those that lead to hot calls, before the tries of a cache begin anew. */
const SPARE = 1000

const bounds: WeakMap<HotCalls, TrieBound> = /* @__PURE__ */ new WeakMap()

/** Bounds the tries of a cache together: by how many calls are hot, which is bounded itself. */
class TrieBound {
  readonly #hot: HotCalls
  #leaves = 0
  /** Another whenever all begin anew. */
  generation = {}

  constructor(hot: HotCalls) {
    this.#hot = hot
  }

  grow(): void {
    this.#leaves += 1
    if (this.#leaves <= 2 * this.#hot.size + SPARE) return
    this.#leaves = 0
    this.generation = {}
  }
}

/** Where the calls of one more function are found, bounded together with all that are hot on the same cache. */
export function createTrie(hot: HotCalls): CallTrie {
  const bound = bounds.get(hot) ?? new TrieBound(hot)
  bounds.set(hot, bound)
  return new CallTrie(bound)
}

/**
 * Finds the hot call of a function by its arguments, without the digest of the call: small primitives by themselves,
 * everything else by its digest. A call that it finds may have left the table.
 */
export class CallTrie {
  readonly #bound: TrieBound
  #root: Node = newNode()
  #generation: object

  constructor(bound: TrieBound) {
    this.#bound = bound
    this.#generation = bound.generation
  }

  /** @param keyed - gives the digests; without it, only what needs none is found */
  find(trail: readonly unknown[], keyed?: KeyedCall): HotCall | undefined {
    if (this.#generation !== this.#bound.generation) return undefined
    let node = this.#root
    for (let at = 0; at < trail.length; at += 1) {
      const value = trail[at]
      // Only what is its own key stands among the values, so most of what is found needs no look at what it is.
      let next = node.byValue?.get(keyOf(value))
      if (next === undefined && keyed !== undefined && !isItsOwnKey(value)) {
        next = node.byDigest?.get(keyed.digestAt(at))
      }
      if (next === undefined) return undefined
      node = next
    }
    return node.call
  }

  /** Does nothing for many arguments. */
  add(keyed: KeyedCall, call: HotCall): void {
    const { trail } = keyed
    if (trail.length > MAX_STEPS) return
    if (this.#generation !== this.#bound.generation) {
      this.#root = newNode()
      this.#generation = this.#bound.generation
    }
    let node = this.#root
    for (let at = 0; at < trail.length; at += 1) {
      const value = trail[at]
      if (isItsOwnKey(value)) {
        node.byValue ??= new Map()
        node = childOf(node.byValue, keyOf(value))
      } else {
        node.byDigest ??= new Map()
        node = childOf(node.byDigest, keyed.digestAt(at))
      }
    }
    const isNew = node.call === undefined
    node.call = call
    if (isNew) this.#bound.grow()
  }
}

function newNode(): Node {
  return { byValue: undefined, byDigest: undefined, call: undefined }
}

function childOf<K>(children: Map<K, Node>, key: K): Node {
  let child = children.get(key)
  if (child === undefined) {
    child = newNode()
    children.set(key, child)
  }
  return child
}

function keyOf(value: unknown): unknown {
  return Object.is(value, -0) ? NEGATIVE_ZERO : value
}

/** Whether a value is one that nobody can change. */
export function isPrimitive(value: unknown): boolean {
  return (typeof value !== 'object' || value === null) && typeof value !== 'function'
}

function isItsOwnKey(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= MAX_LENGTH
    case 'object':
      return value === null
    case 'function':
    // Symbols are rare, and most have no digest.
    case 'symbol':
      return false
    default:
      return true
  }
}
