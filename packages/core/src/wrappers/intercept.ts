import type { Digest } from '../digest/address.ts'
import type { MaybePromise } from '../flow.ts'
import type { Backend, SyncBackend } from '../ports/backend.ts'
import { type CallIndex, type FindOptions, isCallIndex, type SyncCallIndex } from '../ports/call-index.ts'
import { type EvictingBackend, isEvicting } from '../ports/evicting.ts'
import type { Leases } from '../ports/leases.ts'
import { keepsLeftovers, type LeftoverKeeping } from '../ports/leftovers.ts'
import type { Refs, Store, SyncStore } from '../ports/store.ts'
import { isFunctionSummarizing, isSummarizing } from '../ports/summarizing.ts'
import { isTidying, type TidyingBackend } from '../ports/tidying.ts'
import { labelled } from '../stores/labelled.ts'

/** What a wrapper is told of an operation before it runs. */
export interface Operation {
  /**
   * The method: of a backend, of a store (`commit`, `close`), of its refs (`read`, `swap`), or of its leases (the last
   * four).
   */
  readonly name:
    | 'get'
    | 'put'
    | 'touch'
    | 'has'
    | 'delete'
    | 'now'
    | 'commit'
    | 'read'
    | 'swap'
    | 'close'
    | 'summarize'
    | 'evictions'
    | 'take'
    | 'renew'
    | 'release'
    | 'look'
  /** Whether it may change what is stored; `close` and `now` do not. */
  readonly intent: 'read' | 'write'
  /**
   * The keys it is about, as they were given: in their order, repetitions included. Empty where it is about none, as
   * for refs and leases.
   */
  readonly keys: readonly Digest[]
}

/** Runs around an operation: calls `next` once, never, or later, and answers what `next` does or something like it. */
export type Around = <T>(operation: Operation, next: () => MaybePromise<T>) => MaybePromise<T>

/** An `Around` that answers now where `next` does. */
export type SyncAround = <T>(operation: Operation, next: () => T) => T

/** An `Around` over what answers now: it may still answer later itself. */
type AroundSync = <T>(operation: Operation, next: () => T) => MaybePromise<T>

/**
 * Passes every operation of a store or backend through `around`: the hook that locks, tracing and transactions are made
 * of. What answers now still does, by its type, if `around` does.
 *
 * Of a store it wraps both backends, `commit`, the refs and the leases; a `commit` is one operation with all its keys,
 * values first. `list`, `find` and `tidy` stream while others run, so they are not operations: they are forwarded as
 * they are. A wrapper that must see them wraps those members itself.
 */
// One overload for what answers now, not two: TypeScript fixes the parameters of a function literal by the first
// overload it tries, and refuses an asynchronous one by the second.
export function intercept<A extends AroundSync>(inner: SyncCallIndex, around: A): IfSync<A, SyncCallIndex, CallIndex>
export function intercept<A extends AroundSync>(inner: SyncBackend, around: A): IfSync<A, SyncBackend, Backend>
export function intercept(inner: CallIndex, around: Around): CallIndex
export function intercept(inner: Backend, around: Around): Backend
export function intercept<A extends AroundSync>(inner: SyncStore, around: A): IfSync<A, SyncStore, Store>
export function intercept(inner: Store, around: Around): Store
export function intercept(inner: Backend | Store, around: Around): Backend | Store {
  return interceptAny(inner, around)
}

type IfSync<A, Now, Later> = A extends SyncAround ? Now : Later

/** `intercept` for wrappers that take a store or a backend themselves. */
export function interceptAny(inner: Backend | Store, around: Around): Backend | Store {
  return 'commit' in inner ? interceptStore(inner, around) : interceptBackend(inner, around)
}

function interceptStore(inner: Store, around: Around): Store {
  return labelled({
    label: inner.label,
    values: interceptBackend(inner.values, around),
    calls: interceptBackend(inner.calls, around),
    refs: inner.refs && interceptRefs(inner.refs, around),
    leases: inner.leases && interceptLeases(inner.leases, around),
    readOnly: inner.readOnly,
    writable: inner.writable && interceptStore(inner.writable, around),
    commit: batch => {
      const keys = [...batch.values, ...batch.calls].map(entry => entry.key)
      return around({ name: 'commit', intent: 'write', keys }, () => inner.commit(batch))
    },
    close: () => around({ name: 'close', intent: 'read', keys: [] }, () => inner.close()),
    ...interceptLeftovers(inner, around),
  })
}

/** Clearing up is a removal of nothing that has a key. */
function interceptLeftovers(inner: Store, around: Around): Partial<LeftoverKeeping> {
  if (!keepsLeftovers(inner)) return {}
  return {
    leftovers: () => inner.leftovers(),
    clearLeftovers: () => around({ name: 'delete', intent: 'write', keys: [] }, () => inner.clearLeftovers()),
  }
}

function interceptBackend(inner: Backend | CallIndex, around: Around): Backend | CallIndex {
  const backend: Backend = {
    get: (keys, options) => around({ name: 'get', intent: 'read', keys }, () => inner.get(keys, options)),
    put: (entries, mode) =>
      around({ name: 'put', intent: 'write', keys: entries.map(entry => entry.key) }, () => inner.put(entries, mode)),
    touch: keys => around({ name: 'touch', intent: 'write', keys }, () => inner.touch(keys)),
    has: keys => around({ name: 'has', intent: 'read', keys }, () => inner.has(keys)),
    delete: removals =>
      around({ name: 'delete', intent: 'write', keys: removals.map(({ key }) => key) }, () => inner.delete(removals)),
    list: options => inner.list(options),
    now: () => around({ name: 'now', intent: 'read', keys: [] }, () => inner.now()),
    close: () => around({ name: 'close', intent: 'read', keys: [] }, () => inner.close()),
  }
  // The spreads are of the literal above, which names every member. It has of the other ports what `inner` has.
  return {
    ...backend,
    ...(isCallIndex(inner) ? { find: (options: FindOptions) => inner.find(options) } : {}),
    ...(isSummarizing(inner) ? { summarize: () => around(SUMMARIZE, () => inner.summarize()) } : {}),
    ...(isFunctionSummarizing(inner)
      ? { summarizeFunctions: () => around(SUMMARIZE, () => inner.summarizeFunctions()) }
      : {}),
    ...(isTidying(inner) ? interceptTidying(inner, around) : {}),
    ...(isEvicting(inner) ? interceptEvicting(inner, around) : {}),
  }
}

const SUMMARIZE: Operation = { name: 'summarize', intent: 'read', keys: [] }

function interceptTidying(inner: TidyingBackend, around: Around): Pick<TidyingBackend, 'deleteMany' | 'tidy'> {
  return {
    deleteMany: removals =>
      around({ name: 'delete', intent: 'write', keys: removals.map(({ key }) => key) }, () =>
        inner.deleteMany(removals),
      ),
    tidy: () => inner.tidy(),
  }
}

/** An eviction is a removal. */
function interceptEvicting(inner: EvictingBackend, around: Around): Pick<EvictingBackend, 'evict' | 'evictions'> {
  return {
    evict: (removals, cause) =>
      around({ name: 'delete', intent: 'write', keys: removals.map(({ key }) => key) }, () =>
        inner.evict(removals, cause),
      ),
    evictions: keys => around({ name: 'evictions', intent: 'read', keys }, () => inner.evictions(keys)),
  }
}

function interceptRefs(inner: Refs, around: Around): Refs {
  return {
    read: name => around({ name: 'read', intent: 'read', keys: [] }, () => inner.read(name)),
    swap: (name, expected, next) =>
      around({ name: 'swap', intent: 'write', keys: [] }, () => inner.swap(name, expected, next)),
    list: options => inner.list(options),
  }
}

function interceptLeases(inner: Leases, around: Around): Leases {
  return {
    shared: inner.shared,
    take: (key, options) => around({ name: 'take', intent: 'write', keys: [] }, () => inner.take(key, options)),
    renew: lease => around({ name: 'renew', intent: 'write', keys: [] }, () => inner.renew(lease)),
    release: (lease, outcome) =>
      around({ name: 'release', intent: 'write', keys: [] }, () => inner.release(lease, outcome)),
    look: key => around({ name: 'look', intent: 'read', keys: [] }, () => inner.look(key)),
  }
}
