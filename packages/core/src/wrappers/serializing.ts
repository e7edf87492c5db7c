import type { Backend } from '../ports/backend.ts'
import type { CallIndex } from '../ports/call-index.ts'
import type { Store } from '../ports/store.ts'
import { interceptAny } from './intercept.ts'
import { createKeyLock } from './key-lock.ts'

/**
 * Lets one operation run at a time, in call order, in this process: for engines that cannot take two at once.
 * A `close` waits for what was asked before. The streams `list` and `find` wait for nobody.
 *
 * A lock makes its callers wait, so the result answers later even where `inner` answers now.
 */
export function serializing(inner: CallIndex): CallIndex
export function serializing(inner: Backend): Backend
export function serializing(inner: Store): Store
export function serializing(inner: Backend | Store): Backend | Store {
  const lock = createKeyLock()
  return interceptAny(inner, (_operation, next) => lock([''], next))
}
