/** Others read and write while everything is looked at: a problem counts if it is one still, and what is removed is what was seen. */
import { type OpenedRecord, openRecord } from '../calls/record-codec.ts'
import { linksOf } from '../codec/decode-value.ts'
import { ENTRY_FORMAT, openEntry, readHeader, sameSeal } from '../codec/entry.ts'
import { addressOf } from '../codec/types.ts'
import type { Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { firstItems } from '../keys/walk.ts'
import { type Entry, PREFIX_BYTES } from '../ports/backend.ts'
import type { FsckProblem } from './fsck-types.ts'
import type { KeepAside } from './quarantine.ts'

/** A problem, and what it takes to see to it that it is so still. */
export interface Found extends Omit<FsckProblem, 'removed' | 'quarantined'> {
  /** The first bytes of the entry, its seal among them. */
  readonly seen: Uint8Array | undefined
  removed: boolean
  quarantined: Digest | undefined
}

/** Looks again at what was found, and takes it away. */
export class SecondLook {
  readonly #inside: Inside
  readonly #turn: () => Promise<void>
  readonly #bad: ReadonlyMap<Digest, Found>

  /** @param bad - entries that are there and of no use */
  constructor(inside: Inside, turn: () => Promise<void>, bad: ReadonlyMap<Digest, Found>) {
    this.#inside = inside
    this.#turn = turn
    this.#bad = bad
  }

  /** Whether it is as it was found. */
  async isSo(problem: Found): Promise<boolean> {
    return (await this.#stands(problem)) && (await this.#lacks(problem))
  }

  /** Keeps aside and removes what a problem was found with, if nobody can have any use of it. */
  async repair(problem: Found, keepAside: KeepAside): Promise<void> {
    const { kind, key, in: place, reason } = problem
    if (place === 'refs' || !isUseless(problem)) return
    const backend = this.#inside.store[place]
    // Its age before its bytes: what is written or touched in between stays.
    const [info] = await run(firstItems(backend.list({ prefix: key }), 1))
    if (info === undefined) return
    const [bytes] = await backend.get([info.key])
    if (bytes === undefined || !this.#isSame(problem, bytes)) return
    try {
      problem.quarantined = await keepAside({ in: place, key, kind, reason, bytes })
      problem.removed = (await backend.delete([{ key: info.key, touched: info.touched }])) > 0
    } catch (error) {
      // What a read-only store refuses stays.
      if (!isRiposteError(error, 'ERR_REJECTED')) throw error
    }
  }

  /** Whether it is there for who counts it, whatever there is to be read of it. */
  async isListed(place: 'values' | 'calls', key: Digest): Promise<boolean> {
    return (await run(firstItems(this.#inside.store[place].list({ prefix: key }), 1))).length > 0
  }

  async #stands(problem: Found): Promise<boolean> {
    const { in: place, key, kind } = problem
    if (place === 'refs') return true
    const backend = this.#inside.store[place]
    if (kind === 'unserved') {
      const [bytes] = await backend.get([key as Digest])
      return bytes === undefined && (await this.isListed(place, key as Digest))
    }
    const [now] = await backend.get([key as Digest], kind === 'corrupt' ? {} : { upTo: PREFIX_BYTES })
    return now !== undefined && this.#isSame(problem, now)
  }

  /** Whether what stands under the key now is what was found there. */
  #isSame({ kind, key, in: place, seen }: Found, now: Uint8Array): boolean {
    // It may have been healed, with the seal that it had.
    if (kind === 'corrupt') return this.#isCorrupt(place, key as Digest, now)
    return seen === undefined || seen[0] !== ENTRY_FORMAT || sameSeal(now, seen)
  }

  #isCorrupt(place: Found['in'], key: Digest, bytes: Uint8Array): boolean {
    try {
      if (place === 'calls') openRecord({ key, bytes }, this.#inside.registry)
      else openEntry(key, bytes)
      return false
    } catch (error) {
      if (isRiposteError(error, 'ERR_CORRUPT')) return true
      // Of a later version, or of a class that is not registered: nothing is known against it.
      if (isRiposteError(error)) return false
      throw error
    }
  }

  /** Whether what a problem says to be missing is so still. */
  async #lacks({ kind, to, in: place, key }: Found): Promise<boolean> {
    if (to === undefined) return true
    // Where something leads is a digest.
    if (kind === 'dangling') return this.#isGone(to as Digest)
    const [bytes] = await this.#inside.store.calls.get([key as Digest])
    const opened = bytes && this.#openedAgain({ key: key as Digest, bytes })
    return place === 'calls' && opened !== undefined && !(await this.#isWhole(resultNeeds(opened)))
  }

  /** Not there, or there as it was when it was found to be of no use. */
  async #isGone(key: Digest): Promise<boolean> {
    const [there] = await this.#inside.store.values.has([key])
    const found = this.#bad.get(key)
    return !there || (found !== undefined && (await this.#stands(found)))
  }

  /** Whether everything under these addresses is there and sound. */
  async #isWhole(addresses: readonly Digest[]): Promise<boolean> {
    const seen = new Set(addresses)
    for (const key of seen) {
      await this.#turn()
      const [bytes] = await this.#inside.store.values.get([key])
      if (bytes === undefined || this.#isCorrupt('values', key, bytes) || (await this.#isGone(key))) return false
      // A set goes on with what is added while it is walked.
      for (const link of readHeader(bytes)?.links ?? []) seen.add(link)
    }
    return true
  }

  #openedAgain(entry: Entry): OpenedRecord | undefined {
    try {
      return openRecord(entry, this.#inside.registry)
    } catch (error) {
      if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
      throw error
    }
  }
}

/** What must be there for a record to be answered. */
export function resultNeeds({ record: { result } }: OpenedRecord): readonly Digest[] {
  return result.inline === undefined ? [addressOf(result)] : linksOf(result.inline).map(addressOf)
}

/** Whether nobody can have any use of what a problem was found with. */
function isUseless({ kind, in: place }: Found): boolean {
  return kind === 'corrupt' || kind === 'unanswerable' || (kind === 'misplaced' && place === 'values')
}
