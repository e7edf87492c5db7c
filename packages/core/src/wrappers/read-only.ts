import { RiposteError } from '../errors.ts'
import type { Backend, SyncBackend } from '../ports/backend.ts'
import type { CallIndex, SyncCallIndex } from '../ports/call-index.ts'
import type { Store, SyncStore } from '../ports/store.ts'
import { labelled } from '../stores/labelled.ts'
import { type Around, interceptAny } from './intercept.ts'

/**
 * Refuses every write (`put`, `touch`, `delete`, `commit`, `swap` of refs, and all of leases but `look`) with
 * `ERR_REJECTED`; reads pass.
 */
export function readOnly(inner: SyncCallIndex): SyncCallIndex
export function readOnly(inner: SyncBackend): SyncBackend
export function readOnly(inner: CallIndex): CallIndex
export function readOnly(inner: Backend): Backend
export function readOnly(inner: SyncStore): SyncStore
export function readOnly(inner: Store): Store
export function readOnly(inner: Backend | Store): Backend | Store {
  const refusing = interceptAny(inner, refuseWrites)
  return 'commit' in refusing ? labelled({ ...refusing, readOnly: true }) : refusing
}

const refuseWrites: Around = ({ name, intent }, next) => {
  if (intent === 'read') return next()
  throw new RiposteError('ERR_REJECTED', `${name} was refused: this store is read-only`, { operation: name })
}
