/**
 * Mark and sweep over values. Marked is what call records, named refs, saves in flight in this process and entries
 * younger than the grace period reach; the rest is removed, each entry only if it was not touched since it was listed.
 *
 * Writers touch every entry of a value, also those that are there already, before the record that needs them is written:
 * so whatever a record written during the sweep needs is either young or makes its removal fail.
 */
import type { Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'
import { isTidying } from '../ports/tidying.ts'
import { readHeaders } from '../values/headers.ts'
import { EntryList } from './entry-list.ts'
import type { Inside } from './inside.ts'
import { Marker } from './marker.ts'
import type { Watch } from './saves-in-flight.ts'
import { checkSweepOptions, DEFAULT_GRACE } from './sweep-options.ts'
import { createTurn } from './turn.ts'
import type { SweepOptions, SweepResult } from './types.ts'

/** Entries that are read, or removed, at once. */
const BATCH = 512

/** Removes values that nothing reaches. Every read comes before the first removal, so that one that fails costs nothing. */
export async function sweep(inside: Inside, options: SweepOptions = {}): Promise<SweepResult> {
  checkSweepOptions(options)
  const watch = inside.saves.watch()
  try {
    const pass = new SweepPass(inside, watch, options)
    return await pass.remove(await pass.mark())
  } finally {
    watch.stop()
  }
}

class SweepPass {
  readonly #values: Backend
  readonly #watch: Watch
  readonly #options: SweepOptions
  readonly #marker: Marker
  readonly #turn: () => Promise<void>

  constructor(inside: Inside, watch: Watch, options: SweepOptions) {
    this.#values = inside.store.values
    this.#watch = watch
    this.#options = options
    const { signal, onProgress } = options
    this.#turn = createTurn(inside, { operation: 'gc', aborted: 'what it removed was garbage', signal })
    this.#marker = new Marker(inside, this.#turn, done => onProgress?.({ phase: 'mark', done }))
  }

  /** Marks what is to stay; returns what else is old enough to go, and how many entries there are. */
  async mark(): Promise<{ readonly total: number; readonly garbage: EntryList }> {
    await this.#turn()
    const horizon = (await this.#values.now()) - (this.#options.grace ?? DEFAULT_GRACE)
    const young = await this.#countYoung(horizon)
    const garbage = new EntryList()
    if (young !== undefined) return { total: young, garbage }
    await this.#marker.markRecords()
    await this.#marker.markRefs()
    await this.#marker.reach(this.#watch.takeNew())
    await this.#markYoung(horizon)
    let total = 0
    for await (const page of this.#pages()) {
      total += page.length
      const old = page.filter(({ key, touched }) => touched <= horizon && !this.#marker.has(key))
      const headers = await run(readHeaders(this.#values, keysOf(old)))
      // What another version wrote is not for this one to judge, nor what it reaches.
      for (const [i, entry] of old.entries()) if (headers[i] !== 'unknown format') garbage.push(entry)
    }
    return { total, garbage }
  }

  async remove(found: { readonly total: number; readonly garbage: EntryList }): Promise<SweepResult> {
    let removed = 0
    let bytes = 0
    for (let at = 0; at < found.garbage.length; at += BATCH) {
      await this.#turn()
      // Saves that began meanwhile may refer to what was unreached until now.
      await this.#marker.reach(this.#watch.takeNew())
      const batch = found.garbage.slice(at, at + BATCH).filter(({ key }) => !this.#marker.has(key))
      const gone = this.#options.dryRun ? batch : await this.#delete(batch)
      removed += gone.length
      bytes += gone.reduce((sum, { size }) => sum + size, 0)
      this.#options.onProgress?.({ phase: 'sweep', done: Math.min(at + BATCH, found.garbage.length) })
    }
    if (removed > 0 && !this.#options.dryRun && isTidying(this.#values)) {
      for await (const _ of this.#values.tidy()) await this.#turn()
    }
    return { removed, kept: found.total - removed, bytes }
  }

  /** Removes what was not touched since it was listed; returns what went. */
  async #delete(batch: readonly EntryInfo[]): Promise<readonly EntryInfo[]> {
    if (batch.length === 0) return batch
    const removals = batch.map(({ key, touched }) => ({ key, touched }))
    const count = await (isTidying(this.#values) ? this.#values.deleteMany(removals) : this.#values.delete(removals))
    if (count === batch.length) return batch
    const stays = await this.#values.has(keysOf(batch))
    return batch.filter((_, i) => !stays[i])
  }

  /** How many entries there are, if all are young: then nothing need be marked. */
  async #countYoung(horizon: number): Promise<number | undefined> {
    let count = 0
    for await (const page of this.#pages()) {
      if (page.some(({ touched }) => touched <= horizon)) return undefined
      count += page.length
    }
    return count
  }

  async #markYoung(horizon: number): Promise<void> {
    for await (const page of this.#pages()) {
      await this.#marker.reach(keysOf(page.filter(({ touched }) => touched > horizon)))
    }
  }

  async *#pages(): AsyncGenerator<readonly EntryInfo[], void, undefined> {
    for await (const page of pagesOf(this.#values.list(), BATCH)) {
      await this.#turn()
      yield page
    }
  }
}

function keysOf(infos: readonly EntryInfo[]): readonly Digest[] {
  return infos.map(({ key }) => key)
}
