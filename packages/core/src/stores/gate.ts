import { RiposteError } from '../errors.ts'

/** Whether something may still be used. */
export interface Gate {
  /** @throws {RiposteError} `ERR_CLOSED` once the gate is shut */
  pass(): void
  shut(): void
}

/** An open gate to `what`, which the error message names. */
export function createGate(what: string): Gate {
  let open = true
  return {
    pass() {
      if (!open) throw new RiposteError('ERR_CLOSED', `the ${what} was closed before`, { what })
    },
    shut() {
      open = false
    },
  }
}
