import type { MaybePromise, Store } from '@riposte/core'
import { backendRules } from './backend-conformance.ts'
import { type Case, casesOf } from './cases.ts'
import { committing } from './store/commit.ts'
import { leases, withoutLeases } from './store/leases.ts'
import { refs, withoutRefs } from './store/refs.ts'
import { whole } from './store/whole.ts'

/**
 * Cases that every `Store` passes, those of its two backends among them.
 *
 * @param options.open - opens a store that is empty; each case opens its own and closes it
 * @param options.refs - `false` declares an engine that cannot swap atomically: then `refs` must be `undefined`
 * @param options.leases - `false` declares a store without leases: then `leases` must be `undefined`
 */
export function storeConformance(options: {
  readonly open: () => MaybePromise<Store>
  readonly refs?: boolean
  readonly leases?: boolean
}): Case[] {
  const { open, refs: offersRefs = true, leases: offersLeases = true } = options
  return [
    ...casesOf(backendRules, open, store => store.values, 'values: '),
    ...casesOf(backendRules, open, store => store.calls, 'calls: '),
    ...casesOf(committing, open, store => store, 'commit: '),
    ...casesOf(offersRefs ? refs : withoutRefs, open, store => store, 'refs: '),
    ...casesOf(offersLeases ? leases : withoutLeases, open, store => store, 'leases: '),
    ...casesOf(whole, open, store => store, 'store: '),
  ]
}
