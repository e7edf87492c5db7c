import type { EvictingBackend, MaybePromise } from '@riposte/core'
import { evicting } from './backend/evicting.ts'
import { type Case, casesOf } from './cases.ts'

/**
 * Cases that every `EvictingBackend` passes beside those of a backend. How many evictions are kept, and for how long, they
 * leave to the tests of an engine.
 *
 * @param options.open - opens a backend that is empty; each case opens its own and closes it
 */
export function evictionConformance(options: { readonly open: () => MaybePromise<EvictingBackend> }): Case[] {
  return casesOf(evicting, options.open, backend => backend)
}
