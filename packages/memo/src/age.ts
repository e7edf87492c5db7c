/** How long a record is used. Ages are kept on the record, as the time at which it expires. */
import type { StoredRecord } from '@riposte/core/engine'
import { answeredAtOnce } from './at-once-option.ts'
import type { CheckedOptions } from './options.ts'

/** `stale`: answered while it is renewed. `over`: as good as none. */
export type Freshness = 'fresh' | 'stale' | 'over'

/** What a record is worth to a function now. A recorded error is worth nothing to one that keeps none. */
export function freshness(
  { expiresAt, threw = false }: Pick<StoredRecord, 'expiresAt' | 'threw'>,
  { cacheErrors = false, staleWhileRevalidate = 0 }: CheckedOptions,
): Freshness {
  if (threw && cacheErrors === false) return 'over'
  const over = Date.now() - (expiresAt ?? Number.POSITIVE_INFINITY)
  if (over < 0) return 'fresh'
  return !threw && over < staleWhileRevalidate ? 'stale' : 'over'
}

/**
 * When a result that is there now expires; `undefined` for never.
 *
 * @throws {TypeError | RangeError} when `maxAge` returns no age
 */
export function expiryOf({ maxAge }: CheckedOptions, result: unknown, args: readonly unknown[]): number | undefined {
  if (typeof maxAge !== 'function') return after(maxAge)
  // The result and the arguments are those of the function that it was typed with.
  const returned = (maxAge as (result: unknown, ...args: readonly unknown[]) => unknown)(result, ...args)
  const age = answeredAtOnce('maxAge', 'milliseconds from 0 up', returned, 'await in the body')
  if (typeof age === 'number' && age >= 0) return after(age)
  throw new RangeError(`expected maxAge to return milliseconds from 0 up, got ${String(age)}`)
}

/** When an error that is there now expires: by its own age, else by that of results where it is a number. */
export function errorExpiryOf({ cacheErrors, maxAge }: CheckedOptions): number | undefined {
  const own = typeof cacheErrors === 'object' ? cacheErrors.maxAge : undefined
  return after(own ?? (typeof maxAge === 'number' ? maxAge : undefined))
}

function after(age: number | undefined): number | undefined {
  return age === undefined || age === Number.POSITIVE_INFINITY ? undefined : Date.now() + age
}
