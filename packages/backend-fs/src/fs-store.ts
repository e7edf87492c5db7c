/** A store in a directory. */
import { resolve } from 'node:path'
import {
  type Batch,
  type BatchResult,
  checkOptionNames,
  filePath,
  type Leftover,
  type LeftoverKeeping,
  labelled,
  leasesOver,
  type Steps,
  type Store,
  type SyncStore,
  wait,
} from '@riposte/core'
import { entryBackend, evictingBackend } from './entry-backend.ts'
import { evictionLogOf } from './eviction-log.ts'
import type { Folder } from './folder.ts'
import { asyncForm, syncForm } from './form.ts'
import { createGate } from './gate.ts'
import { createHome } from './home.ts'
import { leaseTable } from './lease-table.ts'
import { clearLeftovers, findLeftovers } from './leftovers.ts'
import { namedRefs } from './named-refs.ts'
import { putInOrder } from './put-entries.ts'

export interface FsStoreOptions {
  /** Whether the store answers now, blocking this thread while the disk works. Default: it answers later. */
  readonly sync?: boolean | undefined
  /**
   * Whether what was written has reached the disk before it is acknowledged, so that it outlives a loss of power.
   * Costs two or more waits for the disk a write. Default: it outlives crashes of processes only.
   */
  readonly durable?: boolean | undefined
}

/**
 * A store in a directory, which may be shared by any number of processes.
 *
 * Nothing is touched before the first use, and nothing is made before the first write (`now` is one, as it asks the
 * file system by a file): until then a store that does not exist is an empty one. Where this process may not write,
 * reads work and writes fail with `ERR_REJECTED`.
 *
 * Times are those of the file system, as milliseconds with a fraction: they differ if they are 250 ns apart, and are
 * always read alike, so that a listed `touched` is a sure guard for `delete`.
 *
 * @param place - a path, taken relative to the current directory of this moment, or a `file:` URL; `~/` leads to the home directory
 * @throws {TypeError} when `place` is neither
 */
export function fsStore(place: string | URL, options: FsStoreOptions & { readonly sync: true }): SyncStore
export function fsStore(place: string | URL, options?: FsStoreOptions): Store
// The first overload holds as in the synchronous form steps never have to wait, so that nothing returns a promise.
export function fsStore(place: string | URL, options: FsStoreOptions = {}): Store {
  const root = filePath(place, 'fsStore')
  checkOptionNames(options, ['sync', 'durable'])
  const { sync = false, durable = false } = options
  const label = `fs:${root}`
  const form = sync ? syncForm : asyncForm
  const home = createHome(resolve(root), form.files, durable)
  const gate = createGate(label, label)
  const values: Folder = { home, kind: 'values' }
  const calls: Folder = { home, kind: 'calls' }
  const evictions = evictionLogOf(home)
  const backends = {
    values: entryBackend(values, form, label),
    calls: evictingBackend(calls, form, label, evictions),
  }

  function* commit(batch: Batch): Steps<BatchResult> {
    const [kept = [], recorded = []] = yield* putInOrder(home, [
      { folder: values, entries: batch.values, mode: 'keep' },
      { folder: calls, entries: batch.calls, mode: batch.mode },
    ])
    return { values: kept, calls: recorded }
  }

  function* leftovers(): Steps<readonly Leftover[]> {
    const place = yield* home.find()
    return place === undefined ? [] : yield* findLeftovers(home, place)
  }

  function* clear(): Steps<void> {
    const place = yield* home.find()
    if (place === undefined) return
    yield* clearLeftovers(home, place)
    yield* evictions.clear()
  }

  function* close(): Steps<void> {
    yield* gate.close()
    yield* evictions.flush()
    yield* wait(backends.values.close())
    yield* wait(backends.calls.close())
  }

  const store: Store & LeftoverKeeping = {
    label,
    ...backends,
    refs: namedRefs(home, form, gate),
    leases: leasesOver(leaseTable(home, form, gate)),
    commit: batch => form.answer(gate.writes('commit', () => commit(batch))),
    close: () => form.answer(close()),
    leftovers: () => form.answer(gate.reads('leftovers', leftovers)),
    clearLeftovers: () => form.answer(gate.writes('clearLeftovers', clear)),
  }
  return labelled(store)
}
