import { createCallStorage } from '../calls/call-storage.ts'
import { CommitGroup } from '../calls/commit-group.ts'
import type { CallDigest } from '../digest/address.ts'
import { digest } from '../digest/digest.ts'
import { RiposteError } from '../errors.ts'
import { run } from '../flow.ts'
import { attachEngine } from '../inside/engine.ts'
import { hearStream } from '../inside/hear-stream.ts'
import { attachInside, type Inside } from '../inside/inside.ts'
import { savesInFlight } from '../inside/saves-in-flight.ts'
import { Tallies } from '../inside/tally.ts'
import { UnderWay } from '../inside/under-way.ts'
import { shownAs } from '../inspect.ts'
import type { Store } from '../ports/store.ts'
import { isRef } from '../ref.ts'
import { pinStored, removePin } from '../values/pins.ts'
import { createValueStorage } from '../values/value-storage.ts'
import { createEngine } from './create-engine.ts'
import { createHotCalls } from './hot-calls.ts'
import { checkStore, readOptions } from './options.ts'
import type { Cache, CacheOptions } from './types.ts'
import { UseReports } from './use-reports.ts'

/**
 * A cache over a store. Touches the store at first use only.
 *
 * @throws {TypeError | RangeError} when the store or an option is not what it must be
 * @example
 * ```ts
 * await using cache = createCache(memoryStore())
 * const key = await cache.values.save({ rows: [[1, 2], [3, 4]] })
 * const { rows } = await cache.values.load(key)
 * ```
 */
export function createCache<S extends Store>(store: S, options: CacheOptions = {}): Cache<S> {
  checkStore(store)
  const { inlineBelow, registry, duplicates, hot: bounds, hotFor, onWarning, noted } = readOptions(options)
  let closed: Promise<void> | undefined
  let isShut = false
  const inside: Inside = {
    store,
    registry,
    inlineBelow,
    saves: savesInFlight(store),
    commits: new CommitGroup(store),
    tallies: new Tallies(),
    digestOf: value => digest(value, { registry }),
    warn: onWarning,
    underWay: new UnderWay(),
    checkOpen() {
      if (closed !== undefined) throw wasClosed()
    },
    checkNotShut() {
      if (isShut) throw wasClosed()
    },
    upkeep: () => whileOpen(() => import('./upkeep.ts')),
    piecewise: () => whileOpen(() => import('../values/piecewise.ts')),
  }
  // What the store only shows is for others to keep up.
  const owned: Inside = store.writable === undefined ? inside : { ...inside, store: store.writable }
  function wasClosed(): RiposteError<'ERR_CLOSED'> {
    return new RiposteError('ERR_CLOSED', `this cache over ${store.label} was closed`, { what: 'cache' })
  }
  const uses = new UseReports(inside)
  const hot = bounds && createHotCalls({ ...bounds, hotFor, used: used => uses.report(used) })
  const engine = createEngine(inside, { duplicates, noted }, hot)
  const values = createValueStorage(inside)
  const forget = (digest: CallDigest): void => hot?.delete(digest)

  const cache: Cache<S> = {
    store,
    values,
    calls: createCallStorage(inside, engine),
    async gc(sweepOptions) {
      const { sweep } = await inside.upkeep()
      return sweep(owned, sweepOptions)
    },
    async limit(limitOptions) {
      const { limit } = await inside.upkeep()
      return limit(owned, limitOptions, forget)
    },
    async fsck(fsckOptions) {
      const { fsck } = await inside.upkeep()
      return fsck(owned, fsckOptions)
    },
    async *quarantined() {
      const { listQuarantined } = await inside.upkeep()
      yield* listQuarantined(inside)
    },
    async copyTo(other, { template = {}, ...copyOptions } = {}) {
      return cache.calls.query(template).copyTo(other, copyOptions)
    },
    async redigest(redigestOptions = {}) {
      const { transformCalls } = await inside.upkeep()
      const { changed, kept } = await transformCalls(owned, 'redigest', () => ({}), redigestOptions, forget)
      return { changed, kept }
    },
    async export(target, exportOptions) {
      const { exportArchive } = await hearStream(target, inside.upkeep())
      return exportArchive(inside, target, exportOptions)
    },
    async import(source, importOptions = {}) {
      const { importArchive } = await hearStream(source, inside.upkeep())
      return importArchive(inside, source, importOptions, forget)
    },
    async pin(key, name) {
      inside.checkOpen()
      await run(pinStored(inside, isRef(key) ? key.digest : await values.expand(key), name))
    },
    async unpin(name) {
      inside.checkOpen()
      return run(removePin(inside, name))
    },
    async stats() {
      const { readStats } = await inside.upkeep()
      return readStats(owned)
    },
    close() {
      closed ??= shut()
      return closed
    },
    [Symbol.asyncDispose]() {
      return cache.close()
    },
  }

  async function whileOpen<T>(load: () => Promise<T>): Promise<T> {
    inside.checkOpen()
    const loaded = await load()
    inside.checkOpen()
    return loaded
  }

  async function shut(): Promise<void> {
    await inside.underWay.settled()
    isShut = true
    hot?.clear()
    await uses.settled()
    await store.close()
  }

  shownAs(cache, () => `Cache { ${store.label} }`)
  attachEngine(cache, engine)
  attachInside(cache, inside)
  return cache
}
