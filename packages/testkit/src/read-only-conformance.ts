import type { MaybePromise, Store } from '@riposte/core'
import { type Case, casesOf } from './cases.ts'
import { fillWithCalls, type Holdings } from './read-only/holdings.ts'
import { type Filled, readingOnly } from './read-only/reading.ts'
import { readOnlyWhole } from './read-only/whole.ts'

interface Opened {
  readonly store: Store
  readonly holds: Holdings
}

/**
 * Cases that every `Store` passes that reads and does not write, such as a view of another.
 *
 * @param options.open - opens the store over one that `fill` was awaited for, which must be empty and writable; all that
 * it holds then is to be seen, in `values` and `calls`. Each case opens its own and closes it
 */
export function readOnlyConformance(options: {
  readonly open: (fill: (store: Store) => Promise<void>) => MaybePromise<Store>
}): Case[] {
  const open = async (): Promise<Opened & { close(): MaybePromise<void> }> => {
    let holds: Holdings = { values: new Map(), calls: new Map() }
    const store = await options.open(async beneath => {
      holds = await fillWithCalls(beneath)
    })
    if (holds.calls.size === 0) throw new Error('expected `open` to call `fill` with the store that is read')
    return { store, holds, close: () => store.close() }
  }
  const side =
    (name: 'values' | 'calls') =>
    ({ store, holds }: Opened): Filled => ({ backend: store[name], holds: holds[name] })
  return [
    ...casesOf(readingOnly, open, side('values'), 'values: '),
    ...casesOf(readingOnly, open, side('calls'), 'calls: '),
    ...casesOf(readOnlyWhole, open, ({ store }) => store, 'store: '),
  ]
}
