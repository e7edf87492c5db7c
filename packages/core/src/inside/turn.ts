import { RiposteError } from '../errors.ts'
import { createBreath } from './breath.ts'
import type { Inside } from './inside.ts'

/** What long work over a cache is told. */
export interface Work {
  /** For errors: the verb that was called. */
  readonly operation: string
  /** What an abort leaves behind. */
  readonly aborted: string
  readonly signal: AbortSignal | undefined
}

/**
 * For long work over a cache, between its steps: lets others have their turn, and stops where that is asked for.
 *
 * @throws {RiposteError} `ERR_ABORTED`, `ERR_CLOSED`
 */
export function createTurn(
  inside: Pick<Inside, 'checkOpen'>,
  { operation, aborted, signal }: Work,
): () => Promise<void> {
  const breathe = createBreath()
  return async () => {
    await breathe()
    if (signal?.aborted) {
      throw new RiposteError(
        'ERR_ABORTED',
        `${operation} was aborted; ${aborted}`,
        { operation },
        { cause: signal.reason },
      )
    }
    inside.checkOpen()
  }
}
