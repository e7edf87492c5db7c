import type { Backend } from '../ports/backend.ts'
import type { CallIndex } from '../ports/call-index.ts'
import type { Store } from '../ports/store.ts'
import { interceptAny } from './intercept.ts'
import { createKeyLock } from './key-lock.ts'

/**
 * Lets at most one operation at a time run on each key, in this process; a batch holds all of its keys.
 * Operations without keys, and the streams `list` and `find`, wait for nobody.
 *
 * A lock makes its callers wait, so the result answers later even where `inner` answers now.
 */
export function perKeyLock(inner: CallIndex): CallIndex
export function perKeyLock(inner: Backend): Backend
export function perKeyLock(inner: Store): Store
export function perKeyLock(inner: Backend | Store): Backend | Store {
  const lock = createKeyLock()
  return interceptAny(inner, (operation, next) => lock(operation.keys, next))
}
