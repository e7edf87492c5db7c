import type { Digest } from '../digest/address.ts'
import { type MaybePromise, run, type Steps, wait } from '../flow.ts'
import { compareCodePoints } from '../matching/code-points.ts'
import type { Backend, EntryInfo } from '../ports/backend.ts'
import { type CallIndex, isCallIndex } from '../ports/call-index.ts'
import { type EvictingBackend, type Eviction, isEvicting } from '../ports/evicting.ts'
import type { NamedRef, Refs, Store, SyncStore } from '../ports/store.ts'
import { createGate, type Gate } from '../stores/gate.ts'
import { labelled } from '../stores/labelled.ts'
import { closeAll } from './close-all.ts'
import { firstAnswers, type Source } from './fill-in.ts'
import { mergeFound, withoutLimit } from './merge-found.ts'
import { readSound } from './sound-reads.ts'
import { byKey, mergeStreams, type Stream } from './streams.ts'
import { refusals, refusing } from './views/refusals.ts'

/**
 * Reads from many stores as from one: the first that has an entry, and has it sound, answers. Nothing is ever written,
 * nor copied from one to another: writes fail with `ERR_REJECTED`, so that a memo's calls run and are not kept. For
 * caches of others: a colleague's, a build server's, last year's.
 *
 * A store that fails fails the read, unless one before it has the entry: a failure is no miss. Listings are unions; an
 * age is that of the first store that has the entry, and `now` the first store's, so ages of others say little. Records
 * can be searched if all stores can. Of a call that several have evicted the last eviction counts. A name of the refs
 * means what it means in the first store that has it.
 *
 * @throws {TypeError} when there is no store
 */
export function pool(stores: readonly SyncStore[]): SyncStore
export function pool(stores: readonly Store[]): Store
export function pool(stores: readonly Store[]): Store {
  if (stores.length === 0) throw new TypeError('expected the members of a pool as an array of stores; got none')
  return pooled(stores, `pool(${stores.map(one => one.label).join(', ')})`)
}

/** A pool under another name. */
export function pooled(stores: readonly Store[], label: string): Store {
  const values = pooledBackend(
    stores.map(store => store.values),
    label,
  )
  const calls = pooledBackend(
    stores.map(store => store.calls),
    label,
  )
  const refs = stores.flatMap(store => store.refs ?? [])
  return labelled({
    label,
    values,
    calls,
    refs: refs.length === 0 ? undefined : pooledRefs(refs, label),
    leases: undefined,
    readOnly: true,
    commit: refusing('commit', label),
    close: () => run(closeAll([values, calls, ...stores])),
  })
}

function pooledBackend(backends: readonly (Backend | CallIndex)[], label: string): Backend | CallIndex {
  const gate = createGate(label)
  const sources = <T>(ask: (one: Backend, keys: readonly Digest[]) => MaybePromise<readonly T[]>): Source<T>[] =>
    backends.map(one => keys => wait(ask(one, keys)))
  const readers = sources((one, keys) => one.get(keys))
  const presences = sources((one, keys) => one.has(keys))

  function* get(keys: readonly Digest[]): Steps<readonly (Uint8Array | undefined)[]> {
    const { sound, unsound } = yield* readSound(readers, keys)
    return keys.map(key => sound.get(key)?.bytes ?? unsound.get(key))
  }

  const backend: Backend = {
    get(keys, options) {
      gate.pass()
      if (options?.upTo === undefined) return run(get(keys))
      const startReaders = sources((one, asked) => one.get(asked, options))
      return run(firstAnswers(keys, startReaders, undefined))
    },
    has(keys) {
      gate.pass()
      return run(firstAnswers(keys, presences, false))
    },
    list(options) {
      gate.pass()
      return mergeStreams<EntryInfo>(
        backends.map(one => one.list(options)),
        byKey,
        equal => equal[0]!.item,
      )
    },
    now() {
      gate.pass()
      return backends[0]!.now()
    },
    close() {
      gate.shut()
      return run(closeAll(backends))
    },
    ...refusals(label),
  }
  const remembering = backends.filter(isEvicting)
  // The spreads are of the literal above, which names every member.
  const evicting = remembering.length === 0 ? backend : { ...backend, ...evictionsOfAll(remembering, gate, label) }
  if (!backends.every(isCallIndex)) return evicting
  const find: CallIndex['find'] = options => {
    gate.pass()
    return mergeFound(
      backends.map(one => one.find(withoutLimit(options))),
      options,
    )
  }
  return { ...evicting, find }
}

function evictionsOfAll(
  backends: readonly EvictingBackend[],
  gate: Gate,
  label: string,
): Pick<EvictingBackend, 'evict' | 'evictions'> {
  function* evictions(keys: readonly Digest[]): Steps<readonly (Eviction | undefined)[]> {
    const last: (Eviction | undefined)[] = keys.map(() => undefined)
    for (const one of backends) {
      for (const [i, found] of (yield* wait(one.evictions(keys))).entries()) {
        if (found !== undefined && found.at > (last[i]?.at ?? 0)) last[i] = found
      }
    }
    return last
  }
  return {
    evict: refusing('evict', label),
    evictions(keys) {
      gate.pass()
      return run(evictions(keys))
    },
  }
}

function pooledRefs(refs: readonly Refs[], label: string): Refs {
  function* read(name: string): Steps<string | undefined> {
    for (const one of refs) {
      const held = yield* wait(one.read(name))
      if (held !== undefined) return held
    }
    return undefined
  }
  return {
    read: name => run(read(name)),
    swap: refusing('swap', label),
    list: (options): Stream<NamedRef> =>
      mergeStreams<NamedRef>(
        refs.map(one => one.list(options)),
        (a, b) => compareCodePoints(a.name, b.name),
        equal => equal[0]!.item,
      ),
  }
}
