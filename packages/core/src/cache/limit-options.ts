import { RiposteError } from '../errors.ts'
import { checkWorkOptions, type WorkOptions } from '../inside/work-options.ts'
import { type BoundOptions, type Bounds, readBounds } from '../limits/bounds.ts'
import { checkPolicy, type Policy } from '../limits/eviction-order.ts'
import { shownValue } from '../shown-value.ts'
import type { SweepResult } from './types.ts'

/** Bounds count what the store holds: bytes as stored and entries, of records and values together. */
export interface LimitOptions extends BoundOptions, WorkOptions<LimitProgress> {
  /**
   * Which goes first.
   * - `lru` (unless given): what was neither written nor touched for longest, by any process. Answers from a process's
   *   memory touch a record, reads of the store do not.
   * - `fifo`: the call that was computed longest ago. What does not say when (values by themselves, records without a
   *   `startedAt`) goes by its age. Reads the records, which the other does not.
   * - `lfu` is refused: stores keep no count of uses. `limited(store, { policy: 'lfu' })` counts while it is open.
   */
  readonly policy?: Policy
  /** Count only; remove nothing. */
  readonly dryRun?: boolean
}

export interface LimitProgress {
  /** `list`: what is there is listed; `read`: headers, or records, are read; `evict`: what goes is removed. */
  readonly phase: 'list' | 'read' | 'evict'
  readonly done: number
}

/** As that of the sweep: entries and bytes that went (with `dryRun`: that would). */
export interface LimitResult extends SweepResult {
  /** How many of the removed entries were calls. */
  readonly calls: number
}

/**
 * @throws {TypeError | RangeError} when there is no bound, or an option is not what it must be
 * @throws {RiposteError} `ERR_REJECTED` for a policy that needs what no store keeps
 */
export function readLimitOptions(options: LimitOptions): { readonly bounds: Bounds; readonly policy: 'lru' | 'fifo' } {
  checkWorkOptions(options, ['bytes', 'items', 'age', 'policy', 'dryRun'])
  const { policy = 'lru', dryRun = false } = options
  const bounds = readBounds(options)
  checkPolicy(policy)
  if (typeof dryRun !== 'boolean') throw new TypeError(`expected dryRun as true or false; got ${shownValue(dryRun)}`)
  if (policy === 'lfu') {
    throw new RiposteError(
      'ERR_REJECTED',
      "limit by 'lfu' was refused, since stores keep no count of uses: take 'lru' or 'fifo', or open the store through limited(store, { policy: 'lfu' }), which counts",
      { operation: 'limit' },
    )
  }
  return { bounds, policy }
}
