/** What every operation passes: closed stores refuse, and errors of the system become the store's. */
import { RiposteError, type Steps } from '@riposte/core'
import { storeError } from './failure.ts'

export interface Gate {
  close(): Steps<void>
  reads<T>(operation: string, steps: () => Steps<T>): Steps<T>
  writes<T>(operation: string, steps: () => Steps<T>): Steps<T>
  /** As `reads`, for what is there now and takes no steps. */
  looks<T>(operation: string, look: () => T): T
}

/** @param what - for people: what is closed by `close` */
export function createGate(what: string, location: string): Gate {
  let closed = false

  function checkOpen(operation: string): void {
    if (closed) throw new RiposteError('ERR_CLOSED', `${operation} after close: ${what} was closed before`, { what })
  }

  function* pass<T>(operation: string, writes: boolean, steps: () => Steps<T>): Steps<T> {
    checkOpen(operation)
    try {
      return yield* steps()
    } catch (error) {
      throw storeError(error, { operation, writes, location })
    }
  }

  return {
    // biome-ignore lint/correctness/useYield: closing has nothing to wait for
    *close() {
      closed = true
    },
    reads: (operation, steps) => pass(operation, false, steps),
    writes: (operation, steps) => pass(operation, true, steps),
    looks(operation, look) {
      checkOpen(operation)
      try {
        return look()
      } catch (error) {
        throw storeError(error, { operation, writes: false, location })
      }
    },
  }
}
