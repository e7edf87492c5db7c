/**
 * Looks at everything that is stored. Reads each entry once and headers some times more; what it holds in memory grows with
 * the number of problems, and of entries where the store keeps no marks (some bytes each), not with their size.
 */
import { callDigest } from '../calls/call-digest.ts'
import { neededBy } from '../codec/entry.ts'
import { type Digest, isDigest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { createTurn } from '../inside/turn.ts'
import { checkWorkOptions } from '../inside/work-options.ts'
import { pagesOf } from '../keys/walk.ts'
import type { EntryInfo } from '../ports/backend.ts'
import { keepsLeftovers } from '../ports/leftovers.ts'
import { shownValue } from '../shown-value.ts'
import { readHeaders } from '../values/headers.ts'
import { verifyEntry } from '../values/verify-digest.ts'
import { type Found, resultNeeds, SecondLook } from './fsck-again.ts'
import { Findings } from './fsck-findings.ts'
import type { FsckOptions, FsckProgress, FsckReport } from './fsck-types.ts'
import { Marker } from './marker.ts'
import { type KeepAside, keeperOf } from './quarantine.ts'
import { readAll } from './read-all.ts'

/** Headers that are read at once. */
const PAGE = 512

/** Finds what is not as it should be, and with `repair` takes away what can be of no use. */
export async function fsck(inside: Inside, options: FsckOptions = {}): Promise<FsckReport> {
  checkWorkOptions(options, ['repair', 'quarantine'])
  const { repair = false, quarantine = true } = options
  if (typeof repair !== 'boolean') throw new TypeError(`expected repair as true or false; got ${shownValue(repair)}`)
  const keepAside = repair ? keeperOf(inside, quarantine) : undefined
  const pass = new FsckPass(inside, options)
  await pass.readValues()
  await pass.followLinks()
  await pass.readCalls()
  await pass.readRefs()
  await pass.countOrphans()
  await pass.lookAgain()
  await pass.findLeftovers()
  if (keepAside !== undefined) await pass.repair(keepAside)
  return pass.report()
}

class FsckPass {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #onProgress: ((progress: FsckProgress) => void) | undefined
  readonly #found: Findings
  readonly #again: SecondLook
  /** Entries that cannot be loaded, since something that they need is missing or bad. */
  readonly #broken = new Set<Digest>()

  constructor(inside: Inside, { signal, onProgress }: FsckOptions) {
    this.#inside = inside
    this.#onProgress = onProgress
    this.#turn = createTurn(inside, {
      operation: 'fsck',
      aborted: 'it had changed nothing, or was taking away what is of no use',
      signal,
    })
    this.#found = new Findings(inside.registry)
    this.#again = new SecondLook(inside, this.#turn, this.#found.bad)
  }

  report(): FsckReport {
    return this.#found.report()
  }

  /** Every value against its seal and its digest. */
  async readValues(): Promise<void> {
    // Also where there is nothing to look at.
    await this.#turn()
    const { values } = this.#inside.store
    const missed: EntryInfo[] = []
    for await (const batch of readAll(values, entries => missed.push(...entries))) {
      for (const found of await this.#withheld('values', missed)) this.#found.bad.set(found.key as Digest, found)
      for (const entry of batch) {
        await this.#turn()
        const opened = this.#found.openValue(entry)
        if (opened === undefined) continue
        const verdict = await run(verifyEntry(values, entry.key, opened))
        if (verdict.is === 'unverified') this.#found.unverified += 1
        if (verdict.is === 'unreadable') this.#found.add('unreadable', 'values', entry, verdict.reason)
        if (verdict.is !== 'wrong') continue
        this.#found.bad.set(entry.key, this.#found.add('misplaced', 'values', entry, verdict.reason))
      }
      this.#found.count('values', batch)
      this.#onProgress?.({ phase: 'values', done: this.#found.values.entries })
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
      const missing = await this.#missing(first ? read.flatMap(neededBy) : [])
      for (const [i, entry] of page.entries()) {
        const { links, formOf } = read[i]!
        for (const to of links) {
          const reason = this.#found.absence(to, missing)
          if (reason !== undefined && first) this.#dangles(entry, to, reason)
          if (reason !== undefined || this.#broken.has(to)) this.#broken.add(entry.key)
        }
        // A second form loads without the first; its digest does not lead there then.
        const reason = formOf && first ? this.#found.absence(formOf, missing) : undefined
        if (formOf && reason !== undefined) this.#dangles(entry, formOf, reason)
      }
      done += page.length
      this.#onProgress?.({ phase: 'links', done })
    }
  }

  #dangles(entry: EntryInfo, to: Digest, reason: string): void {
    // Of what is of no use itself nobody needs to know what it needs.
    if (!this.#found.bad.has(entry.key)) this.#found.add('dangling', 'values', entry, reason, to)
  }

  /** Every record against its seal, its key and its values. */
  async readCalls(): Promise<void> {
    const missed: EntryInfo[] = []
    for await (const batch of readAll(this.#inside.store.calls, entries => missed.push(...entries))) {
      await this.#turn()
      await this.#withheld('calls', missed)
      const records = batch.map(entry => ({ entry, opened: this.#found.openRecord(entry) }))
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
          this.#found.add(
            'misplaced',
            'calls',
            entry,
            `its identity and arguments have the digest ${digest}: redigest files it anew`,
          )
        }
        for (const to of links) {
          const reason = this.#found.absence(to, missing)
          if (reason !== undefined) this.#found.add('dangling', 'calls', entry, reason, to)
        }
        const isGone = (to: Digest): boolean => this.#found.absence(to, missing) !== undefined || this.#broken.has(to)
        if (!resultNeeds(opened).some(isGone)) continue
        const reason = `its result ${record.result.digest} is not there whole`
        this.#found.add('unanswerable', 'calls', entry, reason, record.result.digest)
      }
      this.#found.count('calls', batch)
      this.#onProgress?.({ phase: 'calls', done: this.#found.calls.entries })
    }
  }

  async readRefs(): Promise<void> {
    for await (const page of pagesOf(this.#inside.store.refs?.list() ?? [], PAGE)) {
      await this.#turn()
      const refs = page.flatMap(({ name, value }) => (isDigest(value) ? [{ name, value }] : []))
      const missing = await this.#missing(refs.map(({ value }) => value))
      for (const { name, value } of refs) {
        const reason = this.#found.absence(value, missing)
        if (reason !== undefined) this.#found.addRef(name, value, reason)
      }
    }
  }

  async countOrphans(): Promise<void> {
    const marker = new Marker(this.#inside, this.#turn, done => this.#onProgress?.({ phase: 'reach', done }))
    try {
      await marker.markRecords()
      await marker.markRefs()
      for await (const page of pagesOf(this.#inside.store.values.list(), PAGE)) {
        await this.#turn()
        this.#found.countOrphans(await marker.unmarked(page))
      }
    } finally {
      await marker.drop()
    }
  }

  /** Others may have removed, or put, what was looked at: what is not so any more is no problem. */
  async lookAgain(): Promise<void> {
    const still: Found[] = []
    for (const problem of this.#found.problems) {
      await this.#turn()
      if (await this.#again.isSo(problem)) still.push(problem)
    }
    this.#found.problems = still
  }

  async findLeftovers(): Promise<void> {
    const { store } = this.#inside
    if (keepsLeftovers(store)) this.#found.leftovers = await store.leftovers()
  }

  async repair(keepAside: KeepAside): Promise<void> {
    await this.#clearLeftovers()
    for (const problem of this.#found.problems) {
      await this.#turn()
      await this.#again.repair(problem, keepAside)
    }
  }

  async #clearLeftovers(): Promise<void> {
    const { store } = this.#inside
    if (!keepsLeftovers(store) || this.#found.leftovers.length === 0) return
    try {
      await store.clearLeftovers()
    } catch (error) {
      // In a read-only store they stay.
      if (!isRiposteError(error, 'ERR_REJECTED')) throw error
    }
  }

  async #missing(keys: readonly Digest[]): Promise<ReadonlySet<Digest>> {
    const wanted = [...new Set(keys)]
    if (wanted.length === 0) return new Set()
    const there = await this.#inside.store.values.has(wanted)
    return new Set(wanted.filter((_, i) => !there[i]))
  }

  /** Of entries that were listed and not given, those that were not removed meanwhile. Empties the list. */
  async #withheld(place: 'values' | 'calls', missed: EntryInfo[]): Promise<readonly Found[]> {
    const entries = missed.splice(0)
    if (entries.length === 0) return []
    const withheld: EntryInfo[] = []
    for (const entry of entries) if (await this.#again.isListed(place, entry.key)) withheld.push(entry)
    this.#found.count(place, withheld)
    return withheld.map(entry =>
      this.#found.add('unserved', place, entry, 'it is listed, and not given to who reads it'),
    )
  }
}
