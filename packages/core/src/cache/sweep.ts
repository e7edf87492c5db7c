/**
 * Mark and sweep over values. Marked is what call records, named refs, saves in flight in this process and entries
 * younger than the grace period reach; the rest is removed, each entry only if it was not touched since it was listed.
 *
 * Writers touch every entry of a value, also those that are there already, before the record that needs them is written:
 * so whatever a record written during the sweep needs is either young or makes its removal fail.
 */
import { ENTRY_FORMAT } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'
import { type BegunEntry, isSurveying, isTidying } from '../ports/tidying.ts'
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

/** An entry, and how it begins, where the store says so. */
type Listed = EntryInfo & Partial<BegunEntry>

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

  /**
   * Marks what is to stay; returns what else is old enough to go, if it is not marked by then, and how many entries there
   * are. One listing gives both: what is young, and what is old.
   */
  async mark(): Promise<{ readonly total: number; readonly old: EntryList }> {
    await this.#turn()
    const horizon = (await this.#values.now()) - (this.#options.grace ?? DEFAULT_GRACE)
    const young = await this.#countYoung(horizon)
    const old = new EntryList()
    if (young !== undefined) return { total: young, old }
    await this.#marker.markRecords()
    await this.#marker.markRefs()
    await this.#marker.reach(this.#watch.takeNew())
    let total = 0
    for await (const page of this.#pages()) {
      total += page.length
      await this.#marker.reach(keysOf(page.filter(({ touched }) => touched > horizon)))
      const unmarked = page.filter(({ key, touched }) => touched <= horizon && !this.#marker.has(key))
      for (const entry of await this.#known(unmarked)) old.push(entry)
    }
    return { total, old }
  }

  /** Without what another version wrote, which is not for this one to judge, nor what it reaches. */
  async #known(entries: readonly Listed[]): Promise<readonly Listed[]> {
    if (isSurveying(this.#values)) {
      return entries.filter(({ firstByte }) => firstByte === undefined || firstByte === ENTRY_FORMAT)
    }
    const headers = await run(readHeaders(this.#values, keysOf(entries)))
    return entries.filter((_, i) => headers[i] !== 'unknown format')
  }

  async remove({ total, old }: { readonly total: number; readonly old: EntryList }): Promise<SweepResult> {
    let removed = 0
    let bytes = 0
    for (let at = 0; at < old.length; at += BATCH) {
      await this.#turn()
      // Saves that began meanwhile may refer to what was unreached until now.
      await this.#marker.reach(this.#watch.takeNew())
      const batch = old.slice(at, at + BATCH).filter(({ key }) => !this.#marker.has(key))
      const gone = this.#options.dryRun ? batch : await this.#delete(batch)
      removed += gone.length
      bytes += gone.reduce((sum, { size }) => sum + size, 0)
      this.#options.onProgress?.({ phase: 'sweep', done: Math.min(at + BATCH, old.length) })
    }
    if (removed > 0 && !this.#options.dryRun && isTidying(this.#values)) {
      for await (const _ of this.#values.tidy()) await this.#turn()
    }
    return { removed, kept: total - removed, bytes }
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

  async *#pages(): AsyncGenerator<readonly Listed[], void, undefined> {
    const entries: Iterable<Listed> | AsyncIterable<Listed> = isSurveying(this.#values)
      ? this.#values.survey()
      : this.#values.list()
    for await (const page of pagesOf(entries, BATCH)) {
      await this.#turn()
      yield page
    }
  }
}

function keysOf(infos: readonly EntryInfo[]): readonly Digest[] {
  return infos.map(({ key }) => key)
}
