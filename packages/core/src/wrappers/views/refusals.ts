import { RiposteError } from '../../errors.ts'
import type { Refs } from '../../ports/store.ts'

/** The members of a backend that change it, for one that takes no writes. */
export interface Refusals {
  put(): never
  touch(): never
  delete(): never
}

/** @returns a function that throws `ERR_REJECTED` */
export function refusing(operation: string, what: string): () => never {
  return () => {
    throw new RiposteError('ERR_REJECTED', `${operation} was refused: ${what} takes no writes`, { operation })
  }
}

export function refusals(what: string): Refusals {
  return { put: refusing('put', what), touch: refusing('touch', what), delete: refusing('delete', what) }
}

/** Refs that can be read and not changed. */
export function readableRefs(inner: Refs, what: string): Refs {
  return { read: name => inner.read(name), swap: refusing('swap', what), list: options => inner.list(options) }
}
