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
import { keepHot, resultOf } from './compute.ts'
import { type CacheState, cacheFor, cacheIfAny, type Definition, stateFor } from './definition.ts'
import { deepFreeze } from './freeze.ts'
import { describeIdentity } from './identity.ts'
import { metadataOf } from './metadata.ts'
import { viewByName } from './named-record.ts'
import { type ArgumentTemplate, queryCalls, type Where } from './query.ts'
import { issueTicket, sealCall, type Ticket } from './ticket.ts'
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

  /** Where the record of a call is. */
  const locate = (passed: readonly unknown[]): { readonly state: CacheState; readonly digest: CallDigest } => {
    const state = stateFor(definition)
    return { state, digest: issueTicket(definition, state.engine.digest, parameters.bind(passed)).digest }
  }

  return {
    original: fn,
    identity,
    digest: (...passed) => {
      // It shares no results, so the identity need not be the function's own; and a cache is asked for its classes only.
      const cache = cacheIfAny(definition)
      return issueTicket(definition, cache ? engineOf(cache).digest : valueDigest, parameters.bind(passed)).digest
    },
    contains: async (...passed) => {
      const { state, digest } = locate(passed)
      return state.engine.has(digest)
    },
    load: async (...passed) => {
      const { state, digest } = locate(passed)
      const found = await state.engine.find(digest)
      if (found === undefined) {
        throw new RiposteError(
          'ERR_NOT_FOUND',
          `no call of ${describeIdentity(identity)} is recorded under ${digest}`,
          {
            key: digest,
          },
        )
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
      const ticket = issueTicket(definition, state.engine.digest, parameters.bind(passed))
      // As far as it goes at once, so that what the caller changes afterwards is not recorded.
      await run(seed(definition, state, ticket, result))
    },
    rerun: (...passed) => rerun(definition, passed),
    evict: async (...passed) => {
      const { state, digest } = locate(passed)
      return state.engine.evict(digest)
    },
    query: (template, where = {}) => queryCalls(definition, engineOf(cacheFor(definition)), template, where),
  }
}

function* seed(definition: Definition, state: CacheState, ticket: Ticket, result: unknown): Steps<void> {
  const { engine } = state
  const sealed = sealCall(definition, engine, ticket)
  if (sealed === undefined) throw new TypeError('expected arguments that stay as they are while they are read')
  try {
    const metadata = yield* metadataOf(definition, ticket.args, result, undefined)
    keepHot(definition, state, ticket, yield* wait(engine.commit(sealed, result, { metadata, replace: true })))
  } finally {
    engine.abandon(sealed)
  }
}

function viewByKey({ options }: Definition, record: CallRecord): CallRecord<object> {
  return options.key === undefined ? record : viewByName(record)
}
