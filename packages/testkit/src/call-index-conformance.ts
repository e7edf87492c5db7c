import type { CallIndex, MaybePromise } from '@riposte/core'
import { ordering } from './call-index/ordering.ts'
import { searching } from './call-index/searching.ts'
import { upkeep } from './call-index/upkeep.ts'
import { type Case, casesOf } from './cases.ts'

/**
 * Cases that every `CallIndex` passes beside those of a backend: it finds what a scan over the same records finds.
 *
 * @param options.open - opens an index that is empty; each case opens its own and closes it
 */
export function callIndexConformance(options: { readonly open: () => MaybePromise<CallIndex> }): Case[] {
  return casesOf({ ...searching, ...ordering, ...upkeep }, options.open, index => index)
}
