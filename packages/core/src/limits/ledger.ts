import type { Digest } from '../digest/address.ts'
import type { Touched } from '../ports/backend.ts'
import { type EvictionOrder, evictionOrder, type Policy } from './eviction-order.ts'

export type Side = 'values' | 'calls'

/** An entry of the store, as far as this process knows. */
export interface Held {
  readonly side: Side
  readonly key: Digest
  size: number
  touched: Touched
  /** What its header links to; `undefined` until it was read. */
  links: readonly Digest[] | undefined
}

/** What is written of an entry. */
export interface Written {
  readonly size: number
  readonly touched: Touched
  readonly links: readonly Digest[] | undefined
}

/**
 * What a store holds: sizes, who needs whom, and in which order what should go. Roots are what may be evicted: records,
 * and values that nothing held needs. Orphans were needed once; they go first.
 */
export class Ledger {
  readonly #held: Readonly<Record<Side, Map<Digest, Held>>> = { values: new Map(), calls: new Map() }
  readonly #order: EvictionOrder
  /** Roots by the time of their last write or touch. */
  readonly #byAge = new Set<Held>()
  readonly #orphans = new Set<Held>()
  /** How many that are held need a value. */
  readonly #needs = new Map<Digest, number>()
  readonly #unread = new Set<Held>()
  #bytes = 0

  constructor(policy: Policy) {
    this.#order = evictionOrder(policy)
  }

  get bytes(): number {
    return this.#bytes
  }

  get items(): number {
    return this.#held.values.size + this.#held.calls.size
  }

  /** Entries whose links are not known. */
  get unread(): Iterable<Held> {
    return this.#unread
  }

  get(side: Side, key: Digest): Held | undefined {
    return this.#held[side].get(key)
  }

  keys(side: Side): Iterable<Digest> {
    return this.#held[side].keys()
  }

  /** Takes note of a write; of an entry that stands it is a use. */
  write(side: Side, key: Digest, { size, touched, links }: Written): Held {
    let held = this.#held[side].get(key)
    if (held === undefined) {
      held = { side, key, size: 0, touched, links: undefined }
      this.#held[side].set(key, held)
      this.#unread.add(held)
      this.#becomeRoot(held)
    }
    this.#bytes += size - held.size
    held.size = size
    if (links !== undefined) this.link(held, links)
    this.use(held)
    this.touch(held, touched)
    return held
  }

  link(held: Held, links: readonly Digest[]): void {
    const before = held.links
    held.links = links
    this.#unread.delete(held)
    for (const link of links) this.#need(link)
    for (const link of before ?? []) this.#release(link)
  }

  /** The same entry is not known any more: another stands there. */
  unlink(held: Held): void {
    for (const link of held.links ?? []) this.#release(link)
    held.links = undefined
    this.#unread.add(held)
  }

  use(held: Held): void {
    this.#order.use(held)
  }

  touch(held: Held, touched: Touched): void {
    this.age(held, touched)
    // Whoever touches a value without its record wants the value.
    if (this.#orphans.has(held)) this.#becomeRoot(held)
  }

  /** The time of its last write or touch; times come in ascending order. */
  age(held: Held, touched: Touched): void {
    held.touched = touched
    if (this.#byAge.delete(held)) this.#byAge.add(held)
  }

  remove(held: Held): void {
    if (!this.#held[held.side].delete(held.key)) return
    this.#bytes -= held.size
    this.#unread.delete(held)
    this.#leaveRoots(held)
    for (const link of held.links ?? []) this.#release(link)
  }

  /** What may go, the first to go first. May be left; what is yielded may be removed meanwhile. */
  *candidates(): Iterable<Held> {
    yield* this.#orphans
    yield* this.#order.inOrder()
  }

  /** Roots that were last written or touched before a time. */
  *olderThan(time: Touched): Iterable<Held> {
    for (const held of this.#byAge) {
      if (held.touched >= time) return
      yield held
    }
  }

  /** Whether nothing that is held needs this value. */
  isUnneeded(key: Digest): boolean {
    return !this.#needs.has(key)
  }

  #need(key: Digest): void {
    this.#needs.set(key, (this.#needs.get(key) ?? 0) + 1)
    const value = this.#held.values.get(key)
    if (value !== undefined) this.#leaveRoots(value)
  }

  #release(key: Digest): void {
    const left = this.#needs.get(key)! - 1
    if (left > 0) {
      this.#needs.set(key, left)
      return
    }
    this.#needs.delete(key)
    const value = this.#held.values.get(key)
    if (value !== undefined) this.#orphans.add(value)
  }

  #becomeRoot(held: Held): void {
    this.#orphans.delete(held)
    if (held.side === 'values' && this.#needs.has(held.key)) return
    this.#order.add(held)
    this.#byAge.add(held)
  }

  #leaveRoots(held: Held): void {
    this.#orphans.delete(held)
    this.#order.delete(held)
    this.#byAge.delete(held)
  }
}
