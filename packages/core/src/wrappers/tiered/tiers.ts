import { isRiposteError } from '../../errors.ts'
import { type MaybePromise, type Steps, wait } from '../../flow.ts'
import type { Store } from '../../ports/store.ts'

/** An operation that failed on a tier which is not the last. The call that needed it went on without that tier. */
export interface TierFailure {
  /** The label of the tier's store. */
  readonly tier: string
  readonly operation: string
  readonly cause: unknown
}

/** The last tier, which decides, and those in front of it, which hold copies. */
export interface Tiers {
  /** From the fastest on. */
  readonly near: readonly Store[]
  readonly last: Store
  readonly onFailure: (failure: TierFailure) => void
}

/** What a tier answers; `otherwise` where it fails, which is told. A tier that takes no writes fails none. */
export function* spared<T>(
  tiers: Tiers,
  tier: Store,
  operation: string,
  attempt: () => MaybePromise<T>,
  otherwise: T,
): Steps<T> {
  try {
    return yield* wait(attempt())
  } catch (cause) {
    if (!isRiposteError(cause, 'ERR_REJECTED')) tiers.onFailure({ tier: tier.label, operation, cause })
    return otherwise
  }
}
