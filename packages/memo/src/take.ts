/** What a caller takes of a call: the result, or a reference to it. */
import { chain, isRiposteError, type MaybePromise, ref, run, type Steps, wait } from '@riposte/core'
import type { Found, HotCall, StoredRecord } from '@riposte/core/engine'
import type { Computed } from './compute.ts'
import type { CacheState } from './definition.ts'
import { resultOf, thrownIn } from './found-result.ts'
import type { PendingCall } from './pending-call.ts'

/** A recorded call, as it was read. */
export interface Recorded {
  readonly record: StoredRecord
  /** Where the result was read too. */
  readonly found: Found | undefined
  /** What the caller takes; of a call that threw, the error. */
  value(): unknown
}

export interface Take {
  /** From this process's memory. */
  hot(state: CacheState, call: HotCall): unknown
  read(call: PendingCall): MaybePromise<Recorded | undefined>
  found(state: CacheState, found: Found): unknown
  /** Of a result that is not recorded. In a box: what the body returned may be a promise that nobody is to wait for. */
  result(state: CacheState, result: unknown): MaybePromise<Box>
  computed(state: CacheState, computed: Computed): MaybePromise<Box>
}

export interface Box {
  readonly value: unknown
}

export const asValue: Take = {
  hot: ({ frozen }, call) => (frozen === undefined ? call.value() : frozen.valueOfHot(call)),
  read: ({ state, digest }) => chain(state.engine.find(digest), found => found && new RecordedValue(state, found)),
  found: resultOf,
  result: (_state, value) => ({ value }),
  computed: (_state, { result: value }) => ({ value }),
}

export const asRef: Take = {
  // What is hot has its result.
  hot: (_state, { found }) => refTo(found!.record),
  read: call => run(readRef(call)),
  found: (_state, { record }) => refTo(record),
  result: ({ engine }, result) => chain(engine.save(result), digest => ({ value: ref(digest) })),
  computed: (state, { result, outcome }) =>
    outcome.kind === 'found' ? { value: refTo(outcome.found.record) } : asRef.result(state, result),
}

function refTo({ result }: StoredRecord): unknown {
  return ref(result.digest)
}

function* readRef(call: PendingCall): Steps<Recorded | undefined> {
  const { engine } = call.state
  const record = yield* wait(engine.stored(call.digest))
  if (record === undefined) return undefined
  if (record.threw === true) return yield* wait(asValue.read(call))
  try {
    yield* wait(engine.checkStored(record.result.digest))
  } catch (error) {
    if (!isRiposteError(error, 'ERR_FALSE_REFERENCE')) throw error
    // It is gone, and then its record goes too; or it stands in another order, and then it is saved in its own.
    const found = yield* wait(engine.find(call.digest))
    if (found === undefined) return undefined
    yield* wait(engine.save(found.value()))
  }
  return { record, found: undefined, value: () => refTo(record) }
}

class RecordedValue implements Recorded {
  readonly found: Found
  readonly #state: CacheState

  constructor(state: CacheState, found: Found) {
    this.found = found
    this.#state = state
  }

  get record(): StoredRecord {
    return this.found.record
  }

  value(): unknown {
    return this.found.record.threw === true ? thrownIn(this.found) : resultOf(this.#state, this.found)
  }
}
