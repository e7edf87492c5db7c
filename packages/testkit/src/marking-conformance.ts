import type { MarkingBackend, MaybePromise } from '@riposte/core'
import { marking } from './backend/marking.ts'
import { type Case, casesOf } from './cases.ts'

/**
 * Cases that every `MarkingBackend` passes beside those of a backend. How much memory a set takes they leave to the tests of an
 * engine.
 *
 * @param options.open - opens a backend that is empty; each case opens its own and closes it
 */
export function markingConformance(options: { readonly open: () => MaybePromise<MarkingBackend> }): Case[] {
  return casesOf(marking, options.open, backend => backend)
}
