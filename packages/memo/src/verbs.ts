import { type CallDigest, type CallRecord, type Digest, digestOf, type Query, RiposteError, run, wait } from '@riposte/core'
import { engineOf } from '@riposte/core/engine'
import { rerun } from './call.ts'
import { keepHot, resultOf } from './compute.ts'
import { functionDigest } from './conditions.ts'
import { type CacheState, cacheFor, type Definition, stateFor } from './definition.ts'
import { deepFreeze } from './freeze.ts'
import { describeIdentity } from './identity.ts'
import { metadataOf } from './metadata.ts'
import { viewByName } from './named-record.ts'
import { type ArgumentTemplate, queryCalls, type Where } from './query.ts'
import { issueTicket } from './ticket.ts'
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
  readonly [digestOf]: () => Digest
}

/** What a memoized function offers beside being called. */
export function verbsOf(definition: Definition): Verbs {
  const { fn, identity, conditions, parameters } = definition

  /** Where the record of a call is. */
  const locate = (passed: readonly unknown[]): { readonly state: CacheState; readonly digest: CallDigest } => {
    const state = stateFor(definition)
    const { prepared } = issueTicket(definition, state.engine, parameters.bind(passed))
    state.engine.abandon(prepared)
    return { state, digest: prepared.digest }
  }

  return {
    original: fn,
    identity,
    digest: (...passed) => {
      // A digest shares no results, so the identity need not be the function's own.
      const engine = engineOf(cacheFor(definition))
      const { prepared } = issueTicket(definition, engine, parameters.bind(passed))
      engine.abandon(prepared)
      return prepared.digest
    },
    contains: async (...passed) => {
      const { state, digest } = locate(passed)
      return state.engine.has(digest)
    },
    load: async (...passed) => {
      const { state, digest } = locate(passed)
      const found = await state.engine.find(digest)
      if (found === undefined) {
        throw new RiposteError('ERR_NOT_FOUND', `no call of ${describeIdentity(identity)} is recorded under ${digest}`, {
          key: digest,
        })
      }
      return resultOf(state, found)
    },
    peek: (...passed) => {
      const { state, digest } = locate(passed)
      const hot = state.engine.hot?.get(digest)
      if (state.frozen !== undefined) deepFreeze(hot?.value)
      return hot
    },
    record: async (...passed) => {
      const { state, digest } = locate(passed)
      const record = await state.engine.record(digest)
      return record && viewByKey(definition, record)
    },
    seed: async (passed, result) => {
      const state = stateFor(definition)
      const ticket = issueTicket(definition, state.engine, parameters.bind(passed))
      const seeding = function* () {
        try {
          const metadata = yield* metadataOf(definition, ticket.args, result, undefined)
          const found = yield* wait(state.engine.commit(ticket.prepared, result, { metadata, replace: true }))
          keepHot(definition, state, ticket, found)
        } finally {
          state.engine.abandon(ticket.prepared)
        }
      }
      // As far as it goes at once, so that what the caller changes afterwards is not recorded.
      await run(seeding())
    },
    rerun: (...passed) => rerun(definition, passed),
    evict: async (...passed) => {
      const { state, digest } = locate(passed)
      state.engine.hot?.delete(digest)
      return state.engine.evict(digest)
    },
    query: (template, where = {}) => queryCalls(definition, engineOf(cacheFor(definition)), template, where),
    [digestOf]: () => functionDigest(identity, conditions),
  }
}

function viewByKey({ options }: Definition, record: CallRecord): CallRecord<object> {
  return options.key === undefined ? record : viewByName(record)
}
