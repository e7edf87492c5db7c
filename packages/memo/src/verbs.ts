import {
  type CallDigest,
  type CallRecord,
  type Query,
  RiposteError,
  run,
  type Steps,
  digest as valueDigest,
  wait,
} from '@riposte/core'
import { engineOf } from '@riposte/core/engine'
import { rerun } from './call.ts'
import { cacheFor, cacheIfAny, type Definition, stateFor } from './definition.ts'
import { keepHot, resultOf } from './found-result.ts'
import { deepFreeze } from './freeze.ts'
import { describeIdentity } from './identity.ts'
import { metadataOf } from './metadata.ts'
import { viewByName } from './named-record.ts'
import { beginCall, digestCall, type PendingCall } from './pending-call.ts'
import { type ArgumentTemplate, queryCalls, type Where } from './query.ts'
import { sealCall } from './seal.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Identity } from './types/memoized.ts'

/** The verbs of a function whose types are not known here. */
export interface Verbs {
  readonly original: AnyFunction
  readonly identity: Identity
  digest(...passed: readonly unknown[]): CallDigest
  contains(...passed: readonly unknown[]): Promise<boolean>
  load(...passed: readonly unknown[]): Promise<unknown>
  peek(...passed: readonly unknown[]): { readonly value: unknown } | undefined
  record(...passed: readonly unknown[]): Promise<CallRecord<object> | undefined>
  seed(passed: readonly unknown[], result: unknown): Promise<void>
  rerun(...passed: readonly unknown[]): Promise<unknown>
  evict(...passed: readonly unknown[]): Promise<boolean>
  query(template?: ArgumentTemplate, where?: Where): Query<CallRecord<object>>
}

/** What a memoized function offers beside being called. */
export function verbsOf(definition: Definition): Verbs {
  const { fn, identity, parameters } = definition

  const begin = (passed: readonly unknown[]): PendingCall =>
    beginCall(definition, stateFor(definition), parameters.bind(passed))

  return {
    original: fn,
    identity,
    digest: (...passed) => {
      // It shares no results, so the identity need not be the function's own; and a cache is asked for its classes only.
      const cache = cacheIfAny(definition)
      const keyed = parameters.key(parameters.bind(passed))
      return digestCall(definition, keyed, cache === undefined ? valueDigest : engineOf(cache).digest)
    },
    contains: async (...passed) => {
      const { state, digest } = begin(passed)
      return state.engine.has(digest)
    },
    load: async (...passed) => {
      const { state, digest } = begin(passed)
      const found = await state.engine.find(digest)
      if (found === undefined) {
        const message = `no call of ${describeIdentity(identity)} is recorded under ${digest}`
        throw new RiposteError('ERR_NOT_FOUND', message, { key: digest })
      }
      return resultOf(state, found)
    },
    peek: (...passed) => {
      const { state, digest } = begin(passed)
      const hot = state.engine.hot?.get(digest)
      if (state.frozen !== undefined) deepFreeze(hot?.value)
      return hot
    },
    record: async (...passed) => {
      const { state, digest } = begin(passed)
      const record = await state.engine.record(digest)
      return record && viewByKey(definition, record)
    },
    seed: async (passed, result) => {
      // As far as it goes at once, so that what the caller changes afterwards is not recorded.
      await run(seed(begin(passed), result))
    },
    rerun: (...passed) => rerun(definition, passed),
    evict: async (...passed) => {
      const { state, digest } = begin(passed)
      return state.engine.evict(digest)
    },
    query: (template, where = {}) => queryCalls(definition, engineOf(cacheFor(definition)), template, where),
  }
}

function* seed(call: PendingCall, result: unknown): Steps<void> {
  const { engine } = call.state
  const sealed = sealCall(call)
  if (sealed === undefined) throw new TypeError('expected arguments that stay as they are while they are read')
  try {
    const metadata = yield* metadataOf(call.definition, call.args, result, undefined)
    keepHot(call, yield* wait(engine.commit(sealed, result, { metadata, replace: true })))
  } finally {
    engine.abandon(sealed)
  }
}

function viewByKey({ options }: Definition, record: CallRecord): CallRecord<object> {
  return options.key === undefined ? record : viewByName(record)
}
