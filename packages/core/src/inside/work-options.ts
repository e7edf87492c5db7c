import { checkOptionNames } from '../option-names.ts'
import { shownValue } from '../shown-value.ts'

/** What long work over a cache may be told. */
export interface WorkOptions<P> {
  /** Ends the work with `ERR_ABORTED`, between two steps. */
  readonly signal?: AbortSignal
  /** Called now and then, at once; what it throws ends the work. */
  readonly onProgress?: (progress: P) => void
}

/** @throws {TypeError} when the options are no object, have others than `names`, or are of the wrong type */
export function checkWorkOptions(options: WorkOptions<never>, names: readonly string[]): void {
  checkOptionNames(options, ['signal', 'onProgress', ...names])
  const { signal, onProgress } = options
  if (signal !== undefined && typeof signal?.aborted !== 'boolean') {
    throw new TypeError('expected signal as an AbortSignal')
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(`expected onProgress as a function; got ${shownValue(onProgress)}`)
  }
}
