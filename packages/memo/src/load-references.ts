/** Puts values in place of `ref`s in arguments. */
import { type Digest, isRiposteError, RiposteError, type Steps, wait } from '@riposte/core'
import { anyReferences } from '@riposte/core/engine'
import type { CacheState } from './definition.ts'
import { beginCall, hasChanged, type MadeCall, type PendingCall } from './pending-call.ts'
import { findReferences, replaceReferences } from './references.ts'
import { CHANGED, uncached } from './warnings.ts'

/**
 * The arguments, with values in place of `ref`s. What is ignored, or given to `key`, was not digested, may be huge, and
 * is looked into only where the caller said that it passes some; else it may be one, and not hold one.
 *
 * @param mayHold - whether there may be some in what is keyed
 * @throws {RiposteError} `ERR_FALSE_REFERENCE` when a value is not stored
 */
export function* withoutReferences(call: MadeCall, mayHold: boolean): Steps<readonly unknown[]> {
  const { definition, state, caller, args } = call
  if (!anyReferences()) return args
  const { parameters, options } = definition
  const found = findReferences(
    args,
    at => caller.passesReferences || (mayHold && options.key === undefined && !parameters.ignores(at)),
  )
  if (found === undefined) return args
  const known = yield* load(state, [...found.whole, ...found.nested])
  return replaceReferences(args, found, known)
}

/**
 * The call with values in place of `ref`s that may not stand where they do, for they are so small that a value that
 * holds them is hashed with all of them. `undefined` when it can only run uncached: that was said.
 */
export function* settleReferences(call: PendingCall): Steps<PendingCall | undefined> {
  const { definition, state, caller, args, keyed } = call
  if (!keyed.holdsReferences) return call
  const found = findReferences(args, at => !definition.parameters.ignores(at))
  if (found === undefined || found.nested.size === 0) return call
  const nested = [...found.nested]
  const linkable = yield* wait(state.engine.linkable(nested))
  // What is not there is left as it is, and refused when it is checked.
  const small = nested.filter((_, at) => linkable[at] === false)
  const known = yield* load(state, small)
  if (hasChanged(call)) {
    uncached(call, CHANGED)
    return undefined
  }
  return small.length === 0 ? call : beginCall(definition, state, caller, replaceReferences(args, found, known))
}

function* load({ engine }: CacheState, digests: readonly Digest[]): Steps<ReadonlyMap<Digest, unknown>> {
  const known = new Map<Digest, unknown>()
  for (const digest of digests) {
    if (known.has(digest)) continue
    try {
      known.set(digest, yield* wait(engine.load(digest)))
    } catch (error) {
      if (!isRiposteError(error, 'ERR_NOT_FOUND')) throw error
      const message = `the ref to ${digest} in the arguments is false: the value is not stored whole`
      throw new RiposteError('ERR_FALSE_REFERENCE', message, { digest, path: '' }, { cause: error })
    }
  }
  return known
}
