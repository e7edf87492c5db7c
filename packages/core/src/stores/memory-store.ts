import type { SyncBackend, Touched } from '../ports/backend.ts'
import type { SyncEvictingBackend } from '../ports/evicting.ts'
import type { SyncStore } from '../ports/store.ts'
import { createClock } from './clock.ts'
import { EvictedKeys } from './evicted-keys.ts'
import { createGate } from './gate.ts'
import { labelled } from './labelled.ts'
import { memoryBackend } from './memory-backend.ts'
import { memoryLeases } from './memory-leases.ts'
import { memoryRefs } from './memory-refs.ts'

/**
 * A store in this process's memory: for tests, for browsers, and as the near side of a tiered store. It keeps
 * sealed bytes, as every store does, so that loads are fresh copies. What it holds is bounded by nothing but
 * the sweep, and gone once it is closed.
 */
export function memoryStore(): SyncStore {
  const what = 'memory store'
  const gate = createGate(what)
  const clock = createClock()
  const values = memoryBackend(what, clock)
  const calls = remembering(memoryBackend(what, clock), clock)
  return labelled({
    label: 'memory',
    values,
    calls,
    refs: memoryRefs(gate),
    leases: memoryLeases(gate, clock),
    commit(batch) {
      gate.pass()
      return { values: values.put(batch.values, 'keep'), calls: calls.put(batch.calls, batch.mode) }
    },
    close() {
      gate.shut()
      values.close()
      calls.close()
    },
  })
}

/** A backend that remembers what was evicted from it. */
function remembering(inner: SyncBackend, clock: () => Touched): SyncEvictingBackend {
  const evicted = new EvictedKeys()
  return {
    get: (keys, options) => inner.get(keys, options),
    put: (entries, mode) => inner.put(entries, mode),
    touch: keys => inner.touch(keys),
    has: keys => inner.has(keys),
    delete: removals => inner.delete(removals),
    list: options => inner.list(options),
    now: () => inner.now(),
    close() {
      inner.close()
      evicted.clear()
    },
    evict(removals, cause) {
      // Fails once it is closed, also where nothing is to go.
      inner.has([])
      const gone = removals.filter(removal => inner.delete([removal]) > 0)
      for (const { key } of gone) evicted.add(key, cause, clock())
      return gone.length
    },
    evictions(keys) {
      inner.has([])
      return keys.map(key => evicted.find(key, clock()))
    },
  }
}
