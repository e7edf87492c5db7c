/** Copies calls, with all values that they need, from one store into another: as they are stored, without building any value. */

import { receivedRecord } from '../calls/receive-record.ts'
import { openRecord } from '../calls/record-codec.ts'
import { sameSeal } from '../codec/entry.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { run } from '../flow.ts'
import { DigestSet } from '../inside/digest-set.ts'
import type { Inside } from '../inside/inside.ts'
import type { Flight } from '../inside/saves-in-flight.ts'
import { createTurn } from '../inside/turn.ts'
import type { WorkOptions } from '../inside/work-options.ts'
import { pagesOf } from '../keys/walk.ts'
import { type Entry, PREFIX_BYTES } from '../ports/backend.ts'
import { Receiver } from '../values/receive.ts'
import { WholeEntries } from '../values/whole-entries.ts'

/** Records that are copied, and written, together. */
const BATCH = 64

export interface CopyOptions extends WorkOptions<CopyProgress> {
  /** Whether a call that is recorded there is replaced. It is skipped unless this is given. */
  readonly overwrite?: boolean
}

export interface CopyProgress {
  /** Records looked at. */
  readonly done: number
  /** Value entries written so far. */
  readonly values: number
}

export interface CopyResult {
  /** Records written. */
  readonly copied: number
  /** Records that were there already. */
  readonly skipped: number
  /** Records of which an argument or the result is not there whole: they stay behind. */
  readonly incomplete: number
}

/** @param written - told of each record that was written, so that nothing older is remembered of it */
export async function copyCalls(
  from: Inside,
  to: Inside,
  records: AsyncIterable<Entry>,
  { overwrite = false, signal, onProgress }: CopyOptions,
  written: (digest: CallDigest) => void,
): Promise<CopyResult> {
  const turn = createTurn(from, { operation: 'copyTo', aborted: 'what was copied by then is whole', signal })
  const pass = new CopyPass(from, to, overwrite, turn, written, onProgress)
  // Also where there is nothing to copy.
  await turn()
  for await (const batch of pagesOf(records, BATCH)) await pass.copy(batch)
  return pass.result()
}

class CopyPass {
  readonly #to: Inside
  readonly #from: Inside
  readonly #overwrite: boolean
  readonly #turn: () => Promise<void>
  readonly #written: (digest: CallDigest) => void
  readonly #onProgress: CopyOptions['onProgress']
  readonly #source: WholeEntries
  readonly #receiver: Receiver
  #copied = 0
  #skipped = 0
  #incomplete = 0
  #values = 0

  constructor(
    from: Inside,
    to: Inside,
    overwrite: boolean,
    turn: () => Promise<void>,
    written: (digest: CallDigest) => void,
    onProgress: CopyOptions['onProgress'],
  ) {
    this.#from = from
    this.#to = to
    this.#overwrite = overwrite
    this.#turn = turn
    this.#written = written
    this.#onProgress = onProgress
    this.#source = new WholeEntries(from, new DigestSet())
    this.#receiver = new Receiver(to)
  }

  result(): CopyResult {
    return { copied: this.#copied, skipped: this.#skipped, incomplete: this.#incomplete }
  }

  async copy(records: readonly Entry[]): Promise<void> {
    await this.#turn()
    this.#to.checkOpen()
    const flight = this.#to.saves.begin([])
    try {
      await this.#copyWhole(records, flight)
    } finally {
      flight.end()
    }
    this.#onProgress?.({ done: this.#copied + this.#skipped + this.#incomplete, values: this.#values })
  }

  async #copyWhole(records: readonly Entry[], flight: Flight): Promise<void> {
    const wanted = this.#overwrite ? records : await this.#absent(records)
    const needed = wanted.map(entry => ({ entry, links: openRecord(entry, this.#from.registry).links }))
    const roots = needed.flatMap(({ links }) => links)
    for await (const entries of this.#source.under(roots, keys => this.#there(keys, flight))) {
      await this.#turn()
      await run(this.#receiver.receive(entries, flight))
      this.#values += entries.length
    }
    const whole = needed.filter(({ links }) => links.every(link => this.#source.isWhole(link)))
    this.#incomplete += needed.length - whole.length
    await this.#put(whole.map(({ entry }) => receivedRecord(this.#to, entry, this.#receiver.moved)))
  }

  async #put(calls: readonly ReturnType<typeof receivedRecord>[]): Promise<void> {
    if (calls.length === 0) return
    const mode = this.#overwrite ? 'replace' : 'absent'
    const { calls: stayed } = await this.#to.store.commit({ values: [], calls, mode })
    for (const [i, { key }] of calls.entries()) {
      if (stayed[i] !== undefined) {
        this.#skipped += 1
        continue
      }
      this.#copied += 1
      // The key of an entry of a call is the call's.
      this.#written(key as string as CallDigest)
    }
  }

  async #absent(records: readonly Entry[]): Promise<readonly Entry[]> {
    const there = await this.#to.store.calls.has(records.map(({ key }) => key))
    const absent = records.filter((_, i) => !there[i])
    this.#skipped += records.length - absent.length
    return absent
  }

  /** Which entries stand there just as they are here; their age is refreshed. */
  async #there(keys: readonly Digest[], flight: Flight): Promise<ReadonlySet<Digest>> {
    const { values } = this.#to.store
    flight.add(keys)
    const touched = await values.touch(keys)
    const there = keys.filter((_, i) => touched[i])
    const upTo = PREFIX_BYTES
    const [ours, theirs] = await Promise.all([
      this.#from.store.values.get(there, { upTo }),
      values.get(there, { upTo }),
    ])
    const isSame = there.every((_, i) => ours[i] && theirs[i] && sameSeal(ours[i], theirs[i]))
    // Where one stands in another order, whoever links to it is to name where it comes to stand: none is passed over.
    return isSame && this.#receiver.moved.size === 0 ? new Set(there) : new Set()
  }
}
