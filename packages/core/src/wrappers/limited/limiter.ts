/** Keeps a store within its bounds: knows what it holds, and evicts. */
import { neededBy, readHeader, sameSeal } from '../../codec/entry.ts'
import type { Digest } from '../../digest/address.ts'
import { isPromise, run, type Steps, wait } from '../../flow.ts'
import { eachItem } from '../../keys/walk.ts'
import type { Bounds } from '../../limits/bounds.ts'
import { chooseVictims } from '../../limits/choose-victims.ts'
import type { Policy } from '../../limits/eviction-order.ts'
import { type Held, Ledger, type Side } from '../../limits/ledger.ts'
import { Pins } from '../../limits/pins.ts'
import { readLinks, unreadPages } from '../../limits/read-links.ts'
import type { Entry, Touched } from '../../ports/backend.ts'
import { evictEntries } from '../../ports/evicting.ts'
import type { Store } from '../../ports/store.ts'

/** The store is listed anew after as many writes as it holds entries, and no sooner than after so many. */
const LEAST_WRITES = 1000

export class Limiter {
  readonly #inner: Store
  readonly #bounds: Bounds
  readonly #ledger: Ledger
  #open = false
  /** What the store's clock is ahead of this process's. */
  #ahead = 0
  #writes = 0
  /** Writes under way. None begins while what is held is looked through, nor is that done while one is under way. */
  readonly #writing = new Set<Promise<unknown>>()
  #exclusive: Promise<unknown> | undefined
  /** The newest, which are evicted only if nothing else is left. */
  readonly #fresh = new Map<Held, number>()
  readonly pins: Pins = new Pins()

  constructor(inner: Store, bounds: Bounds, policy: Policy) {
    this.#inner = inner
    this.#bounds = bounds
    this.#ledger = new Ledger(policy)
  }

  /** Whether the store was listed, so that `ready` has nothing to do. */
  get isReady(): boolean {
    return this.#open
  }

  /** Before anything else: what the store holds is listed, and brought within its bounds. */
  *ready(): Steps<void> {
    if (this.#open) return
    yield* this.#alone(() => this.#openNow())
    yield* this.#keepBounds()
  }

  *#openNow(): Steps<void> {
    if (!this.#open) yield* this.#list()
  }

  /** Runs a write, notes what it wrote, and evicts what no longer fits. */
  *write<T>(steps: () => Steps<T>, note: (result: T) => readonly Held[]): Steps<T> {
    yield* this.ready()
    while (this.#exclusive !== undefined) yield* wait(settled(this.#exclusive))
    const attempt = run(steps())
    let result: T
    if (isPromise(attempt)) {
      this.#writing.add(attempt)
      try {
        result = yield* wait(attempt)
      } finally {
        this.#writing.delete(attempt)
      }
    } else result = attempt
    const fresh = note(result)
    this.#writes += 1
    this.#guard(fresh, 1)
    try {
      yield* this.#keepBounds()
    } finally {
      this.#guard(fresh, -1)
    }
    return result
  }

  /** Notes entries that were put, and what a put found. */
  note(side: Side, entries: readonly Entry[], stayed: readonly (Uint8Array | undefined)[]): readonly Held[] {
    const touched = this.#now()
    return entries.map(({ key, bytes }, i) => {
      const first = stayed[i]
      const isOurs = first === undefined || sameSeal(first, bytes)
      const before = this.#ledger.get(side, key)
      if (isOurs)
        return this.#ledger.write(side, key, { size: bytes.length, touched, links: neededBy(readHeader(bytes)) })
      if (before !== undefined && before.links !== undefined) this.#ledger.unlink(before)
      return this.#ledger.write(side, key, { size: before?.size ?? bytes.length, touched, links: undefined })
    })
  }

  used(side: Side, keys: readonly Digest[], found: readonly unknown[]): void {
    keys.forEach((key, i) => {
      const held = this.#ledger.get(side, key)
      if (held !== undefined && found[i] !== undefined) this.#ledger.use(held)
    })
  }

  touched(side: Side, keys: readonly Digest[], there: readonly boolean[]): void {
    const touched = this.#now()
    keys.forEach((key, i) => {
      const held = this.#ledger.get(side, key)
      if (held === undefined || !there[i]) return
      this.#ledger.use(held)
      this.#ledger.touch(held, touched)
    })
  }

  removed(side: Side, keys: readonly Digest[]): void {
    for (const key of keys) {
      const held = this.#ledger.get(side, key)
      if (held !== undefined) this.#ledger.remove(held)
    }
  }

  #now(): Touched {
    return Date.now() + this.#ahead
  }

  #guard(fresh: readonly Held[], by: 1 | -1): void {
    for (const held of fresh) {
      const count = (this.#fresh.get(held) ?? 0) + by
      if (count > 0) this.#fresh.set(held, count)
      else this.#fresh.delete(held)
    }
  }

  /** Runs steps while no write is under way, and keeps writes waiting meanwhile. */
  *#alone(steps: () => Steps<void>): Steps<void> {
    while (this.#exclusive !== undefined) yield* wait(settled(this.#exclusive))
    const { promise, resolve } = deferred()
    this.#exclusive = promise
    try {
      while (this.#writing.size > 0) yield* wait(Promise.allSettled(this.#writing))
      yield* steps()
    } finally {
      this.#exclusive = undefined
      resolve()
    }
  }

  *#keepBounds(): Steps<void> {
    const isDue = this.#writes >= Math.max(LEAST_WRITES, this.#ledger.items)
    if (!isDue && !this.#isOver()) return
    yield* this.#alone(() => this.#evict(isDue))
  }

  #isOver(): boolean {
    const { bytes, items } = this.#bounds
    if (this.#ledger.bytes > bytes || this.#ledger.items > items) return true
    for (const held of this.#ledger.olderThan(this.#now() - this.#bounds.age)) if (!this.#isPinned(held)) return true
    return false
  }

  #isPinned({ side, key }: Held): boolean {
    return side === 'values' && this.pins.has(key)
  }

  *#evict(isDue: boolean): Steps<void> {
    if (isDue || (yield* this.#isPinnedElsewhere())) yield* this.#list()
    if (!this.#isOver()) return
    // Only now does it matter who needs whom, of what was there before this process wrote.
    for (const page of unreadPages(this.#ledger)) yield* readLinks(this.#inner, this.#ledger, page)
    const victims = chooseVictims(this.#ledger, this.#bounds, this.#now(), {
      isKept: held => this.#isPinned(held),
      isLast: held => this.#fresh.has(held),
    })
    yield* this.#remove(victims)
  }

  /**
   * Whether another process pinned something, or let go of it. What it pinned, and what that needs, may be unknown
   * here.
   */
  *#isPinnedElsewhere(): Steps<boolean> {
    if (this.#inner.refs === undefined) return false
    const names = new Map<string, string>()
    yield* eachItem(this.#inner.refs.list(), ({ name, value }) => {
      names.set(name, value)
    })
    return !this.pins.areThese(names)
  }

  /** Records before values, and values before what they need: what can be seen is whole. */
  *#remove(victims: readonly Held[]): Steps<void> {
    try {
      for (const side of ['calls', 'values'] as const) {
        const removals = victims.flatMap(held => (held.side === side ? [{ key: held.key }] : []))
        if (removals.length > 0) yield* wait(evictEntries(this.#inner[side], removals, 'limit'))
      }
    } catch (error) {
      // What is there now is anybody's guess.
      this.#open = false
      throw error
    }
  }

  /** Lists the store. What is known of entries that are still there stays known. */
  *#list(): Steps<void> {
    this.#ahead = (yield* wait(this.#inner.values.now())) - Date.now()
    const found: { readonly side: Side; readonly key: Digest; readonly size: number; touched: Touched }[] = []
    for (const side of ['values', 'calls'] as const) {
      const seen = new Set<Digest>()
      yield* eachItem(this.#inner[side].list(), ({ key, size, touched }) => {
        seen.add(key)
        found.push({ side, key, size, touched })
      })
      const gone = Array.from(this.#ledger.keys(side)).filter(key => !seen.has(key))
      this.removed(side, gone)
    }
    // The last touched comes last: so what was not known takes its place in the order of use.
    for (const info of found) info.touched = Math.max(info.touched, this.#ledger.get(info.side, info.key)?.touched ?? 0)
    found.sort((a, b) => a.touched - b.touched)
    for (const { side, key, size, touched } of found) {
      const held = this.#ledger.get(side, key)
      if (held?.size === size) {
        this.#ledger.age(held, touched)
        continue
      }
      if (held?.links !== undefined) this.#ledger.unlink(held)
      this.#ledger.write(side, key, { size, touched, links: undefined })
    }
    this.pins.clear()
    if (this.#inner.refs !== undefined) {
      yield* eachItem(this.#inner.refs.list(), ({ name, value }) => this.pins.set(name, value))
    }
    this.#writes = 0
    this.#open = true
  }
}

function settled(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch(() => {})
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>(done => {
    resolve = done
  })
  return { promise, resolve }
}
