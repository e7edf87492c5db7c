import type { Search } from '../calls/searches.ts'
import { compileTemplate } from '../calls/template.ts'
import type { CallTemplate } from '../calls/types.ts'
import { digest } from '../digest/digest.ts'
import type { Reading } from '../inside/inside.ts'
import { checkOptionNames } from '../option-names.ts'
import type { Backend } from '../ports/backend.ts'
import type { Store, SyncStore } from '../ports/store.ts'
import { defaultRegistry, type Registry } from '../registry/registry.ts'
import { labelled } from '../stores/labelled.ts'
import { type CallOutline, outlineOf } from './filtered/outline.ts'
import { shownCalls } from './filtered/shown-calls.ts'
import { readableRefs, refusals, refusing } from './views/refusals.ts'

export type { CallOutline }

export interface FilteredOptions {
  /** The classes whose instances may stand in metadata, arguments and results. The process-wide registry unless given. */
  readonly registry?: Registry
}

/**
 * A read-only view of the call records that match a template or a function; to all else they are not there. Values pass.
 * What cannot be read as a record is not shown either. Writes fail with `ERR_REJECTED`.
 *
 * A template shows the records that a query for it finds, and costs as much: a value is read where nothing that a record
 * lists can tell, as of a part of a result. One that is gone, damaged or of an unknown class matches nothing. Nothing is
 * removed or repaired for that.
 *
 * @throws {TypeError} when the template is none
 * @throws {RiposteError} `ERR_UNDIGESTIBLE`, `ERR_CYCLIC` when something in it has no digest
 */
export function filtered(
  inner: SyncStore,
  which: CallTemplate | ((call: CallOutline) => boolean),
  options?: FilteredOptions,
): SyncStore
export function filtered(
  inner: Store,
  which: CallTemplate | ((call: CallOutline) => boolean),
  options?: FilteredOptions,
): Store
export function filtered(
  inner: Store,
  which: CallTemplate | ((call: CallOutline) => boolean),
  options: FilteredOptions = {},
): Store {
  checkOptionNames(options, ['registry'])
  const { registry = defaultRegistry } = options
  const label = `filtered(${inner.label})`
  const values = readable(inner.values, label)
  const reading: Reading = {
    store: { values },
    registry,
    digestOf: value => digest(value, { registry }),
    // Of a damaged value, whoever loads it is told.
    warn() {},
  }
  const searches = typeof which === 'function' ? [byOutline(which, registry)] : compileTemplate(which, reading.digestOf)
  return labelled({
    label,
    values,
    calls: shownCalls(inner.calls, label, searches, reading),
    refs: inner.refs && readableRefs(inner.refs, label),
    leases: undefined,
    readOnly: true,
    commit: refusing('commit', label),
    close: () => inner.close(),
  })
}

function readable(inner: Backend, label: string): Backend {
  return {
    get: (keys, options) => inner.get(keys, options),
    has: keys => inner.has(keys),
    list: options => inner.list(options),
    now: () => inner.now(),
    close: () => inner.close(),
    ...refusals(label),
  }
}

function byOutline(shows: (call: CallOutline) => boolean, registry: Registry): Search {
  return { where: [], checks: [({ record }) => shows(outlineOf(record, registry))], checksRarelyFail: false }
}
