/**
 * Trims a store to bounds, once: the ledger and the choice of what goes are those of `limited`, filled from a listing.
 *
 * Others read and write meanwhile. Each removal is guarded by the time that was listed, records come before their values
 * and values before what they need: so what is used or written anew stays, and with it all that it needs.
 */
import { metadataAt } from '../calls/query-order.ts'
import { readableRecord } from '../calls/readable-record.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Watch } from '../inside/saves-in-flight.ts'
import { createTurn } from '../inside/turn.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Bounds } from '../limits/bounds.ts'
import { chooseVictims } from '../limits/choose-victims.ts'
import { type Held, Ledger, type Side } from '../limits/ledger.ts'
import { Pins } from '../limits/pins.ts'
import { readLinks, unreadPages } from '../limits/read-links.ts'
import type { EntryInfo, Touched } from '../ports/backend.ts'
import { evictEntries } from '../ports/evicting.ts'
import { isSummarizing } from '../ports/summarizing.ts'
import { type LimitOptions, type LimitResult, readLimitOptions } from './limit-options.ts'
import { readAll } from './read-all.ts'

const SIDES: readonly Side[] = ['values', 'calls']
/** Entries that are listed, or removed, at once. */
const BATCH = 512

/** @param forget - told of each call that went, so that it is not remembered */
export async function limit(
  inside: Inside,
  options: LimitOptions,
  forget: (digest: CallDigest) => void,
): Promise<LimitResult> {
  const { bounds, policy } = readLimitOptions(options)
  const watch = inside.saves.watch()
  try {
    const pass = new LimitPass(inside, options, bounds, watch)
    const kept = await pass.countWithin()
    if (kept !== undefined) return { removed: 0, kept, bytes: 0, calls: 0 }
    await pass.list()
    return await pass.remove(await pass.choose(policy), forget)
  } finally {
    watch.stop()
  }
}

class LimitPass {
  readonly #inside: Inside
  readonly #options: LimitOptions
  readonly #bounds: Bounds
  readonly #watch: Watch
  readonly #turn: () => Promise<void>
  // In the order of use; the order of the first write is made by using everything in it.
  readonly #ledger = new Ledger('lru')
  /** Values that are being saved by this process. */
  readonly #inFlight = new Set<Digest>()
  #now: Touched = 0

  constructor(inside: Inside, options: LimitOptions, bounds: Bounds, watch: Watch) {
    this.#inside = inside
    this.#options = options
    this.#bounds = bounds
    this.#watch = watch
    const { signal } = options
    this.#turn = createTurn(inside, { operation: 'limit', aborted: 'what it removed was the first to go', signal })
  }

  /** How many entries there are, if the store knows by itself that it is within the bounds. */
  async countWithin(): Promise<number | undefined> {
    await this.#turn()
    const { values, calls } = this.#inside.store
    this.#now = await values.now()
    if (!isSummarizing(values) || !isSummarizing(calls)) return undefined
    const summaries = [await values.summarize(), await calls.summarize()]
    const items = summaries.reduce((sum, { entries }) => sum + entries, 0)
    const bytes = summaries.reduce((sum, summary) => sum + summary.bytes, 0)
    const isOld = summaries.some(({ oldest = Infinity }) => oldest < this.#now - this.#bounds.age)
    return bytes <= this.#bounds.bytes && items <= this.#bounds.items && !isOld ? items : undefined
  }

  async list(): Promise<void> {
    const found: (EntryInfo & { readonly side: Side })[] = []
    for (const side of SIDES) {
      for await (const page of pagesOf(this.#inside.store[side].list(), BATCH)) {
        await this.#turn()
        for (const { key, size, touched } of page) found.push({ side, key, size, touched })
        this.#tell('list', found.length)
      }
    }
    found.sort((a, b) => a.touched - b.touched)
    for (const { side, key, size, touched } of found) {
      this.#ledger.write(side, key, { size, touched, links: undefined })
    }
  }

  /** Puts what was computed, or else was touched, longest ago first. */
  async #orderByStart(): Promise<void> {
    const starts: { readonly held: Held; readonly at: number }[] = []
    const { calls } = this.#inside.store
    for await (const batch of readAll(calls)) {
      await this.#turn()
      for (const entry of batch) {
        const held = this.#ledger.get('calls', entry.key)
        const record = held && readableRecord(entry, this.#inside.registry)
        const start = record && metadataAt(record, ['runtime', 'startedAt'])
        if (held !== undefined) starts.push({ held, at: typeof start === 'number' ? start : held.touched })
      }
      this.#tell('read', starts.length)
    }
    for (const key of this.#ledger.keys('values')) {
      const held = this.#ledger.get('values', key)!
      starts.push({ held, at: held.touched })
    }
    starts.sort((a, b) => a.at - b.at)
    for (const { held } of starts) this.#ledger.use(held)
  }

  /** What must go, in the order in which it may. */
  async choose(policy: 'lru' | 'fifo'): Promise<readonly Held[]> {
    if (this.#isWithin()) return []
    if (policy === 'fifo') await this.#orderByStart()
    // What another version wrote is not for this one to judge.
    const foreign = new Set<Held>()
    let done = 0
    for (const page of unreadPages(this.#ledger)) {
      await this.#turn()
      for (const held of await run(readLinks(this.#inside.store, this.#ledger, page))) foreign.add(held)
      done += page.length
      this.#tell('read', done)
    }
    const pins = new Pins()
    for await (const { name, value } of this.#inside.store.refs?.list() ?? []) pins.set(name, value)
    for (const key of this.#watch.takeNew()) this.#inFlight.add(key)
    const isKept = (held: Held): boolean =>
      foreign.has(held) ||
      // A listing is no single moment: who needs what came or was touched meanwhile may not be in it.
      held.touched > this.#now ||
      (held.side === 'values' && (pins.has(held.key) || this.#inFlight.has(held.key)))
    return chooseVictims(this.#ledger, this.#bounds, this.#now, { isKept, isLast: () => false })
  }

  #isWithin(): boolean {
    const { bytes, items, age } = this.#bounds
    if (this.#ledger.bytes > bytes || this.#ledger.items > items) return false
    for (const _ of this.#ledger.olderThan(this.#now - age)) return false
    return true
  }

  async remove(victims: readonly Held[], forget: (digest: CallDigest) => void): Promise<LimitResult> {
    const total = this.#ledger.items + victims.length
    const result = { removed: 0, bytes: 0, calls: 0 }
    const spared = new Spared(victims)
    for (const side of ['calls', 'values'] as const) {
      const ofSide = victims.filter(held => held.side === side)
      for (let at = 0; at < ofSide.length; at += BATCH) {
        await this.#turn()
        // Saves that began meanwhile may need what was chosen.
        spared.add(this.#watch.takeNew())
        const batch = ofSide.slice(at, at + BATCH).filter(({ key }) => side === 'calls' || !spared.has(key))
        const stays = this.#options.dryRun ? NONE : await this.#delete(side, batch)
        for (const held of batch) {
          if (stays.has(held)) {
            spared.add(side === 'values' ? [held.key, ...(held.links ?? [])] : (held.links ?? []))
            continue
          }
          result.removed += 1
          result.bytes += held.size
          if (side === 'values') continue
          result.calls += 1
          // The key of an entry of a call is the call's.
          if (!this.#options.dryRun) forget(held.key as string as CallDigest)
        }
        this.#tell('evict', result.removed)
      }
    }
    return { ...result, kept: total - result.removed }
  }

  /** Removes what was not touched since it was listed; returns what stays. */
  async #delete(side: Side, batch: readonly Held[]): Promise<ReadonlySet<Held>> {
    if (batch.length === 0) return NONE
    const backend = this.#inside.store[side]
    const removals = batch.map(({ key, touched }) => ({ key, touched }))
    const count = await evictEntries(backend, removals, 'limit')
    if (count === batch.length) return NONE
    const stays = await backend.has(batch.map(({ key }) => key))
    return new Set(batch.filter((_, i) => stays[i]))
  }

  #tell(phase: 'list' | 'read' | 'evict', done: number): void {
    this.#options.onProgress?.({ phase, done })
  }
}

const NONE: ReadonlySet<Held> = /* @__PURE__ */ new Set()

/** Values that were chosen to go and are needed after all, with all that they need. */
class Spared {
  readonly #keys = new Set<Digest>()
  readonly #chosen = new Map<Digest, Held>()

  constructor(victims: readonly Held[]) {
    for (const held of victims) if (held.side === 'values') this.#chosen.set(held.key, held)
  }

  has(key: Digest): boolean {
    return this.#keys.has(key)
  }

  add(keys: readonly Digest[]): void {
    const waiting = [...keys]
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
      if (this.#keys.has(key)) continue
      this.#keys.add(key)
      waiting.push(...(this.#chosen.get(key)?.links ?? []))
    }
  }
}
