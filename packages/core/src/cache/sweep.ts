/**
 * Mark and sweep over values. Marked is what call records, named refs, saves in flight in this process and entries
 * younger than the grace period reach; the rest is removed, each entry only if it was not touched since it was listed.
 *
 * Writers touch every entry of a value, also those that are there already, before the record that needs them is written:
 * so whatever a record written during the sweep needs is either young or makes its removal fail.
 */
import type { Digest } from '../digest/address.ts'
import { isDigest } from '../digest/address.ts'
import { RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'
import { readHeaders } from '../values/headers.ts'
import { createBreath } from './breath.ts'
import type { Inside } from './inside.ts'
import type { Watch } from './saves-in-flight.ts'
import { checkSweepOptions, DEFAULT_GRACE } from './sweep-options.ts'
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
  readonly #inside: Inside
  readonly #watch: Watch
  readonly #options: SweepOptions
  readonly #marked = new Set<Digest>()
  readonly #breathe = createBreath()

  constructor(inside: Inside, watch: Watch, options: SweepOptions) {
    this.#inside = inside
    this.#values = inside.store.values
    this.#watch = watch
    this.#options = options
  }

  /** Marks what is to stay; returns what else is old enough to go, and how many entries there are. */
  async mark(): Promise<{ readonly total: number; readonly garbage: readonly EntryInfo[] }> {
    await this.#turn()
    const horizon = (await this.#values.now()) - (this.#options.grace ?? DEFAULT_GRACE)
    const young = await this.#countYoung(horizon)
    if (young !== undefined) return { total: young, garbage: [] }
    await this.#markRecords()
    await this.#markRefs()
    await this.#reach(this.#watch.takeNew())
    await this.#markYoung(horizon)
    let total = 0
    const garbage: EntryInfo[] = []
    for await (const page of this.#pages(this.#values)) {
      total += page.length
      const old = page.filter(({ key, touched }) => touched <= horizon && !this.#marked.has(key))
      const headers = await run(readHeaders(this.#values, keysOf(old)))
      // What another version wrote is not for this one to judge, nor what it reaches.
      garbage.push(...old.filter((_, i) => headers[i] !== 'unknown format'))
    }
    return { total, garbage }
  }

  async remove(found: { readonly total: number; readonly garbage: readonly EntryInfo[] }): Promise<SweepResult> {
    let removed = 0
    let bytes = 0
    for (let at = 0; at < found.garbage.length; at += BATCH) {
      await this.#turn()
      // Saves that began meanwhile may refer to what was unreached until now.
      await this.#reach(this.#watch.takeNew())
      const batch = found.garbage.slice(at, at + BATCH).filter(({ key }) => !this.#marked.has(key))
      const gone = this.#options.dryRun ? batch : await this.#delete(batch)
      removed += gone.length
      bytes += gone.reduce((sum, { size }) => sum + size, 0)
      this.#options.onProgress?.({ phase: 'sweep', done: Math.min(at + BATCH, found.garbage.length) })
    }
    return { removed, kept: found.total - removed, bytes }
  }

  /** Removes what was not touched since it was listed; returns what went. */
  async #delete(batch: readonly EntryInfo[]): Promise<readonly EntryInfo[]> {
    if (batch.length === 0) return batch
    const count = await this.#values.delete(batch.map(({ key, touched }) => ({ key, touched })))
    if (count === batch.length) return batch
    const stays = await this.#values.has(keysOf(batch))
    return batch.filter((_, i) => !stays[i])
  }

  /** How many entries there are, if all are young: then nothing need be marked. */
  async #countYoung(horizon: number): Promise<number | undefined> {
    let count = 0
    for await (const page of this.#pages(this.#values)) {
      if (page.some(({ touched }) => touched <= horizon)) return undefined
      count += page.length
    }
    return count
  }

  async #markRecords(): Promise<void> {
    const { calls } = this.#inside.store
    for await (const page of this.#pages(calls)) {
      const headers = await run(readHeaders(calls, keysOf(page)))
      await this.#reach(headers.flatMap(header => (typeof header === 'string' ? [] : header.links)))
    }
  }

  async #markRefs(): Promise<void> {
    for await (const { value } of this.#inside.store.refs?.list() ?? []) {
      if (isDigest(value)) await this.#reach([value])
    }
  }

  async #markYoung(horizon: number): Promise<void> {
    for await (const page of this.#pages(this.#values)) {
      await this.#reach(keysOf(page.filter(({ touched }) => touched > horizon)))
    }
  }

  /** Marks entries and all that they reach. */
  async #reach(roots: readonly Digest[]): Promise<void> {
    let level = this.#fresh(roots)
    while (level.length > 0) {
      const next: Digest[] = []
      for (let at = 0; at < level.length; at += BATCH) {
        await this.#turn()
        const headers = await run(readHeaders(this.#values, level.slice(at, at + BATCH)))
        for (const header of headers) {
          if (typeof header === 'string') continue
          // A second form needs the first: its digest leads there.
          next.push(...this.#fresh(header.formOf === undefined ? header.links : [header.formOf, ...header.links]))
        }
      }
      this.#options.onProgress?.({ phase: 'mark', done: this.#marked.size })
      level = next
    }
  }

  #fresh(keys: readonly Digest[]): Digest[] {
    return keys.filter(key => {
      const fresh = !this.#marked.has(key)
      this.#marked.add(key)
      return fresh
    })
  }

  async *#pages(backend: Backend): AsyncGenerator<readonly EntryInfo[], void, undefined> {
    for await (const page of pagesOf(backend.list(), BATCH)) {
      await this.#turn()
      yield page
    }
  }

  /** Lets others have their turn, and stops where that is asked for. */
  async #turn(): Promise<void> {
    await this.#breathe()
    if (this.#options.signal?.aborted) {
      throw new RiposteError(
        'ERR_ABORTED',
        'the sweep was aborted; what it removed was garbage',
        { operation: 'gc' },
        {
          cause: this.#options.signal.reason,
        },
      )
    }
    this.#inside.checkOpen()
  }
}

function keysOf(infos: readonly EntryInfo[]): readonly Digest[] {
  return infos.map(({ key }) => key)
}
