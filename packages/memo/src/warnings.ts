/** What is said of a call that went well for its caller, and not as it was meant to. Once each, for it may happen often. */
import { type HeldLease, isRiposteError, RiposteError } from '@riposte/core'
import { LAZY_HANDLE } from '@riposte/core/engine'
import type { CacheState, Definition } from './definition.ts'
import { describeIdentity } from './identity.ts'
import { pastMoment } from './past-moment.ts'

/** Whose call it is. */
interface Place {
  readonly definition: Definition
  readonly state: CacheState
}

/** Why a call is not cached, and what its author can do. */
export interface Uncached {
  readonly why:
    | 'arguments'
    | 'changed'
    | 'receiver'
    | 'required'
    | 'result'
    | 'error'
    | 'cacheIf'
    | 'cacheErrors'
    | 'maxAge'
    | 'metadata'
  readonly message: string
  readonly error?: unknown
}

/** An argument has no digest. */
export function undigestible(error: unknown): Uncached {
  if (isRiposteError(error, 'ERR_UNDIGESTIBLE') && error.details.kind === LAZY_HANDLE) {
    const message = `argument ${error.details.path}: a handle is no value: pass handle.ref, as in withRefs(handle.ref)`
    return { why: 'arguments', message, error }
  }
  const remedies =
    'leave the argument out with `ignore`, or with `signal` if it is one, or say with `key` what stands for it'
  return { why: 'arguments', message: `${textOf(error)}; ${remedies}`, error }
}

/** A result cannot be stored. What an argument could be given, a digest of its own, would not help it. */
export function unstorable(error: unknown): Uncached {
  if (!isRiposteError(error, 'ERR_UNDIGESTIBLE') || error.cause !== undefined || error.details.kind === 'digest only') {
    return { why: 'result', message: `its result cannot be stored: ${textOf(error)}`, error }
  }
  const { kind, path } = error.details
  const what = path === '' ? `its result, ${kind},` : `${kind} at ${path} of its result`
  if (kind === 'instance of Promise')
    return { why: 'result', message: `${what} cannot be stored: await it first`, error }
  const example = /\bResponse\b/.test(kind) ? ', such as { status, text: await response.text() }' : ''
  const orRegister = kind.startsWith('instance of') ? ', or register the class with registerClass' : ''
  const message = `${what} cannot be stored: return plain data${example}${orRegister}`
  return { why: 'result', message, error }
}

/** A parameter of `require` was left out. */
export function notPassed(parameter: string): Uncached {
  return {
    why: 'required',
    message: `it does not pass ${parameter}, which is to be passed explicitly; pass it, or take it out of \`require\``,
  }
}

/** A body that is not memoized as a method uses its receiver, and was called on one. */
export const ON_RECEIVER: Uncached = {
  why: 'receiver',
  message:
    'it is made on an object, which its body uses as `this` and which is no part of the key; use memoizeMethod, whose ' +
    '`context` says what of the object is, or call the function by itself',
}

/** The body could not start in the tick of the call, and would run on other arguments than were keyed. */
export const CHANGED: Uncached = {
  why: 'changed',
  message: 'its arguments were changed before the body could start; pass a copy, or change them later',
}

/** A call runs uncached, or its result is not kept. Fails it where the function is strict. */
export function uncached({ definition, state }: Place, { why, message, error }: Uncached): void {
  const text = `a call of ${describeIdentity(definition.identity)} is not cached: ${message}`
  if (definition.options.strict === true) throw refusal(text, error)
  if (definition.warned.has(why)) return
  definition.warned.add(why)
  state.engine.warn({ code: 'uncached', message: text, ...(error === undefined ? {} : { cause: error }) })
}

/** The error of a strict function: it says what a warning would, and keeps the code of what was wrong. */
function refusal(text: string, cause: unknown): Error {
  // The details are those of the error's own code.
  if (isRiposteError(cause)) return new RiposteError(cause.code, text, cause.details, { cause })
  return new TypeError(text, cause === undefined ? {} : { cause })
}

/** The store failed: the call goes on without it, unless the function is told to throw. */
export function storeFailed({ definition, state }: Place, error: unknown): void {
  if (definition.options.onStoreError === 'throw') throw error
  if (state.warnedStore) return
  state.warnedStore = true
  state.engine.warn({
    code: 'store',
    message:
      `the store of ${describeIdentity(definition.identity)} failed: ${textOf(error)}; ` +
      "its calls run as if they were not memoized, unless { onStoreError: 'throw' } says otherwise",
    cause: error,
  })
}

/** Where the error comes from the store, whoever tells it by its class does not know it. */
export function losesClass({ definition, state }: Place, name: string): void {
  const said = `class ${name}`
  if (definition.warned.has(said)) return
  definition.warned.add(said)
  state.engine.warn({
    code: 'class',
    message:
      `${describeIdentity(definition.identity)} threw an error of class ${name}, which is kept, and comes back with its ` +
      'name, message and properties but as no instance of the class; register that with registerClass, or leave it out with ' +
      '`cacheErrors: { if }`',
  })
}

/** A result could not be renewed in the background; it was answered all the same. */
export function renewalFailed({ definition, state }: Place, error: unknown): void {
  state.engine.warn({
    code: 'refresh',
    message: `a stale result of ${describeIdentity(definition.identity)} could not be renewed: ${textOf(error)}`,
    cause: error,
  })
}

/** Another process or thread may hang, or be stopped in a debugger, and then nothing else would say why nothing happens. */
export function waitsLong({ definition, state }: Place, { holder }: HeldLease): void {
  if (definition.warned.has('waiting')) return
  definition.warned.add('waiting')
  state.engine.warn({
    code: 'waiting',
    message:
      `${describeIdentity(definition.identity)} waits for ${holder.thread === '' ? '' : 'a thread of '}process ${holder.pid} on host ${holder.host}, ` +
      'which computes the same call; { lease: false } does not wait',
  })
}

/**
 * The function was edited, and what was computed before is answered: whether that is right its author must say.
 *
 * @param at - when the result was recorded, where that is known
 */
export function answersOtherSource({ definition, state }: Place, at: number | undefined): void {
  definition.warned.add('source')
  state.engine.warn({
    code: 'source',
    message:
      `${describeIdentity(definition.identity)} answers what other source text of it has computed` +
      `${at === undefined ? '' : `, recorded at ${pastMoment(at)}`}; raise its \`version\` if its answers changed; ` +
      "{ code: 'body' } makes the source text part of the key, and { code: 'ignore' } is for text that differs for a " +
      'harmless reason, such as another compiler',
  })
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
