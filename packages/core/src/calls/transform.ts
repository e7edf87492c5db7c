/** Files records anew. The new record is written before the old one goes, so that a crash leaves one of them or both. */

import { sameSeal } from '../codec/entry.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { isRiposteError } from '../errors.ts'
import { type MaybePromise, run } from '../flow.ts'
import type { Inside } from '../inside/inside.ts'
import { createTurn } from '../inside/turn.ts'
import { checkWorkOptions } from '../inside/work-options.ts'
import { removeIf } from '../keys/removal.ts'
import { pagesOf } from '../keys/walk.ts'
import { PREFIX_BYTES } from '../ports/backend.ts'
import type { EvictionCause } from '../ports/evicting.ts'
import { shownValue } from '../shown-value.ts'
import { callDigest } from './call-digest.ts'
import { checkIdentity } from './check-identity.ts'
import { type ReadRecord, readRecord } from './find-call.ts'
import { openForPeople } from './open-record.ts'
import { encodeRecord, keyOf, sealRecord } from './record-codec.ts'
import type { StoredRecord } from './stored-record.ts'
import { termsOf } from './terms-of.ts'
import type { CallChange, CallRecord, TransformOptions } from './types.ts'

/** Records after which progress is told, and keys that are listed before others have their turn. */
const BATCH = 64

export type Change = (call: CallRecord) => MaybePromise<CallChange | undefined>

export interface TransformResult {
  readonly changed: number
  readonly removed: number
  readonly kept: number
}

/**
 * Each record that is there at the start is changed once, also where it takes the key of another.
 *
 * @param operation - the verb that was called
 */
export async function transformCalls(
  inside: Inside,
  operation: 'transform' | 'redigest',
  change: Change,
  options: TransformOptions,
  evicted: (digest: CallDigest) => void,
): Promise<TransformResult> {
  if (typeof change !== 'function')
    throw new TypeError(`expected a function that changes a call; got ${shownValue(change)}`)
  checkWorkOptions(options, [])
  const { signal, onProgress } = options
  const turn = createTurn(inside, { operation, aborted: 'each record is filed as it was, or anew', signal })
  const waiting = new Set<CallDigest>()
  await turn()
  for await (const page of pagesOf(inside.store.calls.list(), BATCH)) {
    // The keys of this backend are those of calls.
    for (const { key } of page) waiting.add(key as string as CallDigest)
    await turn()
  }
  const pass = new TransformPass(inside, change, waiting, evicted)
  const total = waiting.size
  let told = 0
  for (const digest of waiting) {
    // Never between records that take the keys of each other: some of them stand nowhere then.
    await turn()
    await pass.file(digest)
    const done = total - waiting.size
    if (done < told + BATCH && done < total) continue
    told = done
    onProgress?.({ done, total })
  }
  return pass.result()
}

class TransformPass {
  readonly #inside: Inside
  readonly #change: Change
  readonly #waiting: Set<CallDigest>
  readonly #evicted: (digest: CallDigest) => void
  /** Records that were read and whose turn is not over: only this process knows them from here on. */
  readonly #open = new Set<CallDigest>()
  readonly #written = new Set<CallDigest>()
  #changed = 0
  #removed = 0
  #kept = 0

  constructor(inside: Inside, change: Change, waiting: Set<CallDigest>, evicted: (digest: CallDigest) => void) {
    this.#inside = inside
    this.#change = change
    this.#waiting = waiting
    this.#evicted = evicted
  }

  result(): TransformResult {
    return { changed: this.#changed, removed: this.#removed, kept: this.#kept }
  }

  async file(digest: CallDigest): Promise<void> {
    if (!this.#waiting.delete(digest)) return
    this.#inside.checkOpen()
    const read = await this.#read(digest)
    if (read === undefined) return
    const asked = await this.#change(openForPeople(this.#inside, read.record))
    if (asked === undefined) {
      if (await this.#remove(read, 'evict')) this.#removed += 1
      return
    }
    const next = changedRecord(read.record, asked)
    if (next.digest === digest && asked.metadata === undefined) {
      this.#kept += 1
      return
    }
    this.#open.add(digest)
    // Whoever has the wanted key must be filed first, or its record would be lost.
    await this.file(next.digest)
    await this.#put(next, read)
    this.#open.delete(digest)
    if (next.digest !== digest) await this.#remove(read)
    this.#changed += 1
  }

  async #read(digest: CallDigest): Promise<ReadRecord | undefined> {
    try {
      return await run(readRecord(this.#inside, digest))
    } catch (error) {
      // Reported, and removed if it was corrupt; its neighbours go on.
      if (isRiposteError(error, 'ERR_CORRUPT') || isRiposteError(error, 'ERR_UNKNOWN_FORMAT')) return undefined
      throw error
    }
  }

  async #put(record: StoredRecord, { record: old, links }: ReadRecord): Promise<void> {
    const { registry, digestOf, store } = this.#inside
    const { payload } = encodeRecord(record, registry)
    const kept: readonly Digest[] = links
    const entry = { ...sealRecord(record.digest, payload, kept), terms: termsOf(record, registry, digestOf) }
    // Of several that come to one key the first stands. A record whose turn is not over gives way.
    const mode = record.digest === old.digest || this.#open.has(record.digest) ? 'replace' : 'absent'
    await store.commit({ values: [], calls: [entry], mode })
    this.#written.add(record.digest)
    this.#evicted(record.digest)
  }

  /** Removes the old record, unless a new one has taken its key. */
  async #remove({ record, bytes }: ReadRecord, cause?: EvictionCause): Promise<boolean> {
    if (this.#written.has(record.digest)) return false
    const still = (_key: Digest, now: Uint8Array): boolean => sameSeal(now, bytes)
    const removed = await run(removeIf(this.#inside.store.calls, [keyOf(record.digest)], still, PREFIX_BYTES, cause))
    this.#evicted(record.digest)
    return removed > 0
  }
}

function changedRecord(record: StoredRecord, change: CallChange): StoredRecord {
  if (typeof change !== 'object' || change === null) {
    throw new TypeError(`expected an object with changes, or undefined to remove the call; got ${shownValue(change)}`)
  }
  const { namespace, name, version, conditions } = { ...record.identity, ...change }
  const identity = { namespace, name, version, conditions }
  checkIdentity(identity)
  const digest = callDigest(
    identity,
    record.args.map(arg => arg.digest),
  )
  // Whoever files a result under another version says that it holds for that version's code, which is other code.
  const source = Object.is(version, record.identity.version) ? record.source : undefined
  return { ...record, digest, identity, source, metadata: change.metadata ?? record.metadata }
}
