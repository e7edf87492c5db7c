/** Writes an archive: call records with their values, then what else there is, entry by entry. */

import { openRecord } from '../calls/record-codec.ts'
import { findMatches } from '../calls/search.ts'
import type { Search } from '../calls/searches.ts'
import { compileTemplate } from '../calls/template.ts'
import type { CallTemplate } from '../calls/types.ts'
import { type Digest, isDigest } from '../digest/address.ts'
import { DigestSet } from '../inside/digest-set.ts'
import type { Inside } from '../inside/inside.ts'
import { createTurn } from '../inside/turn.ts'
import { checkWorkOptions, type WorkOptions } from '../inside/work-options.ts'
import { pagesOf } from '../keys/walk.ts'
import type { Entry } from '../ports/backend.ts'
import { WholeEntries } from '../values/whole-entries.ts'
import { Chain, itemHead, KIND, PREAMBLE, trailerHead } from './format.ts'
import { type ArchiveTarget, checkTarget, pour } from './sink.ts'

/** Records, or listed keys, that are looked at together. */
const BATCH = 64
/** Smaller contents go out in one piece with their head. */
const COPY_BELOW = 16_384

export interface ExportOptions extends WorkOptions<ArchiveProgress> {
  /** Only the calls that match, with the values that they need. Without it all calls, values and named refs. */
  readonly template?: CallTemplate
}

/** What was written, or read, so far. */
export interface ArchiveProgress {
  readonly values: number
  readonly calls: number
  readonly refs: number
  readonly bytes: number
}

export interface ExportResult extends ArchiveProgress {
  /** Calls and values left out, since something that they need is missing or damaged. */
  readonly incomplete: number
}

export async function exportArchive(
  inside: Inside,
  target: ArchiveTarget,
  options: ExportOptions = {},
): Promise<ExportResult> {
  checkWorkOptions(options, ['template'])
  checkTarget(target)
  const { template, signal, onProgress } = options
  const turn = createTurn(inside, { operation: 'export', aborted: 'what was written is no whole archive', signal })
  const writer = new ArchiveWriter(inside, turn, onProgress)
  const searches = template && compileTemplate(template, inside.digestOf)
  await pour(writer.bytes(searches), target)
  return writer.result()
}

class ArchiveWriter {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #onProgress: ExportOptions['onProgress']
  readonly #source: WholeEntries
  readonly #chain = new Chain()
  readonly #counts = { values: 0, calls: 0, refs: 0 }
  #bytes = 0
  #incomplete = 0

  constructor(inside: Inside, turn: () => Promise<void>, onProgress: ExportOptions['onProgress']) {
    this.#inside = inside
    this.#turn = turn
    this.#onProgress = onProgress
    this.#source = new WholeEntries(inside, new DigestSet())
  }

  result(): ExportResult {
    return { ...this.#counts, bytes: this.#bytes, incomplete: this.#incomplete }
  }

  async *bytes(searches: readonly Search[] | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    // Also where there is nothing to write.
    await this.#turn()
    yield this.#out(PREAMBLE)
    for await (const page of pagesOf(findMatches(this.#inside, searches ?? EVERYTHING), BATCH)) {
      yield* this.#calls(page.map(({ entry }) => entry))
    }
    if (searches === undefined) {
      for await (const page of pagesOf(this.#inside.store.values.list(), BATCH)) {
        yield* this.#values(page.map(({ key }) => key))
        this.#incomplete += page.filter(({ key }) => !this.#source.isWhole(key)).length
      }
      yield* this.#refs()
    }
    const trailer = trailerHead(this.#counts)
    this.#chain.add(trailer)
    yield this.#out(trailer)
    yield this.#out(this.#chain.bytes)
  }

  async *#calls(entries: readonly Entry[]): AsyncGenerator<Uint8Array, void, undefined> {
    const needed = entries.map(entry => ({ entry, links: openRecord(entry, this.#inside.registry).links }))
    yield* this.#values(needed.flatMap(({ links }) => links))
    for (const { entry, links } of needed) {
      if (links.every(link => this.#source.isWhole(link))) yield* this.#item(KIND.call, entry.key, entry.bytes)
      else this.#incomplete += 1
    }
  }

  async *#values(roots: readonly Digest[]): AsyncGenerator<Uint8Array, void, undefined> {
    await this.#turn()
    for await (const entries of this.#source.under(roots)) {
      for (const { key, bytes } of entries) yield* this.#item(KIND.value, key, bytes)
      this.#onProgress?.({ ...this.#counts, bytes: this.#bytes })
      await this.#turn()
    }
  }

  async *#refs(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const { name, value } of this.#inside.store.refs?.list() ?? []) {
      if (!isDigest(value)) continue
      if (this.#source.isWhole(value)) yield* this.#item(KIND.ref, value, new TextEncoder().encode(name))
      else this.#incomplete += 1
    }
  }

  *#item(kind: 1 | 2 | 3, key: Digest, content: Uint8Array): Iterable<Uint8Array> {
    const head = itemHead(kind, key, content.length)
    this.#chain.add(head, content)
    this.#counts[KINDS[kind]] += 1
    if (content.length >= COPY_BELOW) {
      yield this.#out(head)
      yield this.#out(content)
      return
    }
    const item = new Uint8Array(head.length + content.length)
    item.set(head)
    item.set(content, head.length)
    yield this.#out(item)
  }

  #out(bytes: Uint8Array): Uint8Array {
    this.#bytes += bytes.length
    return bytes
  }
}

const KINDS = { 1: 'values', 2: 'calls', 3: 'refs' } as const
const EVERYTHING: readonly Search[] = [{ where: [], checks: [], checksRarelyFail: true }]
