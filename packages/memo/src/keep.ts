/** Records what a body returned, or threw. */
import { isPromise, isRiposteError, type PreparedCall, type Steps, wait } from '@riposte/core'
import { errorExpiryOf, expiryOf } from './age.ts'
import { answeredAtOnce } from './at-once-option.ts'
import { type Outcome, UNSHARED } from './flight.ts'
import { keepHot } from './found-result.ts'
import type { Holding } from './leases.ts'
import { type Metadata, metadataOf, type Noted, standardMetadata } from './metadata.ts'
import { noteSource } from './other-source.ts'
import type { PendingCall } from './pending-call.ts'
import { storableError } from './storable-error.ts'
import { isPrimitive } from './trie.ts'
import { losesClass, storeFailed, textOf, type Uncached, uncached, unstorable } from './warnings.ts'

/** It would wait for what nobody is to wait for. */
const PROMISED: Uncached = {
  why: 'result',
  message: 'its body returned a promise, which memoizeSync does not wait for; use memoize',
}

/** A body that has come to its end. */
export interface Ran {
  /** What it got. */
  readonly args: readonly unknown[]
  /** The call with its arguments encoded; `undefined` where it ran uncached. */
  readonly sealed: PreparedCall | undefined
  readonly ended:
    | { readonly threw: false; readonly result: unknown }
    | { readonly threw: true; readonly error: unknown }
  readonly noted: Noted
}

export interface KeepOptions {
  /** Whether it takes the place of what is recorded; then a result that is not kept removes that too. */
  readonly replace: boolean
  /** The lease that it was computed under. */
  readonly holding: Holding | undefined
}

/** Records a result, if it is to be kept and can be. Says what others get who waited for it. */
export function* keep(
  call: PendingCall,
  sealed: PreparedCall,
  ran: Ran,
  result: unknown,
  { replace, holding }: KeepOptions,
): Steps<Outcome> {
  const together = !call.definition.atOnce
  const promised = call.definition.atOnce && isPromise(result)
  if (promised) uncached(call, PROMISED)
  const description = promised ? undefined : yield* describe(call, ran, result)
  if (description !== undefined) {
    try {
      const source = call.definition.source()
      const found = yield* wait(
        call.state.engine.commit(sealed, result, { ...description, replace, source, together, holding }),
      )
      // Another's record may have been first: that is what others get from here on.
      noteSource(call, found.record)
      keepHot(call, found)
      return { kind: 'found', found }
    } catch (error) {
      if (!isUnstorable(error)) {
        storeFailed(call, error)
        return withoutRecord(result)
      }
      uncached(call, unstorable(error))
    }
  }
  if (replace) yield* forget(call)
  return withoutRecord(result)
}

/** Records what a body threw, if the function keeps errors, and this one. Never fails: the caller gets what was thrown. */
export function* keepError(
  call: PendingCall,
  sealed: PreparedCall,
  { noted }: Ran,
  error: unknown,
  { replace, holding }: KeepOptions,
): Steps<void> {
  const { definition, state } = call
  const { cacheErrors = false } = definition.options
  if (cacheErrors === false) return
  try {
    if (cacheErrors !== true && cacheErrors.if !== undefined && !isYes('cacheErrors.if', cacheErrors.if(error))) return
  } catch (failure) {
    const message = `the option cacheErrors failed: ${textOf(failure)}`
    say(() => uncached(call, { why: 'cacheErrors', message, error: failure }))
    return
  }
  try {
    const { stored, lost } = storableError(error, value => hasDigest(state.engine.digest, value))
    const metadata = standardMetadata(call, {}, noted)
    const expiresAt = errorExpiryOf(definition.options)
    const source = definition.source()
    const options = { metadata, replace, threw: true, expiresAt, source, together: !definition.atOnce, holding }
    yield* wait(state.engine.commit(sealed, stored, options))
    for (const name of lost) losesClass(call, name)
  } catch (failure) {
    if (!isUnstorable(failure)) {
      say(() => storeFailed(call, failure))
      return
    }
    const remedies = 'register its class, or leave it out with `cacheErrors: { if }`'
    const message = `what it threw cannot be kept: ${textOf(failure)}; ${remedies}`
    say(() => uncached(call, { why: 'error', message, error: failure }))
  }
}

function isYes(option: string, returned: unknown): boolean {
  return Boolean(answeredAtOnce(option, 'true or false', returned, 'await in the body'))
}

function say(warn: () => void): void {
  try {
    warn()
  } catch {
    // Where a warning is to be an error, there is one already: that of the body.
  }
}

function hasDigest(digestOf: (value: unknown) => unknown, value: unknown): boolean {
  try {
    digestOf(value)
    return true
  } catch (error) {
    if (isUnstorable(error)) return false
    throw error
  }
}

/** What is recorded beside a result. */
interface Description {
  readonly metadata: Metadata
  readonly expiresAt: number | undefined
}

/** `undefined` when the result is not to be kept. */
function* describe(call: PendingCall, { args, noted }: Ran, result: unknown): Steps<Description | undefined> {
  const { options } = call.definition
  // The result and the arguments are those of the function that it was typed with.
  const cacheIf = options.cacheIf as ((result: unknown, ...args: readonly unknown[]) => unknown) | undefined
  let asked: 'cacheIf' | 'maxAge' | 'metadata' = 'cacheIf'
  try {
    if (cacheIf !== undefined && !isYes('cacheIf', cacheIf(result, ...args))) return undefined
    asked = 'maxAge'
    const expiresAt = expiryOf(options, result, args)
    asked = 'metadata'
    return { metadata: yield* metadataOf(call, args, result, noted), expiresAt }
  } catch (error) {
    // The body has done its work; a mistake in what describes it must not take the result from its caller.
    uncached(call, { why: asked, message: `the option ${asked} failed: ${textOf(error)}`, error })
    return undefined
  }
}

function* forget(call: PendingCall): Steps<void> {
  try {
    yield* wait(call.state.engine.evict(call.digest))
  } catch (error) {
    storeFailed(call, error)
  }
}

/** What was not stored cannot be copied; it is shared only if nobody can change it. */
function withoutRecord(result: unknown): Outcome {
  return isPrimitive(result) ? { kind: 'primitive', value: result } : UNSHARED
}

function isUnstorable(error: unknown): boolean {
  const codes: readonly string[] = ['ERR_UNDIGESTIBLE', 'ERR_CYCLIC', 'ERR_FALSE_REFERENCE', 'ERR_LIMIT']
  return isRiposteError(error) && codes.includes(error.code)
}
