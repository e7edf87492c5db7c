/** A handle of a result, which loads parts as they are asked for. */
import { chain, type ErrorCode, isRiposteError, type Lazy, run, type Steps, wait } from '@riposte/core'
import type { StoredRecord } from '@riposte/core/engine'
import type { CacheState } from './definition.ts'
import type { PendingCall } from './pending-call.ts'
import { asValue, type Box, type Recorded, type Take } from './take.ts'

export const asLazy: Take = {
  // A call that is hot has its result.
  hot: (state, call) => opened(state, call.found!.record, () => call.value()),
  read: call => run(readLazy(call)),
  found: (state, found) => opened(state, found.record, () => found.value()),
  result: (state, result) => chain(saved(state, result), box),
  computed: (state, { result, outcome }) => {
    if (outcome.kind !== 'found') return asLazy.result(state, result)
    return chain(
      opened(state, outcome.found.record, () => result),
      box,
    )
  },
}

function* readLazy(call: PendingCall): Steps<Recorded | undefined> {
  const { engine } = call.state
  const record = yield* wait(engine.stored(call.digest))
  if (record === undefined) return undefined
  if (record.threw === true) return yield* wait(asValue.read(call))
  try {
    const handle = yield* wait(engine.lazy(record.result))
    return { record, found: undefined, value: () => handle }
  } catch (error) {
    if (!isGone(error)) throw error
    // A record whose result is gone goes too when it is looked for.
    yield* wait(engine.find(call.digest))
    return undefined
  }
}

/** What was swept while this process remembered it is stored again. */
async function opened(state: CacheState, record: StoredRecord, value: () => unknown): Promise<Lazy<unknown>> {
  try {
    return await state.engine.lazy(record.result)
  } catch (error) {
    if (!isGone(error)) throw error
    return saved(state, value())
  }
}

async function saved({ engine }: CacheState, value: unknown): Promise<Lazy<unknown>> {
  const digest = await engine.save(value)
  return engine.lazy({ digest, form: undefined, inline: undefined })
}

function isGone(error: unknown): boolean {
  return GONE.some(code => isRiposteError(error, code))
}

const GONE: readonly ErrorCode[] = ['ERR_NOT_FOUND', 'ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT']

function box(value: unknown): Box {
  return { value }
}
