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
import { engineOf, type Found } from '@riposte/core/engine'
import { expiryOf, freshness } from './age.ts'
import { callForLazy, callForRef, callWithRefs, rerun } from './call.ts'
import { Caller } from './caller.ts'
import { cacheFor, cacheIfAny, type Definition, stateFor } from './definition.ts'
import { explain } from './explain.ts'
import { findHot, findHotByValues, keepHot, resultOf, thrownIn } from './found-result.ts'
import { describeIdentity } from './identity.ts'
import { metadataOf } from './metadata.ts'
import { viewByName } from './named-record.ts'
import { noteSource } from './other-source.ts'
import { beginCall, contextOf, digestCall, digestContext, keyCall, type PendingCall } from './pending-call.ts'
import { type ArgumentTemplate, queryCalls, type Where } from './query.ts'
import { type Receiver, receiverOf } from './receiver.ts'
import { sealCall } from './seal.ts'
import { shown } from './shown.ts'
import { asValue } from './take.ts'
import type { Explanation } from './types/explanation.ts'
import type { AnyFunction } from './types/functions.ts'
import type { Identity } from './types/memoized.ts'
import { notPassed } from './warnings.ts'

/** The verbs of a function whose types are not known here. */
export interface Verbs {
  readonly original: AnyFunction
  readonly identity: Identity
  digest(...passed: readonly unknown[]): CallDigest
  contains(...passed: readonly unknown[]): Promise<boolean>
  load(...passed: readonly unknown[]): Promise<unknown>
  peek(...passed: readonly unknown[]): { readonly value: unknown } | undefined
  record(...passed: readonly unknown[]): Promise<CallRecord<object> | undefined>
  ref(...passed: readonly unknown[]): Promise<unknown>
  lazy(...passed: readonly unknown[]): Promise<unknown>
  withRefs(...passed: readonly unknown[]): Promise<unknown>
  seed(passed: readonly unknown[], result: unknown): Promise<void>
  rerun(...passed: readonly unknown[]): Promise<unknown>
  evict(...passed: readonly unknown[]): Promise<boolean>
  explain(...passed: readonly unknown[]): Promise<Explanation>
  query(template?: ArgumentTemplate, where?: Where): Query<CallRecord<object>>
}

/** What a memoized function offers beside being called; a method only what needs no receiver, unless one is given. */
export function verbsOf(definition: Definition, receiver: Receiver | undefined): Verbs {
  const { fn, identity, parameters } = definition

  const bind = (passed: readonly unknown[]): readonly unknown[] => {
    const args = parameters.bind(passed)
    const missing = parameters.missing(args)
    if (missing === undefined) return args
    throw new TypeError(`a call of ${describeIdentity(identity)} has no record: ${notPassed(missing).message}`)
  }
  const begin = (passed: readonly unknown[]): PendingCall => {
    const self = receiverOf(definition, receiver)
    return beginCall(definition, stateFor(definition), new Caller(self), bind(passed))
  }

  return {
    original: fn,
    identity,
    digest: (...passed) => {
      // It shares no results, so the identity need not be the function's own; and a cache is asked for its classes only.
      const cache = cacheIfAny(definition)
      const digestOf = cache === undefined ? valueDigest : engineOf(cache).digest
      return digestCall(definition, keyCall(definition, receiverOf(definition, receiver), bind(passed), digestOf))
    },
    contains: async (...passed) => {
      const { state, digest } = begin(passed)
      const record = await state.engine.stored(digest)
      if (record === undefined || freshness(record, definition.options) === 'over') return false
      return state.engine.hasResult(record)
    },
    load: async (...passed) => {
      const call = begin(passed)
      const { state, digest } = call
      const found: Found | undefined = await state.engine.find(digest)
      if (found === undefined || freshness(found.record, definition.options) === 'over') {
        const message = `no call of ${describeIdentity(identity)} is recorded under ${digest}`
        throw new RiposteError('ERR_NOT_FOUND', found === undefined ? message : `${message} that is still of use`, {
          key: digest,
        })
      }
      noteSource(call, found.record)
      if (found.record.threw === true) throw thrownIn(found)
      return resultOf(state, found)
    },
    peek: (...passed) => {
      const self = receiverOf(definition, receiver)
      const args = bind(passed)
      const state = stateFor(definition)
      let hot = findHotByValues(definition, state, args)
      if (hot === undefined) {
        const keyed = keyCall(definition, self, args, state.engine.digest)
        hot = findHot(state, keyed) ?? state.hot?.find(digestCall(definition, keyed))
      }
      return hot && { value: asValue.hot(state, hot) }
    },
    record: async (...passed) => {
      const { state, digest } = begin(passed)
      const record = await state.engine.record(digest)
      return record && viewByKey(definition, record)
    },
    ref: async (...passed) => callForRef(definition, receiverOf(definition, receiver), passed),
    lazy: async (...passed) => callForLazy(definition, receiverOf(definition, receiver), passed),
    withRefs: async (...passed) => callWithRefs(definition, receiverOf(definition, receiver), passed),
    seed: async (passed, result) => {
      if (!Array.isArray(passed)) {
        throw new TypeError(
          `expected the arguments of the call to seed as an array, got ${shown(passed)}; write seed([${shown(passed)}], result)`,
        )
      }
      // As far as it goes at once, so that what the caller changes afterwards is not recorded.
      await run(seed(begin([...passed]), result))
    },
    rerun: async (...passed) => rerun(definition, receiverOf(definition, receiver), passed),
    evict: async (...passed) => {
      const { state, digest } = begin(passed)
      return state.engine.evict(digest)
    },
    explain: async (...passed) => explain(begin(passed)),
    query: (template, where = {}) => {
      const engine = engineOf(cacheFor(definition))
      const context = receiver && contextOf(definition, receiver.self)
      if (context === undefined) return queryCalls(definition, engine, template, where)
      const metadata = { ...where.metadata, context: { digest: digestContext(context.value, engine.digest) } }
      return queryCalls(definition, engine, template, { ...where, metadata })
    },
  }
}

function* seed(pending: PendingCall, result: unknown): Steps<void> {
  const { engine } = pending.state
  const sealed = sealCall(pending)
  if (sealed === undefined) throw new TypeError('expected arguments that stay as they are while they are read')
  try {
    const expiresAt = expiryOf(pending.definition.options, result, pending.args)
    const metadata = yield* metadataOf(pending, pending.args, result, {})
    keepHot(pending, yield* wait(engine.commit(sealed, result, { metadata, expiresAt, replace: true })))
  } finally {
    engine.abandon(sealed)
  }
}

function viewByKey({ options }: Definition, record: CallRecord): CallRecord<object> {
  return options.key === undefined ? record : viewByName(record)
}
