/** What is said of a call that went well for its caller, and not as it was meant to. Once each, for it may happen often. */
import type { CacheState, Definition } from './definition.ts'
import { describeIdentity } from './identity.ts'

/** The store failed: the call goes on without it, unless the function is told to throw. */
export function storeFailed(definition: Definition, state: CacheState, error: unknown): void {
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

/** Why a call was not cached, and what its author can do. */
export interface Uncached {
  readonly why: 'arguments' | 'changed' | 'result' | 'options'
  readonly message: string
  readonly error?: unknown
}

/** A call ran uncached, or its result was not kept. Fails it where the function is strict. */
export function uncached(definition: Definition, state: CacheState, { why, message, error }: Uncached): void {
  const text = `a call of ${describeIdentity(definition.identity)} is not cached: ${message}`
  if (definition.options.strict === true) throw error ?? new TypeError(text)
  if (definition.warned.has(why)) return
  definition.warned.add(why)
  state.engine.warn({ code: 'uncached', message: text, ...(error === undefined ? {} : { cause: error }) })
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
