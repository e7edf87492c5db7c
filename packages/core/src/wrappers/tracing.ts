import { listener } from '../listener.ts'
import { checkOptionNames } from '../option-names.ts'
import type { Backend, Entry, EntryInfo } from '../ports/backend.ts'
import { type CallIndex, type FoundEntry, isCallIndex } from '../ports/call-index.ts'
import { type EvictingBackend, isEvicting } from '../ports/evicting.ts'
import type { Leases } from '../ports/leases.ts'
import { leftoversOf } from '../ports/leftovers.ts'
import type { Refs, Store, SyncStore } from '../ports/store.ts'
import { answersLater, cursorOf, type Stream, streamFrom } from './streams.ts'
import { summariesOf } from './summaries.ts'
import { type Beginning, type Measures, type Observer, observer, type StoreOperation } from './tracing/operation.ts'

export interface TracingOptions {
  /** Told of each operation when it has ended; of a listing, when it was read to its end or left. */
  readonly onOperation?: (operation: StoreOperation) => void
}

/**
 * Tells of every operation on a store, with its duration, sizes and failure: to `onOperation`, and on Node through
 * `diagnostics_channel`, as the tracing channel `riposte:store`, whose messages are the operations. So a tool that
 * knows nothing of this program can subscribe; attributes bear the names of OpenTelemetry's conventions for databases,
 * and contexts that are bound to the channel's start hold during the operation. While nobody listens, an operation
 * costs nothing more than a look.
 */
export function tracing(inner: SyncStore, options?: TracingOptions): SyncStore
export function tracing(inner: Store, options?: TracingOptions): Store
export function tracing(inner: Store, options: TracingOptions = {}): Store {
  checkOptionNames(options, ['onOperation'])
  const { onOperation } = options
  const observe = observer(inner.label, onOperation && listener(onOperation))
  return {
    label: inner.label,
    values: tracedBackend(inner.values, 'values', observe),
    calls: tracedBackend(inner.calls, 'calls', observe),
    refs: inner.refs && tracedRefs(inner.refs, observe),
    leases: inner.leases && tracedLeases(inner.leases, observe),
    readOnly: inner.readOnly,
    writable: inner.writable && tracing(inner.writable, options),
    commit(batch) {
      const entries = [...batch.values, ...batch.calls]
      const beginning: Beginning = { name: 'commit', target: 'store', keys: entries.length, bytes: bytesIn(entries) }
      return observe.operation(beginning, () => inner.commit(batch))
    },
    close: () => observe.operation({ name: 'close', target: 'store', keys: 0 }, () => inner.close()),
    ...leftoversOf(inner),
  }
}

function tracedBackend(inner: Backend | CallIndex, target: 'values' | 'calls', observe: Observer): Backend | CallIndex {
  const backend: Backend = {
    get: (keys, options) =>
      observe.operation({ name: 'get', target, keys: keys.length }, () => inner.get(keys, options), whatIsThere),
    put: (entries, mode) =>
      observe.operation({ name: 'put', target, keys: entries.length, bytes: bytesIn(entries) }, () =>
        inner.put(entries, mode),
      ),
    touch: keys => observe.operation({ name: 'touch', target, keys: keys.length }, () => inner.touch(keys), countTrue),
    has: keys => observe.operation({ name: 'has', target, keys: keys.length }, () => inner.has(keys), countTrue),
    delete: removals =>
      observe.operation(
        { name: 'delete', target, keys: removals.length },
        () => inner.delete(removals),
        found => ({
          found,
        }),
      ),
    list: options =>
      observedStream<EntryInfo>(
        observe,
        { name: 'list', target, keys: 0 },
        () => inner.list(options),
        () => 0,
      ),
    now: () => observe.operation({ name: 'now', target, keys: 0 }, () => inner.now()),
    close: () => observe.operation({ name: 'close', target, keys: 0 }, () => inner.close()),
  }
  // The spread is of the literal above, which names every member.
  const summarizing = { ...backend, ...summariesOf(inner), ...tracedEvictions(inner, target, observe) }
  if (!isCallIndex(inner)) return summarizing
  const find: CallIndex['find'] = options =>
    observedStream<FoundEntry>(
      observe,
      { name: 'find', target, keys: 0 },
      () => inner.find(options),
      ({ bytes }) => bytes.length,
    )
  return { ...summarizing, find }
}

function tracedEvictions(
  inner: Backend,
  target: 'values' | 'calls',
  observe: Observer,
): Partial<Pick<EvictingBackend, 'evict' | 'evictions'>> {
  if (!isEvicting(inner)) return {}
  return {
    evict: (removals, cause) =>
      observe.operation(
        { name: 'evict', target, keys: removals.length },
        () => inner.evict(removals, cause),
        found => ({ found }),
      ),
    evictions: keys =>
      observe.operation(
        { name: 'evictions', target, keys: keys.length },
        () => inner.evictions(keys),
        evictions => countTrue(evictions.map(eviction => eviction !== undefined)),
      ),
  }
}

function tracedRefs(inner: Refs, observe: Observer): Refs {
  const target = 'refs'
  return {
    read: name => observe.operation({ name: 'read', target, keys: 1 }, () => inner.read(name)),
    swap: (name, expected, next) =>
      observe.operation({ name: 'swap', target, keys: 1 }, () => inner.swap(name, expected, next)),
    list: options =>
      observedStream(
        observe,
        { name: 'list', target, keys: 0 },
        () => inner.list(options),
        () => 0,
      ),
  }
}

function tracedLeases(inner: Leases, observe: Observer): Leases {
  const target = 'leases'
  return {
    shared: inner.shared,
    take: (key, options) => observe.operation({ name: 'take', target, keys: 1 }, () => inner.take(key, options)),
    renew: lease => observe.operation({ name: 'renew', target, keys: 1 }, () => inner.renew(lease)),
    release: (lease, outcome) =>
      observe.operation({ name: 'release', target, keys: 1 }, () => inner.release(lease, outcome)),
    look: key => observe.operation({ name: 'look', target, keys: 1 }, () => inner.look(key)),
  }
}

/** A listing is an operation from its first item that is asked for to its end. */
function observedStream<T>(
  observe: Observer,
  beginning: Beginning,
  open: () => Stream<T>,
  sizeOf: (item: T) => number,
): Stream<T> {
  const stream = open()
  const cursor = cursorOf(stream)
  let observed: ReturnType<Observer['stream']>
  let begun = false
  let ended = false
  const end = (failure?: { readonly error: unknown }): void => {
    if (begun && !ended) observed?.end(failure)
    ended = true
  }
  return streamFrom(
    {
      *next() {
        if (!begun) observed = observe.stream(beginning)
        begun = true
        try {
          const item = yield* cursor.next()
          if (item !== undefined) observed?.item(sizeOf(item))
          return item
        } catch (error) {
          end({ error })
          throw error
        }
      },
      *close() {
        yield* cursor.close()
        end()
      },
    },
    answersLater(stream),
  )
}

function bytesIn(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes.length, 0)
}

function whatIsThere(found: readonly (Uint8Array | undefined)[]): Measures {
  const there = found.filter(bytes => bytes !== undefined)
  return { found: there.length, bytes: there.reduce((sum, bytes) => sum + bytes.length, 0) }
}

function countTrue(there: readonly boolean[]): Measures {
  return { found: there.filter(Boolean).length }
}
