/**
 * Looks at everything that is stored. Reads each entry once and headers some times more; what it holds in memory grows
 * with the number of entries (some bytes each) and of problems, not with their size.
 */
import { callDigest } from '../calls/call-digest.ts'
import { type OpenedRecord, openRecord } from '../calls/record-codec.ts'
import { openEntry } from '../codec/entry.ts'
import { type Digest, isDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { pagesOf } from '../keys/walk.ts'
import { type EntryInfo, PREFIX_BYTES } from '../ports/backend.ts'
import { readHeaders } from '../values/headers.ts'
import { verifyEntry } from '../values/verify-digest.ts'
import { type Found, resultNeeds, SecondLook } from './fsck-again.ts'
import type { FsckKind, FsckOptions, FsckProgress, FsckReport } from './fsck-types.ts'
import type { Inside } from './inside.ts'
import { Marker } from './marker.ts'
import { type ReadEntry, readAll } from './read-all.ts'
import { createTurn } from './turn.ts'
import { checkWorkOptions } from './work-options.ts'

/** Headers that are read at once. */
const PAGE = 512

/** Finds what is not as it should be, and with `repair` removes what can be of no use. */
export async function fsck(inside: Inside, options: FsckOptions = {}): Promise<FsckReport> {
  checkWorkOptions(options, ['repair'])
  const { repair = false } = options
  if (typeof repair !== 'boolean') throw new TypeError(`expected repair as true or false; got ${String(repair)}`)
  const pass = new FsckPass(inside, options)
  await pass.readValues()
  await pass.followLinks()
  await pass.readCalls()
  await pass.readRefs()
  await pass.countOrphans()
  await pass.lookAgain()
  if (repair) await pass.repair()
  return pass.report()
}

class FsckPass {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #onProgress: ((progress: FsckProgress) => void) | undefined
  readonly #values = { entries: 0, bytes: 0 }
  readonly #calls = { entries: 0, bytes: 0 }
  readonly #orphans = { entries: 0, bytes: 0 }
  #unverified = 0
  #problems: Found[] = []
  /** Entries that are there and of no use. */
  readonly #bad = new Map<Digest, Found>()
  readonly #again: SecondLook
  /** Entries that cannot be loaded, since something that they need is missing or bad. */
  readonly #broken = new Set<Digest>()

  constructor(inside: Inside, { signal, onProgress }: FsckOptions) {
    this.#inside = inside
    this.#onProgress = onProgress
    this.#turn = createTurn(inside, {
      operation: 'fsck',
      aborted: 'it had changed nothing, or was removing what is of no use',
      signal,
    })
    this.#again = new SecondLook(inside, this.#turn, this.#bad)
  }

  report(): FsckReport {
    return {
      sound: this.#problems.length === 0,
      values: this.#values,
      calls: this.#calls,
      orphans: this.#orphans,
      unverified: this.#unverified,
      problems: this.#problems.map(({ seen: _, ...problem }) => problem),
    }
  }

  /** Every value against its seal and its digest. */
  async readValues(): Promise<void> {
    const { values } = this.#inside.store
    for await (const batch of readAll(values)) {
      for (const entry of batch) {
        await this.#turn()
        const opened = this.#open('values', entry)
        if (opened === undefined) continue
        const verdict = await run(verifyEntry(values, entry.key, opened))
        if (verdict.is === 'unverified') this.#unverified += 1
        if (verdict.is === 'unreadable') this.#add('unreadable', 'values', entry, verdict.reason)
        if (verdict.is !== 'wrong') continue
        this.#bad.set(entry.key, this.#add('misplaced', 'values', entry, verdict.reason))
      }
      this.#count(this.#values, batch)
      this.#onProgress?.({ phase: 'values', done: this.#values.entries })
    }
  }

  /** Who links to what is not there; and who, for that, cannot be loaded. */
  async followLinks(): Promise<void> {
    for (let first = true, before = -1; first || this.#broken.size > before; first = false) {
      before = this.#broken.size
      await this.#eachHeader(first)
      // Without anything broken there is nothing to follow upwards.
      if (this.#broken.size === 0) return
    }
  }

  async #eachHeader(first: boolean): Promise<void> {
    const { values } = this.#inside.store
    let done = 0
    for await (const page of pagesOf(values.list(), PAGE)) {
      await this.#turn()
      const headers = await run(
        readHeaders(
          values,
          page.map(({ key }) => key),
        ),
      )
      const read = headers.map(header => (typeof header === 'string' ? { links: [], formOf: undefined } : header))
      // On later rounds only what is broken is new.
      const missing = await this.#missing(
        first ? read.flatMap(({ links, formOf }) => (formOf ? [formOf, ...links] : links)) : [],
      )
      for (const [i, entry] of page.entries()) {
        const { links, formOf } = read[i]!
        for (const to of links) {
          const reason = this.#absence(to, missing)
          if (reason !== undefined && first) this.#dangles(entry, to, reason)
          if (reason !== undefined || this.#broken.has(to)) this.#broken.add(entry.key)
        }
        // A second form loads without the first; its digest does not lead there then.
        const reason = formOf && first ? this.#absence(formOf, missing) : undefined
        if (formOf && reason !== undefined) this.#dangles(entry, formOf, reason)
      }
      done += page.length
      this.#onProgress?.({ phase: 'links', done })
    }
  }

  #dangles(entry: EntryInfo, to: Digest, reason: string): void {
    // Of what is of no use itself nobody needs to know what it needs.
    if (!this.#bad.has(entry.key)) this.#add('dangling', 'values', entry, reason, to)
  }

  /** Every record against its seal, its key and its values. */
  async readCalls(): Promise<void> {
    for await (const batch of readAll(this.#inside.store.calls)) {
      await this.#turn()
      const records = batch.map(entry => ({ entry, opened: this.#openRecord(entry) }))
      const missing = await this.#missing(
        records.flatMap(({ opened }) => (opened ? [...opened.links, ...resultNeeds(opened)] : [])),
      )
      for (const { entry, opened } of records) {
        if (opened === undefined) continue
        const { record, links } = opened
        const digest = callDigest(
          record.identity,
          record.args.map(arg => arg.digest),
        )
        if (digest !== record.digest) {
          this.#add(
            'misplaced',
            'calls',
            entry,
            `its identity and arguments have the digest ${digest}: redigest files it anew`,
          )
        }
        for (const to of links) {
          const reason = this.#absence(to, missing)
          if (reason !== undefined) this.#add('dangling', 'calls', entry, reason, to)
        }
        const isGone = (to: Digest): boolean => this.#absence(to, missing) !== undefined || this.#broken.has(to)
        if (!resultNeeds(opened).some(isGone)) continue
        const reason = `its result ${record.result.digest} is not there whole`
        this.#add('unanswerable', 'calls', entry, reason, record.result.digest)
      }
      this.#count(this.#calls, batch)
      this.#onProgress?.({ phase: 'calls', done: this.#calls.entries })
    }
  }

  async readRefs(): Promise<void> {
    for await (const { name, value } of this.#inside.store.refs?.list() ?? []) {
      await this.#turn()
      if (!isDigest(value)) continue
      const reason = this.#absence(value, await this.#missing([value]))
      if (reason === undefined) continue
      this.#problems.push({
        kind: 'dangling',
        in: 'refs',
        key: name,
        to: value,
        size: 0,
        reason,
        seen: undefined,
        removed: false,
      })
    }
  }

  async countOrphans(): Promise<void> {
    const marker = new Marker(this.#inside, this.#turn, done => this.#onProgress?.({ phase: 'reach', done }))
    await marker.markRecords()
    await marker.markRefs()
    for await (const page of pagesOf(this.#inside.store.values.list(), PAGE)) {
      await this.#turn()
      this.#count(
        this.#orphans,
        page.filter(({ key }) => !marker.has(key)),
      )
    }
  }

  /** Others may have removed, or put, what was looked at: what is not so any more is no problem. */
  async lookAgain(): Promise<void> {
    const still: Found[] = []
    for (const problem of this.#problems) {
      await this.#turn()
      if (await this.#again.isSo(problem)) still.push(problem)
    }
    this.#problems = still
  }

  async repair(): Promise<void> {
    for (const problem of this.#problems) {
      await this.#turn()
      problem.removed = await this.#again.remove(problem)
    }
  }

  /** Why a link leads nowhere, if it does. */
  #absence(to: Digest, missing: ReadonlySet<Digest>): string | undefined {
    if (missing.has(to)) return `it needs ${to}, which is not stored`
    return this.#bad.has(to) ? `it needs ${to}, which is of no use itself` : undefined
  }

  async #missing(keys: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    const wanted = [...new Set(keys)]
    if (wanted.length === 0) return new Set()
    const there = await this.#inside.store.values.has(wanted)
    return new Set(wanted.filter((_, i) => !there[i]))
  }

  #open(place: 'values' | 'calls', entry: ReadEntry): ReturnType<typeof openEntry> | undefined {
    return this.#judged(place, entry, () => openEntry(entry.key, entry.bytes))
  }

  #openRecord(entry: ReadEntry): OpenedRecord | undefined {
    return this.#judged('calls', entry, () => openRecord(entry, this.#inside.registry))
  }

  #judged<T>(place: 'values' | 'calls', entry: ReadEntry, open: () => T): T | undefined {
    try {
      return open()
    } catch (error) {
      if (isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) this.#add('unknown format', place, entry, error.message)
      else if (isRiposteError(error, 'ERR_UNKNOWN_CLASS') || isRiposteError(error, 'ERR_LIMIT')) {
        this.#add('unreadable', place, entry, error.message)
      } else if (isRiposteError(error, 'ERR_CORRUPT')) {
        const found = this.#add('corrupt', place, entry, error.details.reason)
        if (place === 'values') this.#bad.set(entry.key, found)
      } else throw error
      return undefined
    }
  }

  #add(
    kind: FsckKind,
    place: 'values' | 'calls',
    entry: { readonly key: Digest; readonly size: number; readonly bytes?: Uint8Array },
    reason: string,
    to?: Digest,
  ): Found {
    const { key, size, bytes } = entry
    // A copy: a view would hold all of the entry.
    const seen = bytes && new Uint8Array(bytes.subarray(0, PREFIX_BYTES))
    const found = { kind, in: place, key, to, size, reason, seen, removed: false }
    this.#problems.push(found)
    return found
  }

  #count(sum: { entries: number; bytes: number }, entries: readonly { readonly size: number }[]): void {
    sum.entries += entries.length
    for (const { size } of entries) sum.bytes += size
  }
}
