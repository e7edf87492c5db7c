import { run, type Steps, wait } from '../flow.ts'
import { emitWarning } from '../inside/warnings.ts'
import { listener } from '../listener.ts'
import { checkOptionNames } from '../option-names.ts'
import { leftoversOf } from '../ports/leftovers.ts'
import type { Batch, BatchResult, Store, SyncStore } from '../ports/store.ts'
import { labelled } from '../stores/labelled.ts'
import { type RejectedEntry, type Signing, signedSide } from './signed/signed-backend.ts'
import { readKeys } from './signed/signing-keys.ts'

export interface SignedOptions {
  /**
   * Secrets of at least 32 bytes each, as bytes or as hex digits. The first signs, any verifies: to change keys put a
   * new one in front, and leave the old ones for as long as what they signed is to be read.
   */
  readonly keys: readonly (Uint8Array | string)[]
  /** Told of each entry that was met and not served. One process warning for each store unless given. */
  readonly onRejected?: (entry: RejectedEntry) => void
}

/**
 * Serves only what somebody wrote who holds one of the keys: entries bear an HMAC-SHA256 in the place of their seal,
 * bound to their key and to their side of the store. For stores that others can write to.
 *
 * - An entry whose MAC is missing or wrong is a miss. Reads leave it as it is; a save of the same key takes its place.
 * - Above, entries are as ever: plain, sealed, 32 bytes shorter than they stand below. Who reads the store without this
 *   wrapper finds entries of an unknown format and leaves them alone.
 * - What is not read is not verified: `has`, `touch`, `list`, headers, refs, evictions, and the terms an index searches
 *   by. Whoever can write to the store can remove from it, or put back an older record of the same call.
 *
 * Put it next to the engine, inside `compressed`, so that nothing is unpacked before it is verified.
 *
 * @throws {TypeError | RangeError} when a key is none; its place is told, not the key
 */
export function signed(inner: SyncStore, options: SignedOptions): SyncStore
export function signed(inner: Store, options: SignedOptions): Store
export function signed(inner: Store, options: SignedOptions): Store {
  checkOptionNames(options, ['keys', 'onRejected'])
  const label = `signed(${inner.label})`
  const onRejected = listener(options.onRejected ?? warnOnce(label))
  const signing: Signing = { keys: readKeys(options.keys), label, onRejected }
  const values = signedSide(inner.values, 'values', signing)
  const calls = signedSide(inner.calls, 'calls', signing)

  function* commit(batch: Batch): Steps<BatchResult> {
    const { mode, releases } = batch
    const signedBatch = { values: values.sign(batch.values), calls: calls.sign(batch.calls), mode, releases }
    const stayed = yield* wait(inner.commit(signedBatch))
    return {
      values: yield* values.settle(batch.values, signedBatch.values, stayed.values, 'keep'),
      calls: yield* calls.settle(batch.calls, signedBatch.calls, stayed.calls, mode),
      released: stayed.released,
    }
  }

  return labelled({
    label,
    values: values.backend,
    calls: calls.backend,
    refs: inner.refs,
    leases: inner.leases,
    readOnly: inner.readOnly,
    writable: inner.writable && signed(inner.writable, options),
    commit: batch => run(commit(batch)),
    close: () => inner.close(),
    ...leftoversOf(inner),
  })
}

function warnOnce(label: string): (entry: RejectedEntry) => void {
  let warned = false
  return ({ key, from, reason }) => {
    if (warned) return
    warned = true
    const hint = reason === 'wrong' ? ' (was it written with a key that is not among the given ones?)' : ''
    const message = `${from} entry ${key} of ${label} was not served: its MAC is ${reason}${hint}; others may follow unmentioned`
    emitWarning({ code: 'corrupt', message })
  }
}
