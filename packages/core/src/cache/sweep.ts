/**
 * Mark and sweep over values. Marked is what call records, named refs, saves in flight in this process and entries
 * younger than the grace period reach; the rest is removed, each entry only if it was not touched since it was listed.
 *
 * Writers touch every entry of a value, also those that are there already, before the record that needs them is written:
 * so whatever a record written during the sweep needs is either young or makes its removal fail.
 *
 * What may go is not held in memory if it is much: it is listed again while it is removed. By then all is marked, so the second
 * listing decides nothing: an entry is garbage by the time it was touched, the marks and the guard of its removal, whichever
 * listing it comes from. Should the second one fail, garbage has gone and garbage stays.
 */
import { ENTRY_FORMAT } from '../codec/entry.ts'
import type { Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import type { Watch } from '../inside/saves-in-flight.ts'
import { createTurn } from '../inside/turn.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'
import { type BegunEntry, isSurveying, isTidying } from '../ports/tidying.ts'
import { readHeaders } from '../values/headers.ts'
import { Marker } from './marker.ts'
import { checkSweepOptions, DEFAULT_GRACE } from './sweep-options.ts'
import type { SweepOptions, SweepResult } from './types.ts'

/** Entries that are read, or removed, at once. */
const BATCH = 512

/** An entry, and how it begins, where the store says so. */
type Listed = EntryInfo & Partial<BegunEntry>

/** Entries that may go of which a sweep remembers what it listed: some 3 MB. A listing of files takes a good part of its time. */
const REMEMBERED = 20_000

/** What a sweep holds in memory. */
interface SweepBounds {
  /** Marks, where the store has room for more; `undefined`: as it is best. */
  readonly marks?: number
  /** Entries that may go; if there are more, all are listed again. */
  readonly candidates?: number
}

/**
 * Removes values that nothing reaches. Every read comes before the first removal, so that one that fails costs nothing;
 * save, of many, the second listing.
 */
export async function sweep(
  inside: Inside,
  options: SweepOptions = {},
  { marks, candidates = REMEMBERED }: SweepBounds = {},
): Promise<SweepResult> {
  checkSweepOptions(options)
  const watch = inside.saves.watch()
  const { signal, onProgress } = options
  const turn = createTurn(inside, { operation: 'gc', aborted: 'what it removed was garbage', signal })
  const marker = new Marker(inside, turn, done => onProgress?.({ phase: 'mark', done }), marks)
  try {
    const pass = new SweepPass(inside, options, { watch, turn, marker, candidates })
    await pass.mark()
    return await pass.remove()
  } finally {
    watch.stop()
    await marker.drop()
  }
}

interface Means {
  readonly watch: Watch
  readonly turn: () => Promise<void>
  readonly marker: Marker
  readonly candidates: number
}

class SweepPass {
  readonly #values: Backend
  readonly #options: SweepOptions
  readonly #watch: Watch
  readonly #marker: Marker
  readonly #turn: () => Promise<void>
  readonly #atMost: number
  /** What was touched since is young. */
  #horizon = 0
  #total = 0
  /** What is old enough to go, if it is not marked by then; `undefined` if that is too much. */
  #old: Listed[] | undefined = []

  constructor(inside: Inside, options: SweepOptions, { watch, turn, marker, candidates }: Means) {
    this.#values = inside.store.values
    this.#options = options
    this.#watch = watch
    this.#turn = turn
    this.#marker = marker
    this.#atMost = candidates
  }

  /** Marks what is to stay. One listing gives what is young, what is old, and how many entries there are. */
  async mark(): Promise<void> {
    await this.#turn()
    this.#horizon = (await this.#values.now()) - (this.#options.grace ?? DEFAULT_GRACE)
    const young = await this.#countYoung()
    if (young !== undefined) {
      this.#total = young
      return
    }
    await this.#marker.markRecords()
    await this.#marker.markRefs()
    await this.#marker.reach(this.#watch.takeNew())
    for await (const page of this.#pages()) {
      this.#total += page.length
      await this.#marker.reach(keysOf(page.filter(entry => !this.#isOld(entry))))
      const unmarked = await this.#marker.unmarked(page.filter(entry => this.#isOld(entry)))
      // What another version wrote is not for this one to judge, nor what it reaches.
      const foreign = await this.#foreign(unmarked)
      await this.#marker.keep(keysOf(foreign))
      this.#remember(foreign.length === 0 ? unmarked : await this.#marker.unmarked(unmarked))
    }
  }

  #isOld({ touched }: EntryInfo): boolean {
    return touched <= this.#horizon
  }

  #remember(entries: readonly Listed[]): void {
    if (this.#old === undefined) return
    if (this.#old.length + entries.length > this.#atMost) this.#old = undefined
    else this.#old.push(...entries)
  }

  async #foreign(entries: readonly Listed[]): Promise<readonly Listed[]> {
    if (isSurveying(this.#values)) {
      return entries.filter(({ firstByte }) => firstByte !== undefined && firstByte !== ENTRY_FORMAT)
    }
    const headers = await run(readHeaders(this.#values, keysOf(entries)))
    return entries.filter((_, i) => headers[i] === 'unknown format')
  }

  async remove(): Promise<SweepResult> {
    let removed = 0
    let bytes = 0
    let done = 0
    for await (const found of this.#old === undefined ? this.#listOld() : this.#batchesOf(this.#old)) {
      await this.#turn()
      let batch = found
      // Saves that began meanwhile may refer to what was unreached until now. After the last look nothing is waited for.
      for (let begun = this.#watch.takeNew(); begun.length > 0; begun = this.#watch.takeNew()) {
        await this.#marker.reach(begun)
        batch = await this.#marker.unmarked(batch)
      }
      const gone = this.#options.dryRun ? batch : await this.#delete(batch)
      removed += gone.length
      bytes += gone.reduce((sum, { size }) => sum + size, 0)
      done += found.length
      this.#options.onProgress?.({ phase: 'sweep', done })
    }
    if (removed > 0 && !this.#options.dryRun && isTidying(this.#values)) {
      for await (const _ of this.#values.tidy()) await this.#turn()
    }
    return { removed, kept: this.#total - removed, bytes }
  }

  /** Without what was marked for the sake of entries that were listed later. */
  async *#batchesOf(entries: readonly Listed[]): AsyncGenerator<readonly Listed[], void, undefined> {
    for (let at = 0; at < entries.length; at += BATCH) yield await this.#marker.unmarked(entries.slice(at, at + BATCH))
  }

  /** In batches that are worth a removal, however little of a page is garbage. */
  async *#listOld(): AsyncGenerator<readonly Listed[], void, undefined> {
    let found: Listed[] = []
    for await (const page of this.#pages()) {
      found.push(...(await this.#marker.unmarked(page.filter(entry => this.#isOld(entry)))))
      if (found.length < BATCH) continue
      yield found
      found = []
    }
    if (found.length > 0) yield found
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
  async #countYoung(): Promise<number | undefined> {
    let count = 0
    for await (const page of this.#pages()) {
      if (page.some(entry => this.#isOld(entry))) return undefined
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
