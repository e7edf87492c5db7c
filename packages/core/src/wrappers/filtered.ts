import { openRecord } from '../calls/record-codec.ts'
import type { StoredRecord } from '../calls/stored-record.ts'
import { compileTemplate } from '../calls/template.ts'
import { plainTermsOf } from '../calls/terms-of.ts'
import type { CallTemplate, MetadataNamespaces } from '../calls/types.ts'
import type { CallDigest, Digest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import { isRiposteError } from '../errors.ts'
import { chain, isPromise, type MaybePromise, type Steps, wait } from '../flow.ts'
import { matchesTerms } from '../matching/terms.ts'
import { checkOptionNames } from '../option-names.ts'
import type { Backend, Entry, EntryInfo } from '../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../ports/call-index.ts'
import type { Store, SyncStore } from '../ports/store.ts'
import { defaultRegistry, type Registry } from '../registry/registry.ts'
import { labelled } from '../stores/labelled.ts'
import { withoutLimit } from './merge-found.ts'
import { answersLater, cursorOf, limitStream, mapStream, type Stream, streamFrom } from './streams.ts'
import { readableRefs, refusals, refusing } from './views/refusals.ts'

/** What of a call record can be looked at without reading a value. */
export interface CallOutline {
  readonly digest: CallDigest
  readonly namespace: string
  readonly name: string
  readonly version: string | number | undefined
  readonly params: readonly string[] | undefined
  readonly argumentDigests: readonly Digest[]
  readonly resultDigest: Digest
  readonly metadata: Partial<MetadataNamespaces> & { readonly [namespace: string]: unknown }
}

export interface FilteredOptions {
  /** The classes whose instances may stand in metadata. The process-wide registry unless given. */
  readonly registry?: Registry
}

/** Whether a record is shown. */
type Shows = (record: StoredRecord) => boolean

/** Records that are read at once. */
const PAGE = 256

/**
 * A read-only view of the call records that match a template or a function; to all else they are not there. Values pass.
 * What cannot be read as a record is not shown either. Writes fail with `ERR_REJECTED`.
 *
 * A record is shown by what it lists, so that nothing but records is read: a template may ask for namespace, name,
 * version, whole arguments, the whole result, and metadata that JSON can write.
 *
 * @throws {TypeError} when the template asks for more, such as for a part of an argument
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
  const shows = typeof which === 'function' ? byOutline(which) : byTemplate(which, registry)
  return labelled({
    label,
    values: readable(inner.values, label),
    calls: filteredCalls(inner.calls, label, shows, registry),
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

function filteredCalls(
  inner: Backend | CallIndex,
  label: string,
  shows: Shows,
  registry: Registry,
): Backend | CallIndex {
  const isShown = (entry: Entry): boolean => {
    const record = readRecord(entry, registry)
    return record !== undefined && shows(record)
  }
  // The whole record must be read to judge it; more than was asked for may be answered.
  const get = (keys: readonly Digest[]): MaybePromise<readonly (Uint8Array | undefined)[]> =>
    chain(inner.get(keys), found =>
      found.map((bytes, i) => (bytes !== undefined && isShown({ key: keys[i]!, bytes }) ? bytes : undefined)),
    )

  const list = (stream: Stream<EntryInfo>): Stream<EntryInfo> => {
    const probe = inner.get([])
    // Whether it answers now is all that is asked; a failure comes with the first page.
    if (isPromise(probe)) probe.catch(() => {})
    const cursor = cursorOf(stream)
    let page: EntryInfo[] = []
    function* next(): Steps<EntryInfo | undefined> {
      while (page.length === 0) {
        const read: EntryInfo[] = []
        for (let info = yield* cursor.next(); info !== undefined; info = yield* cursor.next()) {
          if (read.push(info) === PAGE) break
        }
        if (read.length === 0) return undefined
        const found = yield* wait(get(read.map(({ key }) => key)))
        page = read.filter((_, i) => found[i] !== undefined)
      }
      return page.shift()
    }
    return streamFrom({ next, close: cursor.close }, isPromise(probe) || answersLater(stream))
  }

  const backend: Backend = {
    get,
    has: keys => chain(get(keys), found => found.map(bytes => bytes !== undefined)),
    list: options => list(inner.list(options)),
    now: () => inner.now(),
    close: () => inner.close(),
    ...refusals(label),
  }
  if (!isCallIndex(inner)) return backend
  const find: CallIndex['find'] = options =>
    limitStream(
      mapStream(inner.find(withoutLimit(options)), entry => (isShown(entry) ? entry : undefined)),
      options.limit,
    )
  // The spread is of the literal above, which names every member. Of what was evicted nobody can tell whether it was shown.
  return { ...backend, find }
}

function readRecord(entry: Entry, registry: Registry): StoredRecord | undefined {
  try {
    return openRecord(entry, registry).record
  } catch (error) {
    const unreadable = ['ERR_CORRUPT', 'ERR_UNKNOWN_FORMAT', 'ERR_UNKNOWN_CLASS'] as const
    if (unreadable.some(code => isRiposteError(error, code))) return undefined
    throw error
  }
}

function byTemplate(template: CallTemplate, registry: Registry): Shows {
  const searches = compileTemplate(template, value => digest(value, { registry }))
  if (searches.some(({ checks }) => checks.length > 0)) {
    throw new TypeError(
      'expected a template that records can answer by what they list; parts of arguments and results, and metadata ' +
        'that JSON cannot write, are asked for with a function',
    )
  }
  return record => {
    const terms = plainTermsOf(record)
    return searches.some(({ where }) => matchesTerms(terms, where))
  }
}

function byOutline(shows: (call: CallOutline) => boolean): Shows {
  return ({ digest, identity, names, args, result, metadata }) =>
    shows({
      digest,
      namespace: identity.namespace,
      name: identity.name,
      version: identity.version,
      params: names,
      argumentDigests: args.map(arg => arg.digest),
      resultDigest: result.digest,
      metadata,
    })
}
