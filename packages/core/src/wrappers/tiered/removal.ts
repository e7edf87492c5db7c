/** Takes entries out of all tiers. */
import type { Digest } from '../../digest/address.ts'
import { type MaybePromise, run, type Steps, wait } from '../../flow.ts'
import type { Backend, Removal } from '../../ports/backend.ts'
import { endCopies } from './back-fill.ts'
import type { TierSide } from './tier-side.ts'
import { spared } from './tiers.ts'

/**
 * Removes entries from the last tier, then from the near ones, the fastest last.
 *
 * @param take - the removal from the last tier
 * @returns how many went
 */
export function* removeFromAll(
  all: TierSide,
  removals: readonly Removal[],
  take: () => MaybePromise<number>,
): Steps<number> {
  const { count, before, gone } = yield* removeFrom(all.last, removals, take)
  let nearOnly = 0
  for (let place = all.tiers.near.length - 1; place >= 0; place -= 1) {
    yield* endCopies(all)
    const spares = removals.filter(({ key }, i) => !before[i] && !gone.has(key))
    const more = yield* removeNear(all, place, [...gone], spares)
    for (const key of more) gone.add(key)
    nearOnly += more.size
  }
  return count + nearOnly
}

/**
 * Removes copies of what is gone, and what only near tiers had: of that, the slowest copy is guarded by the age that
 * was listed. Gives the keys of the latter that went. A tier that fails is passed over.
 */
function* removeNear(
  all: TierSide,
  place: number,
  copied: readonly Digest[],
  spares: readonly Removal[],
): Steps<ReadonlySet<Digest>> {
  const tier = all.tiers.near[place]!
  const backend = tier[all.side]
  const outdated = all.outdated[place]!
  const take = () => backend.delete([...copied.map(key => ({ key })), ...spares])
  const removal = yield* spared(all.tiers, tier, 'delete', () => run(removeFrom(backend, spares, take)), undefined)
  for (const key of copied) {
    if (removal === undefined) outdated.add(key)
    else outdated.delete(key)
  }
  return removal?.gone ?? new Set()
}

/** A removal, what of it was there before, and the keys of that which went. */
function* removeFrom(
  backend: Backend,
  removals: readonly Removal[],
  take: () => MaybePromise<number>,
): Steps<{ readonly count: number; readonly before: readonly boolean[]; readonly gone: Set<Digest> }> {
  const keys = removals.map(({ key }) => key)
  const before = yield* wait(backend.has(keys))
  const count = yield* wait(take())
  const after = yield* wait(backend.has(keys))
  return { count, before, gone: new Set(keys.filter((_, i) => before[i] && !after[i])) }
}
